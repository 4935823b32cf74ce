import type { LaunchNotice, LaunchRequest, Outcome } from '../../protocol/attempt.ts';
import { openAlarms, type Alarms } from './alarms.ts';
import { judgePod, type EndedByUs } from './observe/judge-pod.ts';
import { isOver, type PodView } from './observe/pod-view.ts';
import { podWaiting, type Waiting } from './observe/waiting.ts';

/** What an attempt asks of its launcher when something is due. */
export interface AttemptActs {
  readonly notice: (notice: LaunchNotice) => void;
  /** Deletes the Job, and all that runs of it. */
  readonly end: (attempt: Attempt) => void;
  /** The pod is gone without a word: finds out why, and settles. */
  readonly explain: (attempt: Attempt) => void;
  readonly started: (attempt: Attempt) => void;
  /** Asks once more whether it has no place; false where that can't be asked. */
  readonly hasNoPlace: (attempt: Attempt) => Promise<boolean>;
}

/** One attempt that the launcher waits for: what it saw of the pod, and what is due when. */
export interface Attempt {
  readonly request: LaunchRequest;
  readonly job: string;
  readonly jobUid: string;
  readonly adopted: boolean;
  /** Since when it is to be launched, by the monotonic clock of this process, in ms. */
  readonly since: number;
  readonly outcome: Promise<Outcome>;
  readonly pod: () => PodView | undefined;
  readonly isSettled: () => boolean;
  /** Set where we have ended it ourselves. */
  readonly endedBy: () => EndedByUs;
  readonly see: (pod: PodView) => void;
  /** The pod is no longer there. */
  readonly lose: (pod: PodView | undefined) => void;
  /** Says why it has no place; what can't change ends it. */
  readonly wait: (waiting: Waiting) => void;
  /** From now on it is ended by us, for that reason. */
  readonly endBy: (reason: Exclude<EndedByUs, undefined>) => void;
  readonly settle: (outcome: Outcome) => void;
  /** Nobody waits for it here any more: nothing is due. */
  readonly rest: () => void;
}

/** What an attempt is about. */
export type AttemptSubject = Pick<Attempt, 'request' | 'job' | 'jobUid' | 'adopted' | 'since'>;

