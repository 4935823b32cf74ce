import { posix } from 'node:path';
import { readText } from '../../../checks/workspace.ts';
import type { ManifestFolder } from './manifests.ts';
import type { CatalogSource } from './source.ts';

/** Every folder that holds a selected file, by path; the root is the empty path. */
export function manifestFolders(source: CatalogSource): ReadonlyMap<string, ManifestFolder> {
  const names = new Map<string, string[]>();
  for (const { path } of source.files) {
    const folder = posix.dirname(path) === '.' ? '' : posix.dirname(path);
    const listed = names.get(folder);
    if (listed) listed.push(posix.basename(path));
    else names.set(folder, [posix.basename(path)]);
  }
  const paths = new Set(source.files.map(({ path }) => path));
  const folders = [...names.keys()];
  return new Map(
    [...names].map(([folder, own]) => [folder, openFolder({ source, folder, names: own, paths, folders })]),
  );
}

interface FolderParts {
  readonly source: CatalogSource;
  readonly folder: string;
  readonly names: readonly string[];
  readonly paths: ReadonlySet<string>;
  readonly folders: readonly string[];
}

function openFolder({ source, folder, names, paths, folders }: FolderParts): ManifestFolder {
  return {
    names,
    has: (path) => paths.has(posix.join(folder, path)),
    hasBelow: (prefix, name) => {
      const start = posix.join(folder, prefix);
      const below = folders.filter((other) => other === start || other.startsWith(`${start}/`));
      return name === '' ? below.length > 0 : below.some((other) => paths.has(posix.join(other, name)));
    },
    text: (name) => (names.includes(name) ? readText(source.workspace, posix.join(folder, name)) : undefined),
  };
}
