import type { Outcome } from '../../protocol/attempt.ts';
import { pause } from '../../shared/pause.ts';
import type { TypedClients } from './api/typed-clients.ts';
import type { Attempt } from './attempt.ts';
import { judgeJob, queued, readRefusals } from './explain.ts';
import { viewPod } from './observe/pod-view.ts';

export interface TendOptions {
  readonly clients: TypedClients;
  readonly namespace: string;
  readonly selector: string;
  readonly attempts: () => Iterable<Attempt>;
  /** How often attempts without a pod are looked after, in ms. */
  readonly everyMs: number;
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
  const refusals = await readRefusals(options.clients, options.namespace);
  for (const attempt of podless) {
    const refusal = refusals.get(attempt.jobUid);
    if (refusal) attempt.wait(refusal);
  }
  if (readsJobs) await tendByJobs(options, podless);
}

/** A Job that is over, or gone, ends the attempt; one that is held back says why. */
async function tendByJobs(options: TendOptions, podless: readonly Attempt[]): Promise<void> {
  const { clients, namespace, selector } = options;
  const since = performance.now();
  const { items } = await clients.jobs.listNamespacedJob({ namespace, labelSelector: selector });
  const jobs = new Map(items.map((job) => [job.metadata?.name ?? '', job]));
  const ended: { readonly attempt: Attempt; readonly outcome: Outcome }[] = [];
  // A pod that came meanwhile, and a Job younger than the list, speak for themselves.
  for (const attempt of podless.filter((each) => each.pod() === undefined && each.since < since)) {
    const job = jobs.get(attempt.job);
    const held = job && queued(job);
    if (held) attempt.wait(held);
    const outcome = held ? undefined : judgeJob(job, attempt);
    if (outcome) ended.push({ attempt, outcome });
  }
  if (ended.length > 0) await settleByPods(options, ended);
}

/** The Jobs may be newer than what the watch has told so far: a pod that is there is believed before its Job. */
async function settleByPods(
  { clients, namespace, selector }: TendOptions,
  ended: readonly { readonly attempt: Attempt; readonly outcome: Outcome }[],
): Promise<void> {
  const { items } = await clients.core.listNamespacedPod({ namespace, labelSelector: selector });
  const pods = new Map(items.map((item) => viewPod(item)).map((pod) => [pod.jobUid, pod]));
  for (const { attempt, outcome } of ended) {
    const pod = pods.get(attempt.jobUid);
    if (pod) attempt.see(pod);
    else attempt.settle(outcome);
  }
}
