import { globMatcher } from '../../shared/glob.ts';
import { isLockfile } from '../lockfiles.ts';

/** Paths that no change may touch, whatever a plan allows; in lower case, as some checkouts ignore case. */
const protectedGlobs: Readonly<Record<string, readonly string[]>> = {
  'decides who may approve': ['**/codeowners'],
  'belongs to git': ['**/.git/**', '**/.gitmodules', '**/.gitattributes', '**/.githooks/**', '**/.husky/**'],
  'is a licence': ['**/license*', '**/licence*', '**/copying*'],
  'instructs agents': [
    '**/{claude,claude.local,agents,agent,gemini,copilot-instructions}.md',
    '**/.{claude,gemini,codex,cursor,windsurf,roo,clinerules}/**',
    '**/.{cursorrules,windsurfrules,clinerules,roorules,mcp.json}',
    '**/.aider*',
    '.github/{instructions,prompts,chatmodes,agents}/**',
  ],
  'runs on machines of people': [
    '**/.vscode/**',
    '**/.idea/**',
    '**/.devcontainer/**',
    '**/.devcontainer.json',
    '**/.envrc',
  ],
  'configures a package manager': [
    '**/.npmrc',
    '**/.yarnrc*',
    '**/.yarn/**',
    '**/.pnpmfile.cjs',
    '**/pip.conf',
    '**/.pypirc',
  ],
  'runs with rights of the repository': ['.github/actions/**'],
  'is how Cortex keeps its own state': ['coordination/**', '.cortexignore'],
};
const matchers = Object.entries(protectedGlobs).map(([reason, globs]) => ({ reason, matches: globMatcher(globs) }));
const isWorkflow = globMatcher(['.github/workflows/**']);

/** The one capability that may change workflow files: it is made of rules. */
const workflowFixer = 'fix-workflows';

/** Why a change by this capability may never touch the path, or undefined where it may. */
export function protectedReason(path: string, capability: string): string | undefined {
  const lower = path.toLowerCase();
  if (isLockfile(lower)) return 'is a lockfile, written by a package manager';
  if (isWorkflow(lower) && capability !== workflowFixer) return `is a workflow, open to ${workflowFixer} alone`;
  return matchers.find(({ matches }) => matches(lower))?.reason;
}

/** What makes a path unfit to be written, on any system; undefined for a plain relative path. */
export function unsafeReason(path: string): string | undefined {
  if (path.length > 1000) return 'is longer than 1000 characters';
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\\]/u.test(path)) return 'holds a backslash, a control character or an invisible one';
  if (/^[A-Za-z]:/.test(path)) return 'begins with a drive';
  const segments = path.split('/');
  if (segments.some((segment) => ['', '.', '..'].includes(segment))) return 'is not a plain relative path';
  if (segments.some((segment) => /[. ]$/.test(segment))) return 'has a part that ends with a dot or a space';
  if (segments.some((segment) => /^(?:\.git|git~[0-9]+)$/i.test(segment))) return 'lies in the folder of git';
  return undefined;
}
