import { posix } from 'node:path';
import { isForeign } from '../../../checks/complexity/code-paths.ts';
import type { Workspace } from '../../../checks/workspace.ts';
import { makefileIn, readMakefile, type Makefile } from './makefile.ts';
import { packageScripts, type PackageScripts } from './package-scripts.ts';
import type { Tree } from './tree.ts';

/** What the folders of a repository can be told to do. Folders are empty or end in `/`; each file is read once. */
export interface Projects {
  readonly scriptsIn: (folder: string) => PackageScripts | undefined;
  readonly allScripts: () => readonly PackageScripts[];
  /** `unknown` where there is a makefile whose targets can't all be known. */
  readonly makefileIn: (folder: string) => Makefile | 'unknown' | undefined;
}

export function projectsOf(workspace: Workspace, tree: Tree): Projects {
  const scripts = remembered((path) => packageScripts(path, tree));
  const makefiles = remembered((path) => readMakefile(path, tree) ?? 'unknown');
  const manifests = workspace.files.map(({ path }) => path).filter(isManifest);
  return {
    scriptsIn: (folder) => scripts(`${folder}package.json`),
    allScripts: () => manifests.flatMap((path) => scripts(path) ?? []),
    makefileIn: (folder) => {
      const path = makefileIn(folder, tree);
      return path === undefined ? undefined : makefiles(path);
    },
  };
}

function isManifest(path: string): boolean {
  return posix.basename(path) === 'package.json' && !isForeign(path);
}

/** Asks once per path. */
export function remembered<T>(read: (path: string) => T): (path: string) => T {
  const known = new Map<string, { readonly value: T }>();
  return (path) => {
    const entry = known.get(path) ?? { value: read(path) };
    known.set(path, entry);
    return entry.value;
  };
}
