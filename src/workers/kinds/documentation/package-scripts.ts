import type { Tree } from './tree.ts';

export interface PackageScripts {
  readonly path: string;
  readonly scripts: ReadonlySet<string>;
  /** Names of dependencies of any kind: `yarn run` also starts their programs. */
  readonly dependencies: ReadonlySet<string>;
}

/** The scripts of a package.json; undefined where there is none or it can't be read as one. */
export function packageScripts(path: string, tree: Tree): PackageScripts | undefined {
  const manifest = parseObject(tree.textOf(path));
  if (manifest === undefined) return undefined;
  const dependencies = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'];
  return {
    path,
    scripts: new Set(keysOf(manifest['scripts'])),
    dependencies: new Set(dependencies.flatMap((name) => keysOf(manifest[name]))),
  };
}

function parseObject(text: string | undefined): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function keysOf(value: unknown): readonly string[] {
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}

const managers: ReadonlySet<string> = new Set(['npm', 'pnpm', 'yarn']);
const lifecycle: ReadonlySet<string> = new Set(['test', 'start', 'stop', 'restart']);
/** Names that yarn and pnpm run as scripts by custom; others may be commands of their own or of a dependency. */
const customary: ReadonlySet<string> = new Set([
  'build',
  'dev',
  'format',
  'lint',
  'serve',
  'start',
  'test',
  'typecheck',
  'watch',
]);
const runWords: ReadonlySet<string> = new Set(['run', 'run-script']);

/** The script that a command starts; undefined where it starts none, or one of a package that flags choose. */
export function startedScript(words: readonly string[]): string | undefined {
  const [manager = '', ...rest] = words;
  if (!managers.has(manager)) return undefined;
  const ownWords = rest.slice(0, rest.includes('--') ? rest.indexOf('--') : rest.length);
  const [verb = '', script] = ownWords;
  const named = runWords.has(verb) ? script : implicitScript(manager, verb);
  const flagged = ownWords.slice(0, runWords.has(verb) ? 3 : 2).some((word) => word.startsWith('-'));
  return named === undefined || flagged ? undefined : named;
}

function implicitScript(manager: string, verb: string): string | undefined {
  if (manager === 'npm') return lifecycle.has(verb) ? verb : undefined;
  return customary.has(verb) || /^\w[\w-]{0,50}:[\w:-]{1,50}$/.test(verb) ? verb : undefined;
}
