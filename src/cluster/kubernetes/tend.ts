import { pause } from '../../shared/pause.ts';
import type { TypedClients } from './api/typed-clients.ts';
import type { Attempt } from './attempt.ts';
import { judgeJob, queued, readRefusals } from './explain.ts';

export interface TendOptions {
  readonly clients: TypedClients;
  readonly namespace: string;
  readonly selector: string;
  readonly attempts: () => Iterable<Attempt>;
  /** How often attempts without a pod are looked after, in ms. */
  readonly everyMs: number;
  readonly settle: (attempt: Attempt, outcome: ReturnType<typeof judgeJob>) => void;
}

/** Every so many rounds the Jobs themselves are read: some wait for a reason that no event tells. */
const roundsPerList = 6;

/**
 * Looks after attempts that have no pod: asks why, and finds those whose Job is gone. One request for all of them, and
 * none while every attempt has its pod. Ends when the signal aborts.
 */
export async function tendPodless(options: TendOptions, signal: AbortSignal): Promise<void> {
  for (let round = 0; !signal.aborted;) {
    await pause(options.everyMs, signal).catch(() => undefined);
    const podless = [...options.attempts()].filter((each) => isPodless(each, options.everyMs));
    if (podless.length === 0 || signal.aborted) continue;
    // What can't be read now is read next time; the feed says when contact is lost.
    await tendRound(options, podless, round % roundsPerList === 0).catch(() => undefined);
    round += 1;
  }
}

function isPodless(attempt: Attempt, afterMs: number): boolean {
  return !attempt.isSettled() && attempt.pod() === undefined && performance.now() - attempt.since > afterMs;
}

async function tendRound(options: TendOptions, podless: readonly Attempt[], readsJobs: boolean): Promise<void> {
  const { clients, namespace, selector } = options;
  const refusals = await readRefusals(clients, namespace);
  for (const attempt of podless) {
    const refusal = refusals.get(attempt.job);
    if (refusal) attempt.wait(refusal);
  }
  if (!readsJobs) return;
  const since = performance.now();
  const { items } = await clients.jobs.listNamespacedJob({ namespace, labelSelector: selector });
  const jobs = new Map(items.map((job) => [job.metadata?.name ?? '', job]));
  for (const attempt of podless) {
    // A pod that came meanwhile, and a Job younger than the list, speak for themselves.
    if (attempt.pod() !== undefined || attempt.since > since) continue;
    const job = jobs.get(attempt.job);
    const held = job && queued(job);
    if (held) attempt.wait(held);
    else options.settle(attempt, judgeJob(job, attempt));
  }
}
