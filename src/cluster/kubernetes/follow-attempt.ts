import type { Outcome } from '../../protocol/attempt.ts';
import { judgeEnding } from '../outcome.ts';
import { openAttempt, type Attempt, type AttemptSubject } from './attempt.ts';
import { deleteJob, explainLoss, hasNoPlace } from './endings.ts';
import { followLog } from './log-follower.ts';
import type { World } from './world.ts';

/** How long a log that is still coming is waited for once its worker has ended, in ms. */
const logMs = 5000;

/** Begins to wait for the end of a Job's pod. */
export function followAttempt(world: World, subject: AttemptSubject): Attempt {
  const { options, times, attempts, strays } = world;
  const limits = { startMs: options.startMs, imageMs: times.imageMs, limboMs: times.limboMs, now: options.now };
  const attempt = openAttempt(subject, limits, {
    notice: (notice) => options.onNotice?.(notice),
    end: (each) => void deleteJob(world, each.job).catch(() => undefined),
    explain: (each) => void explainLoss(world, each),
    hasNoPlace: (each) => hasNoPlace(world, each),
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

/** How an attempt ended, once its log is read and the store was asked too: its pod may have been lost after its word. */
export async function outcomeOf(world: World, attempt: Attempt): Promise<Outcome> {
  const outcome = await attempt.outcome;
  if (outcome.kind === 'lost' && outcome.class === 'cancelled') return outcome;
  startLog(world, attempt);
  await world.logs.get(attempt)?.finish(logMs);
  world.logs.delete(attempt);
  if (outcome.kind === 'returned' || outcome.envelope) return outcome;
  const stored = await world.options.storedEnvelope?.(attempt.request.worker).catch(() => undefined);
  if (!stored) return outcome;
  const ending = { code: stored.exitCode, signal: null, endedBy: 'itself', durationMs: outcome.durationMs } as const;
  return judgeEnding(ending, { valid: stored });
}

/** A log that can't be kept, as on a full disk, must not cost the worker its result. */
function startLog({ options, transport, logs }: World, attempt: Attempt): void {
  const pod = attempt.pod();
  if (options.logs === undefined || pod === undefined || logs.has(attempt)) return;
  const { namespace, mask, onLine, logs: folder } = options;
  const { worker } = attempt.request;
  try {
    logs.set(attempt, followLog({ transport, namespace, folder, mask, onLine }, { worker, pod: pod.name }));
  } catch {
    // It stays without one.
  }
}
