import type { V1Job, V1JobSpec, V1OwnerReference } from '@kubernetes/client-node';
import type { LaunchRequest } from '../../../protocol/attempt.ts';
import { workerExit } from '../../../protocol/words.ts';
import { canonicalJson, sha256 } from '../../../shared/canonical.ts';
import { jobName, key, runLabels } from './names.ts';
import { podTemplate } from './pod.ts';
import type { PodWishes } from './wishes.ts';

/** Where an execution's workers run, and what their pods have in common. */
export interface JobPlace {
  readonly execution: string;
  readonly namespace: string;
  readonly owner: V1OwnerReference;
  readonly wishes: PodWishes;
  /** Name of the object with the program, and the hash of the program in it. */
  readonly program: { readonly object: string; readonly sha256: string };
  /** Name of the Secret with the store's address. */
  readonly secret: string;
  /** How long an attempt may wait for its place, in ms. */
  readonly startMs: number;
  /** When nothing of the execution may run any more, and the time now, in ms since the epoch. */
  readonly endsAt: number;
  readonly now: number;
}

/** Kept long enough for the slowest reader, and short enough for etcd. */
const keptSeconds = 3600;
/** The launcher ends a worker at its limit; the cluster, when no launcher does, so much later. */
const spareSeconds = 60;

/**
 * The Job of one attempt. The cluster itself bounds it: a deadline, a time after which it is removed, an owner. Its hash
 * stands in an annotation and covers all that makes the attempt what it is, but for whose password the store gets.
 */
export function workerJob(
  request: LaunchRequest,
  place: JobPlace,
  annotations: Readonly<Record<string, string>> = {},
): V1Job {
  const { execution, namespace, owner, wishes } = place;
  const labels = workerLabels(request, execution);
  const spec: V1JobSpec = {
    completions: 1,
    parallelism: 1,
    backoffLimit: 0,
    podReplacementPolicy: 'Failed',
    activeDeadlineSeconds: deadlineSeconds(request, place),
    ttlSecondsAfterFinished: keptSeconds,
    podFailurePolicy: { rules: failureRules },
    ...(wishes.queue === null ? {} : { suspend: true }),
    template: podTemplate(request, place, { labels, annotations }),
  };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: jobName(execution, request),
      namespace,
      labels: { ...labels, ...(wishes.queue === null ? {} : { [key.queue]: wishes.queue }) },
      annotations: {
        [key.execution]: execution,
        [key.worker]: request.worker,
        [key.document]: request.document,
        [key.spec]: sha256(canonicalJson([lasting(spec, place), wishes.queue])),
      },
      ownerReferences: [owner],
    },
    spec,
  };
}

/** Codes after which a further pod would end as the first did; Cortex starts the next attempt itself, where there is one. */
const failureRules: NonNullable<V1JobSpec['podFailurePolicy']>['rules'] = [
  {
    action: 'FailJob',
    onExitCodes: {
      containerName: 'worker',
      operator: 'In',
      values: [workerExit.badTask, workerExit.budgetSpent, workerExit.refused, workerExit.noAccess],
    },
  },
  { action: 'FailJob', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
];

function workerLabels(request: LaunchRequest, execution: string): Readonly<Record<string, string>> {
  return {
    ...runLabels(execution),
    [key.name]: 'cortex-worker',
    [key.master]: request.master,
    [key.task]: request.task,
    [key.kind]: request.kind,
    [key.attempt]: String(request.attempt),
  };
}

/** Long enough to wait and to work, and no longer than the execution itself. */
function deadlineSeconds({ timeoutMs }: LaunchRequest, { startMs, endsAt, now }: JobPlace): number {
  const own = Math.ceil((timeoutMs + startMs) / 1000) + spareSeconds;
  return Math.max(1, Math.min(own, Math.floor((endsAt - now) / 1000)));
}

/**
 * What makes an attempt what it is, whoever launches it and when: each process has a password of its own for its workers,
 * and less time is left the later it comes.
 */
function lasting(spec: V1JobSpec, { secret, startMs }: JobPlace): unknown {
  const text = JSON.stringify(spec).replaceAll(JSON.stringify(secret), '""');
  return { ...(JSON.parse(text) as object), activeDeadlineSeconds: startMs };
}
