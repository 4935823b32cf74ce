import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { memoryWorkspace, type Workspace } from '../../src/checks/workspace.ts';

/** A workspace in memory of the plain files below a folder; `.git` is left out. */
export function folderWorkspace(directory: string): Workspace {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [relative(directory, path).split(sep).join('/'), path] as const)
    .filter(([path]) => !path.startsWith('.git/'));
  return memoryWorkspace(Object.fromEntries(files.map(([path, file]) => [path, readFileSync(file)])));
}
