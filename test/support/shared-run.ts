import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { readLongestLog } from '../../src/coordination/file/copies.ts';
import type { Event } from '../../src/protocol/event.ts';
import { masterNames } from '../../src/protocol/words.ts';
import { startCli, type CliOutcome, type RunningCli } from './cli.ts';
import { programs } from './journey.ts';

/** An execution over a shared store: where its processes run, and under which id. */
export interface SharedRun {
  readonly url: string;
  readonly id: string;
  /** The repository; its plan is `plans/scripted.yaml`. */
  readonly path: string;
  readonly flags?: readonly string[];
}

export interface LegOptions {
  readonly masters?: readonly string[];
  /** Folder of this process alone. */
  readonly out?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly preload?: string;
  readonly flags?: readonly string[];
}

/** An id that no other test uses: the stores are shared too. */
export function freshId(): string {
  return `CORTEX-EXEC-${randomBytes(6).toString('hex').toUpperCase()}`;
}

/** Flags that put the scripted worker in place of the real one, and scale times down. */
export const scriptedFlags: readonly string[] = [
  `--worker=${join(programs, 'scripted-worker.mjs')}`,
  '--retry-wait=200ms',
  '--parallel-workers=2',
  '--lease=3s',
  '--leg-wait=2s',
];

/** Starts one process of the execution; without masters, it runs them all. */
export function startLeg(run: SharedRun, leg: LegOptions = {}): RunningCli {
  const { masters, out = join(run.path, 'coordination'), env = {}, preload, flags = [] } = leg;
  const args = ['run', 'plans/scripted.yaml', '--id', run.id, '--out', out, ...(run.flags ?? scriptedFlags), ...flags];
  const own = masters ? ['--masters', masters.join(',')] : [];
  const place = { cwd: run.path, env: { CORTEX_STORE: run.url, ...env }, ...(preload ? { preload } : {}) };
  return startCli([...args, ...own], place);
}

/** The whole log of an execution, from whichever process has the longest copy of it. */
export function readCopies(out: string, id: string): readonly Event[] {
  return readLongestLog(join(out, 'executions', id)) ?? [];
}

/** One process for each of the seven, in the given order. */
export function startSeven(run: SharedRun, order: readonly string[] = masterNames): Promise<readonly CliOutcome[]> {
  return Promise.all(order.map((master) => startLeg(run, { masters: [master] }).ended));
}
