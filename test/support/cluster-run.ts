import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Event, EventData, EventType } from '../../src/protocol/event.ts';
import { startCli, type CliOutcome, type RunningCli } from './cli.ts';
import type { Cluster } from './clusters.ts';
import { readResults } from './journey.ts';
import { readCopies } from './shared-run.ts';

/** An execution whose workers are pods: where its processes run, and by which ways they reach cluster and store. */
export interface ClusterRun {
  readonly cluster: Pick<Cluster, 'kubeconfig'>;
  readonly store: string;
  readonly id: string;
  /** The repository; its plan is `plans/scripted.yaml`. */
  readonly path: string;
  readonly flags?: readonly string[];
}

export interface ClusterLeg {
  readonly masters?: readonly string[];
  readonly flags?: readonly string[];
  /** Added to what leads to the cluster; a value of `undefined` takes away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly preload?: string;
  /** How long it may take, in ms: a process that hangs fails its test. */
  readonly limitMs?: number;
}

/** As pods reach the store that deploy/ starts; on simulated nodes nobody asks it. */
const storeInside = 'redis://redis.cortex-system.svc:6379';

/** Starts one process of the execution; without masters, it runs them all. */
export function startClusterLeg(run: ClusterRun, leg: ClusterLeg = {}): RunningCli {
  const own = leg.masters ? ['--masters', leg.masters.join(',')] : [];
  const flags = ['--launcher', 'kubernetes', '--store', run.store, ...(run.flags ?? []), ...(leg.flags ?? []), ...own];
  return startBounded(['run', 'plans/scripted.yaml', '--id', run.id, ...flags], run, leg);
}

/** Starts any command of the built command line, with the same ways in. */
export function startBounded(
  args: readonly string[],
  run: Pick<ClusterRun, 'cluster' | 'path'>,
  leg: ClusterLeg = {},
): RunningCli {
  const { env = {}, preload, limitMs = 100_000 } = leg;
  const wanted = { KUBECONFIG: run.cluster.kubeconfig, CORTEX_WORKER_STORE: storeInside, ...env };
  const set = Object.entries(wanted).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  const place = { cwd: run.path, env: Object.fromEntries(set), ...(preload ? { preload } : {}) };
  return bounded(startCli(args, place), limitMs);
}

function bounded(child: RunningCli, limitMs: number): RunningCli {
  let isLate = false;
  const late = setTimeout(() => {
    isLate = true;
    child.signal('SIGKILL');
  }, limitMs);
  const ended = child.ended.then((outcome): CliOutcome => {
    clearTimeout(late);
    if (!isLate) return outcome;
    throw new Error(`it had not ended after ${limitMs} ms:\n${outcome.stdout.slice(-2000)}${outcome.stderr}`);
  });
  return { ...child, ended };
}

/** The log of an execution, as its processes have copied it below the repository. */
export function logOf({ path, id }: Pick<ClusterRun, 'path' | 'id'>): readonly Event[] {
  return readCopies(join(path, 'coordination'), id);
}

/** What the events of one type say. */
export function dataOf<T extends EventType>(log: readonly Event[], type: T): readonly EventData<T>[] {
  return log.flatMap((event) => (event.type === type ? [event.data as EventData<T>] : []));
}

/** Workers that finished, by name. */
export function finishedWorkers(log: readonly Event[]): readonly string[] {
  return dataOf(log, 'worker.finished')
    .map(({ worker }) => worker)
    .sort();
}

/** What an execution found, catalogued and proposed. */
export interface Found {
  readonly findings: readonly unknown[];
  readonly changes: readonly unknown[];
  readonly assets: readonly unknown[];
}

export function foundBy({ path, id }: Pick<ClusterRun, 'path' | 'id'>): Found {
  const out = join(path, 'coordination');
  const { findings, changes } = readResults(out, id) as unknown as Found;
  const { assets } = JSON.parse(readFileSync(join(out, 'archives', id, 'assets.json'), 'utf8')) as Found;
  return { findings, changes, assets };
}
