import { folderOf, type Module } from './modules.ts';

const pure = ['plan', 'execution', 'checks', 'learning'];
const doors = ['coordination', 'cluster', 'model', 'repository', 'catalog'];
const stages = ['masters', 'workers', 'report'];
const core = ['shared', 'protocol'];

/** What each folder may import beside itself. */
export const mayImport: Readonly<Record<string, readonly string[]>> = {
  shared: [],
  protocol: ['shared'],
  ...Object.fromEntries(pure.map((folder) => [folder, core])),
  ...Object.fromEntries([...doors, ...stages].map((folder) => [folder, [...core, ...pure]])),
  entry: [...core, ...pure, ...doors, ...stages],
};

/** Imports that run against the directions, of values and of types alike. */
export function againstDirections(modules: readonly Module[]): readonly string[] {
  return modules.flatMap(({ path, imports }) => {
    const from = folderOf(path);
    const allowed = mayImport[from];
    if (!allowed) return [`${path} lies in a folder that has no place in the design`];
    return imports
      .filter(
        ({ target }) => target.endsWith('.ts') && folderOf(target) !== from && !allowed.includes(folderOf(target)),
      )
      .map(({ target, kind }) => `${path} imports ${target} (${kind})`);
  });
}

/** Relative imports that lead nowhere. */
export function brokenImports(modules: readonly Module[]): readonly string[] {
  const known = new Set(modules.map(({ path }) => path));
  return modules.flatMap(({ path, imports }) =>
    imports
      .filter(({ target }) => target.endsWith('.ts') && !known.has(target))
      .map(({ target }) => `${path} imports ${target}, which is not there`),
  );
}

/**
 * Each circle of imports once, as a path that ends where it began. An imported type is gone before anything runs, and a
 * dynamic import runs later: neither closes a circle.
 */
export function cycles(modules: readonly Module[]): readonly string[] {
  const targets = new Map(
    modules.map(({ path, imports }) => [
      path,
      imports.filter(({ kind }) => kind === 'value').map(({ target }) => target),
    ]),
  );
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path);
    if (at >= 0) found.push([...trail.slice(at), path].join(' → '));
    if (at >= 0 || done.has(path)) return;
    for (const target of targets.get(path) ?? []) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const { path } of modules) visit(path, []);
  return found;
}
