import type { Outcome } from '../../protocol/attempt.ts';
import { judgeEnding } from '../outcome.ts';
import { codeOf } from './api/api-errors.ts';
import { typedClients, type TypedClients } from './api/typed-clients.ts';
import { openAttempt, type Attempt, type AttemptSubject } from './attempt.ts';
import { readJob } from './create-job.ts';
import { judgeJob } from './explain.ts';
import { makeHoldings, type Holdings } from './holdings.ts';
import type { KubernetesOptions, KubernetesTimes } from './kubernetes-launcher.ts';
import { followLog, type FollowedLog } from './log-follower.ts';
import { followPods } from './observe/pod-feed.ts';
import type { PodView } from './observe/pod-view.ts';
import { roomKeeper, type RoomKeeper } from './room.ts';
import { anchorName, workerSelector } from './spec/names.ts';
import { pause } from '../../shared/pause.ts';
import { tendPodless } from './tend.ts';

const defaultTimes: KubernetesTimes = {
  relistMs: 60_000,
  lostAfterMs: 1000,
  tendMs: 3000,
  imageMs: 60_000,
  limboMs: 5000,
  cancelMs: 60_000,
};

/** How long a log that is still coming is waited for once its worker has ended, in ms. */
const logMs = 5000;

/** What one launcher has in the cluster, and what it sees of it. */
export interface Field {
  readonly options: KubernetesOptions;
  readonly times: KubernetesTimes;
  readonly clients: TypedClients;
  readonly room: RoomKeeper;
  /** Aborts when nothing more is to be started. */
  readonly stopping: AbortSignal;
  /** Makes what the execution needs in the cluster, once, and begins to watch. */
  readonly prepare: () => Promise<Holdings>;
  /** Begins to wait for the end of a Job's pod. */
  readonly take: (subject: AttemptSubject) => Attempt;
  /** How an attempt ended, once its log is read and the store was asked too. */
  readonly outcomeOf: (attempt: Attempt) => Promise<Outcome>;
  /** Ends a worker, and waits until nothing of it runs. */
  readonly cancel: (worker: string) => Promise<void>;
  /** Ends every worker without waiting. */
  readonly endAll: () => void;
  /** Launches under way give up. */
  readonly hurry: () => void;
  readonly close: () => void;
  /** Removes all that the execution has in the cluster. */
  readonly clear: () => Promise<void>;
}

export function openField(options: KubernetesOptions): Field {
  const clients = typedClients(options.transport);
  const times = { ...defaultTimes, ...options.times };
  const attempts = new Map<string, Attempt>();
  const stopping = new AbortController();
  const closing = new AbortController();
  let holdings: Promise<Holdings> | undefined;
  const end = (attempt: Attempt): Promise<void> => deleteJob(clients, options.namespace, attempt.job);
  const world: World = {
    options,
    clients,
    times,
    attempts,
    strays: new Map(),
    logs: new Map(),
    signal: closing.signal,
  };
  return {
    options,
    times,
    clients,
    room: roomKeeper(clients, options),
    stopping: stopping.signal,
    prepare: () =>
      (holdings ??= makeHoldings(clients, options).then(
        (made) => {
          watch(world);
          return made;
        },
        (error: unknown) => {
          holdings = undefined;
          throw error;
        },
      )),
    take: (subject) => takeAttempt(world, subject),
    outcomeOf: (attempt) => attempt.outcome.then((outcome) => concluded(world, attempt, outcome)),
    cancel: async (worker) => {
      const attempt = [...attempts.values()].find(({ request }) => request.worker === worker);
      if (attempt) await cancelAttempt(world, attempt);
    },
    endAll: () => attempts.forEach((attempt) => void end(attempt).catch(() => undefined)),
    hurry: () => stopping.abort(new Error('the run is ending')),
    close: () => closing.abort(new Error('the launcher is closed')),
    clear: async () => {
      const { execution, namespace } = options;
      await clients.core
        .deleteNamespacedConfigMap({ namespace, name: anchorName(execution), propagationPolicy: 'Background' })
        .catch(unlessMissing);
    },
  };
}

interface World {
  readonly options: KubernetesOptions;
  readonly clients: TypedClients;
  readonly times: KubernetesTimes;
  /** By the name of their Job. */
  readonly attempts: Map<string, Attempt>;
  /** Pods of Jobs that nobody here waits for, or not yet: by the name of their Job. */
  readonly strays: Map<string, PodView>;
  readonly logs: Map<Attempt, FollowedLog>;
  readonly signal: AbortSignal;
}

