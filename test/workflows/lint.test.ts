import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../support/journey.ts';
import { workflowFiles } from './our-workflows.ts';
import { gateOf } from './tools.ts';

/** The one thing that actionlint 1.7.12 does not know: GitHub has had `queue` since May 2026. */
const unknownToActionlint =
  '^unexpected key "queue" for "concurrency" section\\. expected one of "cancel-in-progress", "group"$';

/** Linters that read the workflows alone, each so that it goes to no network. */
const linters = [
  { program: 'actionlint', args: ['-no-color', '-ignore', unknownToActionlint, ...workflowFiles] },
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
