import { packageOf, type Module } from './modules.ts';

/** The one module or folder that may import a package. A package that is not here may not be imported at all. */
export const packageHomes: Readonly<Record<string, { readonly home: string; readonly why: string }>> = {
  zod: { home: '', why: 'schemas are what all rooms share: it opens nothing and starts nothing' },
  yaml: { home: 'shared/yaml.ts', why: 'plans, workflows and manifests are read with the same limits' },
  picomatch: { home: 'shared/glob.ts', why: 'a glob means the same in plans, snapshots and gates' },
  diff: { home: 'shared/unified-diff.ts', why: 'patches are made and read back by one module' },
  '@marcbachmann/cel-js': { home: 'shared/cel.ts', why: 'criteria are compiled in one place' },
  marked: { home: 'checks/markdown/read-markdown.ts', why: 'only the Markdown reader sees tokens' },
  'github-slugger': { home: 'checks/markdown/read-markdown.ts', why: 'anchors belong to the Markdown reader' },
  'istanbul-lib-coverage': { home: 'checks/coverage/istanbul.ts', why: 'one reader per coverage format' },
  'fast-xml-parser': { home: 'checks/coverage/cobertura.ts', why: 'one reader per coverage format' },
  ioredis: { home: 'coordination/redis/', why: 'the shared store: one door opens connections to it' },
  '@kubernetes/client-node': {
    home: 'cluster/kubernetes/',
    why: 'paths, parameters and models of the API server: one door speaks to it',
  },
  'a computed name': { home: 'entry/pod-start.ts', why: 'it becomes the program that it has unpacked and checked' },
  '@octokit/rest': { home: 'repository/github/', why: 'one line to GitHub, with one budget' },
  'node-diff3': { home: 'shared/merge-texts.ts', why: 'two edits of one text are joined in one place' },
  ignore: { home: 'report/publish/fix/codeowners.ts', why: 'CODEOWNERS matches paths as .gitignore does' },
  '@actions/core': { home: 'entry/action.ts', why: 'inputs and outputs of the action' },
  '@actions/github': { home: 'entry/action/event.ts', why: 'the event that a step belongs to is read once' },
  '@actions/artifact': {
    home: 'entry/action/artifact.ts',
    why: 'opens connections: loaded only where an artifact travels',
  },
};

/** Packages imported outside their home, or that have none. */
export function strayPackages(modules: readonly Module[]): readonly string[] {
  return modules.flatMap(({ path, imports }) =>
    imports.flatMap((each) => {
      const name = packageOf(each);
      if (name === undefined) return [];
      const home = packageHomes[name]?.home;
      if (home === undefined) return [`${path} imports ${name}, which is on no list`];
      return path.startsWith(home) ? [] : [`${path} imports ${name}, whose home is ${home}`];
    }),
  );
}

/** Packages on the list that nothing imports any more. */
export function idlePackages(modules: readonly Module[]): readonly string[] {
  const used = new Set(modules.flatMap(({ imports }) => imports.map(packageOf)));
  return Object.keys(packageHomes).filter((name) => !used.has(name));
}