function takeAttempt(world: World, subject: AttemptSubject): Attempt {
  const { options, clients, times, attempts, strays } = world;
  const limits = { startMs: options.startMs, imageMs: times.imageMs, limboMs: times.limboMs, now: options.now };
  const attempt = openAttempt(subject, limits, {
    notice: (notice) => options.onNotice?.(notice),
    end: (each) => void deleteJob(clients, options.namespace, each.job).catch(() => undefined),
    explain: (each) => void explain(world, each),
    started: (each) => startLog(world, each),
  });
  attempts.set(subject.job, attempt);
  void attempt.outcome.then(() => {
    attempts.delete(subject.job);
    // Whoever launches it again in this process finds how it ended.
    const last = attempt.pod();
    if (last) strays.set(subject.job, last);
  });
  // The watch may have been faster than the answer to our own request.
  const early = strays.get(subject.job);
  if (early?.jobUid === subject.jobUid) attempt.see(early);
  strays.delete(subject.job);
  return attempt;
}

function startLog({ options, logs }: World, attempt: Attempt): void {
  const pod = attempt.pod();
  if (options.logs === undefined || pod === undefined || logs.has(attempt)) return;
  const { transport, namespace, mask, onLine } = options;
  const followed = followLog(
    { transport, namespace, folder: options.logs, mask, onLine },
    { worker: attempt.request.worker, pod: pod.name },
  );
  logs.set(attempt, followed);
}

/** What a worker said in the store counts: its pod may have been lost after that. */
async function concluded(world: World, attempt: Attempt, outcome: Outcome): Promise<Outcome> {
  startLog(world, attempt);
  await world.logs.get(attempt)?.finish(logMs);
  world.logs.delete(attempt);
  if (outcome.kind === 'returned' || outcome.envelope || outcome.class === 'cancelled') return outcome;
  const stored = await world.options.storedEnvelope?.(attempt.request.worker).catch(() => undefined);
  if (!stored) return outcome;
  const ending = { code: stored.exitCode, signal: null, endedBy: 'itself', durationMs: outcome.durationMs } as const;
  return judgeEnding(ending, { valid: stored });
}

/** The pod is gone without a word: the Job says why, or that it is gone too. */
async function explain({ clients, options }: World, attempt: Attempt): Promise<void> {
  const job = await readJob(clients, options.namespace, attempt.job).catch(() => null);
  if (job === null) return;
  const outcome = judgeJob(job, attempt);
  if (outcome) attempt.settle(outcome);
}

async function cancelAttempt({ clients, options, times }: World, attempt: Attempt): Promise<void> {
  attempt.endBy('cancel');
  await deleteJob(clients, options.namespace, attempt.job);
  const until = performance.now() + times.cancelMs;
  for (let waitMs = 50; !attempt.isSettled() && performance.now() < until; waitMs = Math.min(1000, waitMs * 1.5)) {
    await pause(waitMs);
    // In the foreground: the Job is gone when its pod is.
    if (!(await readJob(clients, options.namespace, attempt.job))) break;
  }
  attempt.settle({ kind: 'lost', class: 'cancelled', detail: 'cancelled', durationMs: 0 });
}

async function deleteJob(clients: TypedClients, namespace: string, name: string): Promise<void> {
  await clients.jobs.deleteNamespacedJob({ namespace, name, propagationPolicy: 'Foreground' }).catch(unlessMissing);
}

function unlessMissing(error: unknown): void {
  if (codeOf(error) !== 404) throw error;
}

function watch({ options, clients, times, attempts, strays, signal }: World): void {
  const common = { clients, namespace: options.namespace, selector: workerSelector(options.execution) };
  const feed = followPods(
    {
      ...common,
      transport: options.transport,
      relistMs: times.relistMs,
      lostAfterMs: times.lostAfterMs,
      onPod: (pod) => {
        const attempt = attempts.get(pod.job);
        if (attempt?.jobUid === pod.jobUid) attempt.see(pod);
        else strays.set(pod.job, pod);
      },
      onGone: (pod) => {
        const attempt = attempts.get(pod.job);
        if (attempt?.jobUid === pod.jobUid) attempt.lose(pod);
        else strays.delete(pod.job);
      },
      onListed: (names) => {
        for (const attempt of attempts.values()) {
          const pod = attempt.pod();
          if (pod && !names.has(pod.name)) attempt.lose(undefined);
        }
      },
      onLost: (detail) => options.onNotice?.({ of: 'watch-lost', detail: detail.slice(0, 1000) }),
      onRestored: (gapMs) => options.onNotice?.({ of: 'watch-restored', gapMs }),
    },
    signal,
  );
  const tending = tendPodless(
    {
      ...common,
      attempts: () => attempts.values(),
      everyMs: times.tendMs,
      settle: (attempt, outcome) => attempt.settle(outcome),
    },
    signal,
  );
  // Both end with the launcher alone; what they can't do, they try again.
  void Promise.all([feed, tending]);
}
