import { lstatSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { Workspace, WorkspaceFile } from '../../../checks/workspace.ts';
import { compareText } from '../../../shared/canonical.ts';

const leftOut: ReadonlySet<string> = new Set(['.git', 'node_modules']);
const mostEntries = 200_000;

/**
 * What a command left in a folder, as a tree beside `tree`: only files that are new or differ from it. Links are not
 * followed, and nothing outside the folder is read, whatever the command made of it.
 */
export function producedFiles(directory: string, tree: Workspace): Workspace {
  const root = realpathSync(directory);
  const readBytes = (path: string): Uint8Array | undefined => readInside(root, path);
  const known = new Map(tree.files.map((file) => [file.path, file.size]));
  const fresh = (file: WorkspaceFile): boolean =>
    known.get(file.path) !== file.size || !sameBytes(readBytes(file.path), tree.readBytes(file.path));
  return { ...tree, files: listFiles(root).filter(fresh), readBytes };
}

function listFiles(root: string): readonly WorkspaceFile[] {
  const files: WorkspaceFile[] = [];
  const folders = [''];
  let seen = 0;
  for (let folder = folders.pop(); folder !== undefined && seen < mostEntries; folder = folders.pop()) {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder + entry.name;
      seen++;
      if (entry.isDirectory() && !leftOut.has(entry.name)) folders.push(`${path}/`);
      if (entry.isFile()) files.push({ path, mode: '100644', size: lstatSync(join(root, path)).size });
    }
  }
  return files.sort((a, b) => compareText(a.path, b.path));
}

function readInside(root: string, path: string): Uint8Array | undefined {
  const file = join(root, path);
  const stats = lstatSync(file, { throwIfNoEntry: false });
  if (stats === undefined || !stats.isFile() || !realpathSync(file).startsWith(root + sep)) return undefined;
  return readFileSync(file);
}

function sameBytes(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a !== undefined && b !== undefined && Buffer.compare(a, b) === 0;
}