export interface AttemptTimes {
  /** How long it may wait for its place, and for an image that can't be had, in ms. */
  readonly startMs: number;
  readonly imageMs: number;
  /** How long after its deletion was due a pod is taken for lost, in ms. */
  readonly limboMs: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** A worker that found no place: somebody has to make room, and another attempt would wait as long. */
export function unplaced(detail: string): Outcome {
  const hint = 'Run `cortex doctor` with the plan and --launcher kubernetes: it says what has room, and what may run.';
  return { kind: 'lost', class: 'refused', detail, hint, durationMs: 0 };
}

type Alarm = 'start' | 'image' | 'time' | 'limbo';

/** An attempt as it stands. */
interface Standing {
  readonly subject: AttemptSubject;
  readonly times: AttemptTimes;
  readonly acts: AttemptActs;
  readonly due: Alarms<Alarm>;
  readonly finish: (outcome: Outcome) => void;
  pod: PodView | undefined;
  /** A second pod of the Job: its controller may start one where the answer to the first was lost, and then ends either. */
  twin: PodView | undefined;
  isPodGone: boolean;
  endedBy: EndedByUs;
  waitsFor: Waiting | undefined;
  isSettled: boolean;
}

export function openAttempt(subject: AttemptSubject, times: AttemptTimes, acts: AttemptActs): Attempt {
  let finish: (outcome: Outcome) => void = () => undefined;
  const outcome = new Promise<Outcome>((resolve) => (finish = resolve));
  const standing: Standing = {
    subject,
    times,
    acts,
    due: openAlarms<Alarm>(),
    finish,
    pod: undefined,
    twin: undefined,
    isPodGone: false,
    endedBy: undefined,
    waitsFor: undefined,
    isSettled: false,
  };
  const attempt: Attempt = {
    ...subject,
    outcome,
    pod: () => standing.pod,
    isSettled: () => standing.isSettled,
    endedBy: () => standing.endedBy,
    see: (pod) => see(standing, attempt, pod),
    lose: (pod) => lose(standing, attempt, pod),
    wait: (waiting) => wait(standing, attempt, waiting),
    endBy: (reason) => (standing.endedBy ??= reason),
    settle: (result) => settle(standing, result),
    rest: standing.due.clear,
  };
  const leftMs = subject.since + times.startMs - performance.now();
  standing.due.set('start', leftMs, () => void lookOnce(standing, attempt));
  return attempt;
}

function see(standing: Standing, attempt: Attempt, pod: PodView): void {
  const { subject, times, acts, due, pod: before } = standing;
  if (before && before.name !== pod.name && !standing.isPodGone && pod.phase !== 'Succeeded') {
    standing.twin = isOver(pod) ? undefined : pod;
    return;
  }
  standing.pod = pod;
  standing.isPodGone = false;
  if (standing.isSettled) return;
  if (!before?.node && pod.node) {
    acts.notice({ of: 'placed', ...who(subject.request), pod: pod.name, node: pod.node });
  }
  if (isOver(pod)) return concludePod(standing, attempt, pod);
  if (before?.startedAt === undefined && pod.startedAt !== undefined) begin(standing, attempt, pod.startedAt);
  if (pod.deletion && !due.has('limbo')) {
    const waitMs = endingMs(pod.deletion, times.now()) + times.limboMs;
    due.set('limbo', waitMs, () => concludePod(standing, attempt, standing.pod ?? pod));
  }
  const waiting = podWaiting(pod);
  if (waiting) wait(standing, attempt, waiting);
}

/** What a deleted pod has left to end. The clock of the cluster may not be ours: never more than it was given. */
function endingMs({ at, graceMs }: NonNullable<PodView['deletion']>, now: number): number {
  // The cluster tells whole seconds.
  const leftMs = at + 1000 - now;
  return leftMs > 0 ? Math.min(leftMs, graceMs) : graceMs;
}

/** Of two pods of a Job one is surplus: where that is the one we looked at, the other is the attempt's. */
function concludePod(standing: Standing, attempt: Attempt, pod: PodView): void {
  const isSurplus = standing.twin !== undefined && pod.deletion !== undefined && pod.phase !== 'Succeeded';
  if (isSurplus) goOnWithTwin(standing, attempt);
  else settle(standing, judged(standing, pod));
}

function goOnWithTwin(standing: Standing, attempt: Attempt): void {
  const { twin, due } = standing;
  standing.pod = undefined;
  standing.twin = undefined;
  due.drop('limbo');
  if (twin) see(standing, attempt, twin);
}

function lose(standing: Standing, attempt: Attempt, last: PodView | undefined): void {
  if (last && standing.pod && last.name !== standing.pod.name) {
    standing.twin = undefined;
    return;
  }
  if (standing.twin && !standing.isSettled) return goOnWithTwin(standing, attempt);
  standing.pod = last ?? standing.pod;
  standing.isPodGone = true;
  const { pod, isSettled } = standing;
  if (isSettled) return;
  if (pod && (isOver(pod) || pod.disruption)) settle(standing, judged(standing, pod));
  else standing.acts.explain(attempt);
}

function judged({ subject, endedBy }: Standing, pod: PodView): Outcome {
  return judgePod(pod, subject.request.worker, endedBy);
}

function wait(standing: Standing, attempt: Attempt, waiting: Waiting): void {
  const { isSettled, waitsFor, acts, due, times, subject } = standing;
  if (isSettled || (waitsFor?.reason === waiting.reason && waitsFor.detail === waiting.detail)) return;
  standing.waitsFor = waiting;
  const { reason, detail, hope } = waiting;
  acts.notice({ of: 'waiting', ...who(subject.request), reason, detail: detail.slice(0, 1000) });
  if (hope === 'never') giveUp(standing, attempt);
  else if (hope === 'unlikely' && !due.has('image')) due.set('image', times.imageMs, () => giveUp(standing, attempt));
}

/** Its container runs: from now on it is held to its own time limit. */
function begin({ subject, times, acts, due }: Standing, attempt: Attempt, startedAt: number): void {
  due.drop('start');
  due.drop('image');
  // A worker that another process has launched has used up some of its time already.
  const usedMs = subject.adopted ? Math.max(0, times.now() - startedAt) : 0;
  due.set('time', subject.request.timeoutMs - usedMs, () => {
    attempt.endBy('time-limit');
    acts.end(attempt);
  });
  acts.started(attempt);
}

/** Between two questions to a cluster that can't be asked. */
const askAgainMs = 10_000;

/** Its time to find a place is over; but no contact is not the same as no place. */
async function lookOnce(standing: Standing, attempt: Attempt): Promise<void> {
  const hasNone = await standing.acts.hasNoPlace(attempt);
  if (standing.isSettled || standing.pod?.startedAt !== undefined) return;
  if (hasNone) giveUp(standing, attempt);
  else standing.due.set('start', askAgainMs, () => void lookOnce(standing, attempt));
}

function giveUp(standing: Standing, attempt: Attempt): void {
  const { waitsFor, subject } = standing;
  const why = waitsFor ? `${waitsFor.reason}: ${waitsFor.detail}` : 'the cluster does not say why';
  const seconds = Math.round((performance.now() - subject.since) / 1000);
  settle(standing, unplaced(`it found no place within ${seconds} s: ${why}`));
  standing.acts.end(attempt);
}

function settle(standing: Standing, outcome: Outcome): void {
  if (standing.isSettled) return;
  standing.isSettled = true;
  standing.due.clear();
  standing.finish(outcome);
}

function who({ worker, task, master }: LaunchRequest): Pick<LaunchRequest, 'worker' | 'task' | 'master'> {
  return { worker, task, master };
}
