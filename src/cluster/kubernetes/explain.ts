import type { V1Job } from '@kubernetes/client-node';
import type { Outcome } from '../../protocol/attempt.ts';
import type { TypedClients } from './api/typed-clients.ts';
import { unplaced, type Attempt } from './attempt.ts';
import { judgeEnding } from '../outcome.ts';
import { judgePod } from './observe/judge-pod.ts';
import { refusedPod, type Waiting } from './observe/waiting.ts';
import { key } from './spec/names.ts';

/** What a Job without a living pod amounts to; undefined where its pod may still come. */
export function judgeJob(job: V1Job | undefined, attempt: Attempt): Outcome | undefined {
  const { request } = attempt;
  const pod = attempt.pod();
  const endedBy = attempt.endedBy();
  if (endedBy !== undefined && !pod?.ended) {
    return judgeEnding({ code: null, signal: null, endedBy, durationMs: 0 }, undefined);
  }
  if (!job) return gone(`its Job ${attempt.job} was deleted`, 'deleted');
  const failed = job.status?.conditions?.find(
    ({ type, status }) => status === 'True' && /^Fail(?:ed|ureTarget)$/.test(type),
  );
  if (failed?.reason === 'DeadlineExceeded') {
    if (pod?.startedAt === undefined) return unplaced('its Job came to its deadline before a pod of it ran');
    return judgePod({ ...pod, reason: 'DeadlineExceeded' }, request.worker, undefined);
  }
  if (pod) return judgePod(pod, request.worker, undefined);
  if (failed) return gone(`its Job failed (${failed.reason ?? 'no reason'}), and its pod was not seen`, 'unknown');
  if (job.status?.succeeded) return gone('its Job is complete, and its pod is gone with the word it left', 'unknown');
  return undefined;
}

function gone(detail: string, cause: 'deleted' | 'unknown'): Outcome {
  return { kind: 'lost', class: 'disruption', cause, detail, durationMs: 0 };
}

/** Why Jobs have no pod, by the uid of the Job: the Job controller says so in events alone, which outlive the Job. */
export async function readRefusals(clients: TypedClients, namespace: string): Promise<ReadonlyMap<string, Waiting>> {
  const fieldSelector = 'involvedObject.kind=Job,reason=FailedCreate';
  const { items } = await clients.core.listNamespacedEvent({ namespace, fieldSelector });
  const latest = new Map<string, { readonly at: number; readonly message: string }>();
  for (const { involvedObject, message = '', lastTimestamp, eventTime, metadata } of items) {
    const at = new Date(lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? 0).getTime();
    const known = latest.get(involvedObject.uid ?? '');
    if (!known || at >= known.at) latest.set(involvedObject.uid ?? '', { at, message });
  }
  return new Map([...latest].map(([uid, { message }]) => [uid, refusedPod(message)]));
}

/** Why a Job that Kueue holds back waits. */
export function queued(job: V1Job): Waiting | undefined {
  if (job.spec?.suspend !== true) return undefined;
  const queue = job.metadata?.labels?.[key.queue];
  return { reason: 'queue', detail: queue ? `in the queue ${queue}` : 'its Job is suspended', hope: 'likely' };
}
