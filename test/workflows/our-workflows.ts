import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compareText } from '../../src/shared/canonical.ts';
import { projectRoot } from '../support/journey.ts';

const folder = '.github/workflows';

/** Our own workflow files, relative to the project, in order. */
export const workflowFiles = readdirSync(join(projectRoot, folder))
  .sort(compareText)
  .map((name) => `${folder}/${name}`);

export function readWorkflowText(file: string): string {
  return readFileSync(join(projectRoot, file), 'utf8');
}
