import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../support/journey.ts';
import { workflowFiles } from './our-workflows.ts';
import { gateOf } from './tools.ts';

/** Linters that read the workflows alone, each so that it goes to no network. */
const linters = [
  { program: 'actionlint', args: ['-no-color', ...workflowFiles] },
  { program: 'zizmor', args: ['--offline', '--no-progress', '--strict-collection', '.github/workflows', 'action.yml'] },
];

describe.for(linters)('$program', ({ program, args }) => {
  const gate = gateOf(program);

  it.skipIf(gate.skip)(`finds nothing in our workflows${gate.note}`, () => {
    const { error, status, stdout, stderr } = spawnSync(program, args, { cwd: projectRoot, encoding: 'utf8' });
    expect({ error, status, said: status === 0 ? '' : `${stdout}${stderr}` }).toEqual({
      error: undefined,
      status: 0,
      said: '',
    });
  });
});
