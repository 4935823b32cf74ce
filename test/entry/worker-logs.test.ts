import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli, type CliOutcome } from '../support/cli.ts';
import { projectRoot } from '../support/journey.ts';
import { scratchRepository, type ScratchRepository } from '../support/scratch-repository.ts';
import { smallRepository } from '../support/small-plan.ts';

const worker = JSON.stringify(join(projectRoot, 'dist', 'worker.mjs'));
/** The real worker, after it has said what a terminal must not obey. */
const talkative = `
process.stdout.write('first \\u001b[31mred\\u001b[0m \\u202eturned\\n');
process.stderr.write('second\\rhidden\\u0007\\n');
await import(${worker});
`;

describe('the lines of workers', () => {
  let repository: ScratchRepository;
  beforeAll(() => {
    repository = scratchRepository({ ...smallRepository, 'talkative.mjs': talkative });
  });
  afterAll(() => repository.remove());

  const run = (out: string, ...flags: readonly string[]): Promise<CliOutcome> =>
    runCli(['run', 'plan.yaml', '--worker', 'talkative.mjs', '--out', out, ...flags], { cwd: repository.directory });
  const linesOf = ({ stdout }: CliOutcome, worker: string): readonly string[] =>
    stdout.split('\n').filter((line) => line.startsWith(`${worker} | `));

  it('come after the name of their worker as they are said, without control characters, where they are streamed', async () => {
    const ran = await run('stream', '--worker-logs', 'stream');
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    for (const name of ['scan-1', 'fix-1', 'review-1']) {
      const lines = linesOf(ran, name);
      expect(lines).toContain(`${name} | first [31mred[0m turned`);
      expect(lines).toContain(`${name} | second hidden`);
    }
    expect(ran.stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it('are kept in files alone unless they are asked for', async () => {
    const ran = await run('kept', '--id', 'CORTEX-EXEC-KEPT');
    expect(ran.code).toBe(0);
    expect(ran.stdout).not.toContain('turned');
    const log = join(repository.directory, 'kept', 'logs', 'CORTEX-EXEC-KEPT', 'scan-1.log');
    expect(readFileSync(log, 'utf8')).toContain('turned');
  });

  it('are asked for by a word that is known, or the run does not begin', async () => {
    const ran = await run('unknown', '--worker-logs', 'steam');
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain('--worker-logs expects file, stream, off, found "steam"');
  });
});
