import { randomUUID } from 'node:crypto';
import type { Job, Kinds, Pod, Plural, Secret, Toleration } from './objects.ts';
import type { Unborn } from './object-store.ts';

/** What the API adds to an object that is being created. */
export function withDefaults<P extends Plural>(plural: P, object: Unborn<Kinds[P]>): Unborn<Kinds[P]> {
  const adding: Partial<Record<Plural, (object: never) => unknown>> = {
    jobs: completeJob,
    pods: completePod,
    secrets: encode,
  };
  adding[plural]?.(object as never);
  return object;
}

function completeJob(job: Job): void {
  const controller = randomUUID();
  const labels = {
    'batch.kubernetes.io/controller-uid': controller,
    'batch.kubernetes.io/job-name': job.metadata.name,
    'controller-uid': controller,
    'job-name': job.metadata.name,
  };
  const { spec } = job;
  spec.parallelism ??= 1;
  spec.completions ??= 1;
  spec.backoffLimit ??= 6;
  spec.suspend ??= false;
  spec.completionMode ??= 'NonIndexed';
  spec.podReplacementPolicy ??= spec.podFailurePolicy ? 'Failed' : 'TerminatingOrFailed';
  spec.selector = { matchLabels: { 'batch.kubernetes.io/controller-uid': controller } };
  spec.template.metadata = { ...spec.template.metadata, labels: { ...spec.template.metadata?.labels, ...labels } };
  for (const container of spec.template.spec.containers) {
    container.terminationMessagePath ??= '/dev/termination-log';
    container.terminationMessagePolicy ??= 'File';
  }
  spec.template.spec.terminationGracePeriodSeconds ??= 30;
  spec.template.spec.schedulerName ??= 'default-scheduler';
  job.metadata.labels = { ...job.metadata.labels, ...labels };
  job.metadata.generation = 1;
  job.status = {};
}

function completePod(pod: Pod): void {
  pod.spec.terminationGracePeriodSeconds ??= 30;
  pod.spec.schedulerName ??= 'default-scheduler';
  pod.spec.serviceAccountName ??= 'default';
  const tolerations = (pod.spec.tolerations ??= []);
  for (const key of ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']) {
    if (!tolerations.some((each) => toleratesKey(each, key))) {
      tolerations.push({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 });
    }
  }
  pod.status = { phase: 'Pending', qosClass: 'Burstable' };
}

function toleratesKey(toleration: Toleration, key: string): boolean {
  return toleration.key === key || (toleration.key === undefined && toleration.operator === 'Exists');
}

function encode(secret: Secret): void {
  secret.type ??= 'Opaque';
  const told = Object.entries(secret.stringData ?? {}).map(([key, text]) => [
    key,
    Buffer.from(text).toString('base64'),
  ]);
  secret.data = { ...secret.data, ...Object.fromEntries(told) };
  delete secret.stringData;
}
