import { pause } from '../../shared/pause.ts';
import { ifThere } from './api/api-errors.ts';
import type { TypedClients } from './api/typed-clients.ts';
import type { Attempt } from './attempt.ts';
import { readJob } from './create-job.ts';
import { judgeJob } from './explain.ts';
import { viewPod } from './observe/pod-view.ts';
import type { World } from './world.ts';

type Part = Pick<World, 'clients' | 'options' | 'times'>;

/** Deletes a Job and all that runs of it. Throws where the cluster can't be told. */
export async function deleteJob({ clients, options }: Omit<Part, 'times'>, name: string): Promise<void> {
  const { namespace } = options;
  await ifThere(clients.jobs.deleteNamespacedJob({ namespace, name, propagationPolicy: 'Foreground' }));
}

/** Ends a worker, and waits until nothing of it runs. Where the cluster can't be told, its own deadline ends it. */
export async function cancelAttempt(part: Part, attempt: Attempt): Promise<void> {
  const { clients, options, times } = part;
  attempt.endBy('cancel');
  try {
    await deleteJob(part, attempt.job);
    const until = performance.now() + times.cancelMs;
    for (let waitMs = 50; !attempt.isSettled() && performance.now() < until; waitMs = Math.min(1000, waitMs * 1.5)) {
      await pause(waitMs);
      // In the foreground: the Job is gone when its pod is.
      if (!(await readJob(clients, options.namespace, attempt.job))) break;
    }
  } catch {
    // Nothing more can be done from here, and whoever waits must not wait for it.
  } finally {
    attempt.settle({ kind: 'lost', class: 'cancelled', detail: 'cancelled', durationMs: 0 });
  }
}

/** The pod is gone without a word: the Job says why, or that it is gone too. What can't be asked is asked with the next list. */
export async function explainLoss({ clients, options }: Part, attempt: Attempt): Promise<void> {
  const job = await readJob(clients, options.namespace, attempt.job).catch(() => null);
  if (job === null) return;
  const outcome = judgeJob(job, attempt);
  if (outcome) attempt.settle(outcome);
}

/**
 * Its time to find a place is over, as far as we have seen: asks once more before it is given up. True where it really
 * has none; false where it runs, and where the cluster can't be asked, which says nothing of its place.
 */
export async function hasNoPlace({ clients, options }: Part, attempt: Attempt): Promise<boolean> {
  const labelSelector = `batch.kubernetes.io/job-name=${attempt.job}`;
  const pods = await clients.core
    .listNamespacedPod({ namespace: options.namespace, labelSelector })
    .then(({ items }) => items.map(viewPod))
    .catch(() => undefined);
  if (!pods) return false;
  const pod = pods.find(({ jobUid }) => jobUid === attempt.jobUid);
  if (pod) attempt.see(pod);
  return pod?.startedAt === undefined;
}

/** Deletes the anchor: the cluster itself removes all that it owns. */
export async function deleteAnchor(clients: TypedClients, namespace: string, name: string): Promise<void> {
  await ifThere(clients.core.deleteNamespacedConfigMap({ namespace, name, propagationPolicy: 'Background' }));
}
