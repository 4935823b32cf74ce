import { posix } from 'node:path';

/** The modules of one language, by what a test may call them. */
export interface ModuleIndex {
  /** Paths by key: the path without extension, and without a final `/index`, `/mod` or `/__init__`. */
  readonly byKey: ReadonlyMap<string, readonly string[]>;
  /** Keys by their last segment. */
  readonly byName: ReadonlyMap<string, readonly string[]>;
  /** Paths by the folder they lie in. */
  readonly byFolder: ReadonlyMap<string, readonly string[]>;
}

export interface TestSource {
  readonly path: string;
  /** Without comments and the content of literals. */
  readonly code: string;
  /** Without comments. */
  readonly text: string;
}

/** Paths of the modules that a test file names. Rather one too many than one too few. */
export type FindNamed = (test: TestSource, modules: ModuleIndex) => Iterable<string>;

const mostNamesakes = 1000;

export function moduleKey(path: string): string {
  return path.replace(/\.[^./]{1,10}$/, '').replace(/\/(?:index|__init__|mod)$/, '');
}

export function moduleIndex(paths: readonly string[]): ModuleIndex {
  const byKey = grouped(paths, moduleKey);
  return {
    byKey,
    byName: grouped([...byKey.keys()], (key) => posix.basename(key)),
    byFolder: grouped(paths, (path) => posix.dirname(path)),
  };
}

function grouped(items: readonly string[], groupOf: (item: string) => string): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const item of items) {
    const group = groups.get(groupOf(item));
    if (group === undefined) groups.set(groupOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

/** JavaScript: any literal that reads as a path to a module, so that imports, mocks and started scripts all count. */
export function* pathLiterals(test: TestSource, modules: ModuleIndex): Iterable<string> {
  for (const [, , literal = ''] of test.text.matchAll(/(["'`])([^"'`\n]{1,300})\1/g)) {
    const relative = literal.startsWith('.');
    const path = relative ? posix.join(posix.dirname(test.path), literal) : posix.normalize(literal);
    const key = /\.[cm]?[jt]sx?$/.test(path) ? moduleKey(path) : path.replace(/\/(?:index)?$/, '');
    yield* modules.byKey.get(key) ?? [];
    // An alias (`@/lib/a`, `#lib/a`, a workspace's name) stands in the place of some folder.
    if (!relative && key.includes('/')) yield* endingIn(key.slice(key.indexOf('/') + 1), modules);
  }
}

/** Python: `import a.b` and `from a.b import c`, matched from the end, since the root of imports is not known. */
export function* pythonImports(test: TestSource, modules: ModuleIndex): Iterable<string> {
  const statements =
    /^[ \t]{0,200}(?:from[ \t]{1,10}([\w.]{1,300})[ \t]{1,10}import[ \t]{0,10}(\([\w\s,]{0,2000}|[\w \t,]{0,500})|import[ \t]{1,10}([\w., \t]{1,500}))/gm;
  for (const [, from, names = '', plain] of test.code.matchAll(statements)) {
    const base = (from ?? '').replace(/^\.+/, '').replaceAll('.', '/');
    const dotted = plain?.split(',').map((each) => each.trim().split(/\s/)[0]?.replaceAll('.', '/') ?? '') ?? [];
    const imported = from === undefined ? [] : names.split(/[\s,(]+/).map((name) => posix.join(base, name));
    for (const path of [base, ...dotted, ...imported]) yield* endingIn(path, modules);
  }
}

/** Go: tests belong to the package in their folder. */
export const packageFolder: FindNamed = (test, modules) => modules.byFolder.get(posix.dirname(test.path)) ?? [];

/** Java, Kotlin, C#, Rust: a file is named like the type or module it holds. */
export function* namedTypes(test: TestSource, modules: ModuleIndex): Iterable<string> {
  for (const word of wordsOf(test.code)) yield* endingIn(word, modules);
}

/** Ruby: a constant, or a required path. */
export function* rubyNames(test: TestSource, modules: ModuleIndex): Iterable<string> {
  for (const word of wordsOf(test.code)) yield* endingIn(snakeCase(word), modules);
  for (const [, , literal = ''] of test.text.matchAll(/(["'])([\w./-]{1,300})\1/g)) {
    yield* endingIn(posix.basename(literal, '.rb'), modules);
  }
}

function* endingIn(path: string, modules: ModuleIndex): Iterable<string> {
  const namesakes = modules.byName.get(posix.basename(path)) ?? [];
  if (path === '' || namesakes.length > mostNamesakes) return;
  for (const key of namesakes) {
    if (key === path || key.endsWith(`/${path}`)) yield* modules.byKey.get(key) ?? [];
  }
}

function wordsOf(code: string): ReadonlySet<string> {
  return new Set(code.match(/[A-Za-z_]\w{0,200}/g) ?? []);
}

function snakeCase(word: string): string {
  return word.replace(/([a-z\d])([A-Z])/g, '$1_$2').toLowerCase();
}
