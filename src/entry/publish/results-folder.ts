import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { ResultsFolder } from '../../report/publish/results/results-own.ts';

/** The folder that runs write to, as the results commit reads it. Links are passed over. */
export function resultsFolder(out: string): ResultsFolder {
  return {
    list: () =>
      Promise.resolve(
        readdirSync(out, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => join(entry.parentPath, entry.name))
          .map((path) => ({ path: relative(out, path).split(sep).join('/'), bytes: statSync(path).size })),
      ),
    read: (path) => Promise.resolve(new Uint8Array(readFileSync(join(out, path)))),
  };
}
