import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { memoryWorkspace, type Workspace } from '../../../src/checks/workspace.ts';

/** The folder of real inputs; undefined where there is none, and then its tests are skipped by name. */
export const corpora = process.env['CORTEX_CORPORA'];
export const skipNote = corpora === undefined ? ' (skipped: CORTEX_CORPORA names no folder)' : '';

/** The workflow files of a folder of the corpora, as if they lay in `.github/workflows`. */
export function corpusWorkflows(folder: string): Readonly<Record<string, string>> {
  const directory = join(corpora ?? '', folder);
  const names = readdirSync(directory).filter((name) => /\.ya?ml$/.test(name));
  return Object.fromEntries(
    names.map((name) => [`.github/workflows/${name}`, readFileSync(join(directory, name), 'utf8')]),
  );
}

export function corpusWorkspace(folder: string): Workspace {
  return memoryWorkspace(corpusWorkflows(folder));
}

export const demoFolder = 'microservices-demo/.github/workflows';
