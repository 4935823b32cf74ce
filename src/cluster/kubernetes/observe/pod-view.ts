import type { V1Pod } from '@kubernetes/client-node';

/** What we read of a pod, whether a list or a watch told it. Times are in ms since the epoch. */
export interface PodView {
  readonly name: string;
  readonly uid: string;
  readonly job: string;
  /** Tells a Job from an earlier one of the same name. */
  readonly jobUid: string;
  readonly phase: string;
  /** Why the whole pod failed, such as `Evicted` or `DeadlineExceeded`. */
  readonly reason: string;
  readonly message: string;
  readonly node: string;
  /** Set once somebody has deleted it: until when it has to end, by the cluster's clock, and how long that was, in ms. */
  readonly deletion: { readonly at: number; readonly graceMs: number } | undefined;
  /** The condition `DisruptionTarget`, where it is true. */
  readonly disruption: { readonly reason: string; readonly message: string } | undefined;
  /** The condition `PodScheduled`, where it is false. */
  readonly unscheduled: string | undefined;
  readonly waiting: { readonly reason: string; readonly message: string } | undefined;
  readonly startedAt: number | undefined;
  readonly ended: PodEnd | undefined;
}

export interface PodEnd {
  readonly exitCode: number;
  readonly reason: string;
  /** The termination message. */
  readonly message: string;
  readonly startedAt: number | undefined;
  readonly finishedAt: number | undefined;
}

/** The list's client makes dates of times, a watch leaves them as text: both are read. */
type Time = Date | string | undefined;

export function viewPod(pod: V1Pod): PodView {
  const { metadata, spec, status } = pod;
  const condition = (type: string, value: string): { reason?: string; message?: string } | undefined =>
    status?.conditions?.find((each) => each.type === type && each.status === value);
  const state = status?.containerStatuses?.find((each) => each.name === 'worker')?.state;
  const disruption = condition('DisruptionTarget', 'True');
  const waiting = state?.waiting;
  return {
    name: metadata?.name ?? '',
    uid: metadata?.uid ?? '',
    job: metadata?.labels?.['batch.kubernetes.io/job-name'] ?? metadata?.labels?.['job-name'] ?? '',
    jobUid: metadata?.ownerReferences?.find(({ kind }) => kind === 'Job')?.uid ?? '',
    phase: status?.phase ?? 'Unknown',
    reason: status?.reason ?? '',
    message: status?.message ?? '',
    node: spec?.nodeName ?? '',
    deletion: deletionOf(pod),
    disruption: disruption && textOf(disruption),
    unscheduled: condition('PodScheduled', 'False')?.message,
    waiting: waiting && textOf(waiting),
    startedAt: timeOf(state?.running?.startedAt ?? state?.terminated?.startedAt),
    ended: endOf(pod),
  };
}

function deletionOf({ metadata }: V1Pod): PodView['deletion'] {
  const at = timeOf(metadata?.deletionTimestamp);
  return at === undefined ? undefined : { at, graceMs: (metadata?.deletionGracePeriodSeconds ?? 30) * 1000 };
}

function endOf({ status }: V1Pod): PodEnd | undefined {
  const ended = status?.containerStatuses?.find((each) => each.name === 'worker')?.state?.terminated;
  if (!ended) return undefined;
  return {
    exitCode: ended.exitCode,
    reason: ended.reason ?? '',
    message: ended.message ?? '',
    startedAt: timeOf(ended.startedAt),
    finishedAt: timeOf(ended.finishedAt),
  };
}

function textOf({ reason = '', message = '' }: { reason?: string; message?: string }): {
  reason: string;
  message: string;
} {
  return { reason, message };
}

function timeOf(time: Time): number | undefined {
  if (time === undefined || time === null) return undefined;
  const ms = typeof time === 'string' ? Date.parse(time) : time.getTime();
  return Number.isNaN(ms) ? undefined : ms;
}

/** Whether nothing of the pod runs any more. */
export function isOver({ phase, ended }: PodView): boolean {
  return phase === 'Succeeded' || phase === 'Failed' || ended !== undefined;
}
