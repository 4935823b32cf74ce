import { posix } from 'node:path';
import { matchesSilenceGlob } from '../../../checks/silence-glob.ts';
import { readText, type Workspace } from '../../../checks/workspace.ts';

/** What a document can refer to. Paths are relative to the root, without a trailing slash; the root is empty. */
export interface Tree {
  readonly kindOf: (path: string) => 'file' | 'folder' | undefined;
  /** Whether nothing can be said of a path: ignored by git, vendored, left out of the snapshot, behind a link. */
  readonly isUnseen: (path: string) => boolean;
  /** Another file that may be meant: the same path in other case, or the only file of that name. */
  readonly lookalike: (path: string) => string | undefined;
  /** Whether some file's path ends in `/path`, with or without an extension of its own. */
  readonly endsLike: (path: string) => boolean;
  readonly textOf: (path: string) => string | undefined;
  /** Whether a generator makes a site of the documents. */
  readonly isSite: boolean;
}

interface IgnoreRule {
  readonly folder: string;
  readonly pattern: string;
}

const vendored: ReadonlySet<string> = new Set([
  'node_modules',
  'vendor',
  'third_party',
  '.venv',
  'coordination',
  '.git',
]);
const siteSettings =
  /^(?:_config\.ya?ml|antora\.yml|astro\.config\..{2,3}|book\.toml|docusaurus\.config\..{2,3}|gatsby-config\..{2,3}|hugo\.(?:toml|yaml)|mkdocs\.ya?ml|next\.config\..{2,3})$/;
const mostIgnoreRules = 200;

export function treeOf(workspace: Workspace): Tree {
  const files = new Set(workspace.files.map(({ path }) => path));
  const folders = new Set(['', ...workspace.files.flatMap(({ path }) => foldersOf(path))]);
  const byName = grouped(
    workspace.files.map(({ path }) => path),
    (path) => posix.basename(path).toLowerCase(),
  );
  const byStem = grouped([...files, ...folders], (path) => stemOf(posix.basename(path)));
  return {
    kindOf: (path) => (files.has(path) ? 'file' : folders.has(path) ? 'folder' : undefined),
    isUnseen: unseenIn(workspace),
    lookalike: (path) => lookalikeOf(path, byName.get(posix.basename(path).toLowerCase()) ?? []),
    endsLike: (path) => (byStem.get(stemOf(posix.basename(path))) ?? []).some((each) => endsIn(each, path)),
    textOf: (path) => readText(workspace, path),
    isSite: workspace.files.some(({ path }) => siteSettings.test(posix.basename(path)) || path.includes('.vitepress/')),
  };
}

function foldersOf(path: string): readonly string[] {
  const folders: string[] = [];
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) folders.push(path.slice(0, at));
  return folders;
}

function unseenIn(workspace: Workspace): (path: string) => boolean {
  const leftOut = new Set((workspace.leftOut ?? []).flatMap(({ path }) => [path, ...foldersOf(path)]));
  // A submodule is left out under its own path: what lies below is not known.
  const submodules = new Set(
    (workspace.leftOut ?? []).filter(({ reason }) => reason === 'submodule').map(({ path }) => path),
  );
  const links = new Set(workspace.files.filter(({ mode }) => mode === '120000').map(({ path }) => path));
  const rules = workspace.files
    .filter(({ path }) => posix.basename(path) === '.gitignore')
    .flatMap(({ path }) => rulesOf(workspace, path));
  const ignoring = rules.slice(0, mostIgnoreRules);
  return (path) => {
    const above = [...foldersOf(path), path];
    return (
      leftOut.has(path) ||
      path.split('/').some((segment) => vendored.has(segment)) ||
      above.some((each) => links.has(each) || submodules.has(each) || ignoring.some((rule) => ignores(rule, each)))
    );
  };
}

/** gitignore(5) but for its exceptions (`!`): a path that one of them takes back counts as ignored, and is let be. */
function rulesOf(workspace: Workspace, path: string): readonly IgnoreRule[] {
  const folder = path.slice(0, -'.gitignore'.length);
  const lines = readText(workspace, path)?.split(/\r?\n/) ?? [];
  return lines
    .map((line) => line.trim())
    .filter((line) => line !== '' && line.length <= 200 && !line.startsWith('#') && !line.startsWith('!'))
    .map((line) => ({ folder, pattern: line.replace(/\/$/, '') }));
}

function ignores({ folder, pattern }: IgnoreRule, path: string): boolean {
  if (!path.startsWith(folder)) return false;
  const anchored = pattern.includes('/');
  const glob = anchored ? pattern.replace(/^\//, '') : `**/${pattern}`;
  return matchesSilenceGlob(glob, path.slice(folder.length));
}

function lookalikeOf(path: string, namesakes: readonly string[]): string | undefined {
  const sameInOtherCase = namesakes.find((each) => each.toLowerCase() === path.toLowerCase());
  return sameInOtherCase ?? (namesakes.length === 1 ? namesakes[0] : undefined);
}

function endsIn(whole: string, path: string): boolean {
  const padded = `/${whole}`;
  if (padded.endsWith(`/${path}`)) return true;
  const dot = whole.lastIndexOf('.');
  return dot > whole.lastIndexOf('/') && `/${whole.slice(0, dot)}`.endsWith(`/${path}`);
}

function stemOf(name: string): string {
  const dot = name.indexOf('.', 1);
  return dot === -1 ? name : name.slice(0, dot);
}

function grouped(paths: readonly string[], groupOf: (path: string) => string): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const path of paths) {
    const group = groups.get(groupOf(path));
    if (group === undefined) groups.set(groupOf(path), [path]);
    else group.push(path);
  }
  return groups;
}
