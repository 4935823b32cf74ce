import type { V1Job } from '@kubernetes/client-node';
import type { Envelope } from '../../../protocol/result.ts';
import { readEnvelope } from '../../outcome.ts';
import type { TypedClients } from '../api/typed-clients.ts';
import { viewPod, type PodView } from '../observe/pod-view.ts';
import { key, workerSelector } from '../spec/names.ts';

/** What the cluster knows of one attempt, without any store. */
export interface RemainingWorker {
  readonly worker: string;
  readonly task: string;
  readonly master: string;
  readonly attempt: number;
  readonly status: 'ended' | 'failed' | 'running' | 'waiting';
  readonly node: string | null;
  /** What it left as its word: status, usage, hash of its result. */
  readonly envelope: Envelope | null;
}

/** Reads Jobs, their annotations and the termination messages of their pods: what a lost store can be made up for. */
export async function readRemains(
  clients: TypedClients,
  { namespace, execution }: { readonly namespace: string; readonly execution: string },
): Promise<readonly RemainingWorker[]> {
  const labelSelector = workerSelector(execution);
  const [jobs, pods] = await Promise.all([
    clients.jobs.listNamespacedJob({ namespace, labelSelector }),
    clients.core.listNamespacedPod({ namespace, labelSelector }),
  ]);
  const podOf = new Map(pods.items.map(viewPod).map((pod) => [pod.jobUid, pod]));
  return jobs.items.map((job) => remaining(job, podOf.get(job.metadata?.uid ?? '')));
}

function remaining({ metadata }: V1Job, pod: PodView | undefined): RemainingWorker {
  const { labels = {}, annotations = {} } = metadata ?? {};
  const worker = annotations[key.worker] ?? '';
  const found = readEnvelope(pod?.ended?.message || undefined, worker);
  return {
    worker,
    task: labels[key.task] ?? '',
    master: labels[key.master] ?? '',
    attempt: Number(labels[key.attempt] ?? 1),
    status: statusOf(pod),
    node: pod?.node || null,
    envelope: found && 'valid' in found ? found.valid : null,
  };
}

function statusOf(pod: PodView | undefined): RemainingWorker['status'] {
  if (pod?.ended) return pod.ended.exitCode === 0 ? 'ended' : 'failed';
  if (pod?.phase === 'Failed') return 'failed';
  return pod?.startedAt === undefined ? 'waiting' : 'running';
}
