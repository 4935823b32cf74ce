import type { Job, Pod } from './objects.ts';
import type { ObjectStore, Unborn } from './object-store.ts';
import { resources } from './resources.ts';
import { forbidden } from './status.ts';

/** The pod that a Job's template describes. Throws, as admission does, where its service account is not there. */
export function jobPod(store: ObjectStore, job: Job): Unborn<Pod> {
  const { name, namespace = '', uid } = job.metadata;
  const { metadata, spec } = job.spec.template;
  const account = spec.serviceAccountName ?? 'default';
  if (!store.get('serviceaccounts', { namespace, name: account })) {
    const why = `error looking up service account ${namespace}/${account}: serviceaccount "${account}" not found`;
    throw forbidden(resources.pods, `${name}-`, why);
  }
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: '',
      generateName: `${name}-`,
      namespace,
      ...(metadata?.labels ? { labels: metadata.labels } : {}),
      ...(metadata?.annotations ? { annotations: metadata.annotations } : {}),
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name, uid, controller: true, blockOwnerDeletion: true }],
    },
    spec: structuredClone(spec),
    status: { phase: 'Pending' },
  };
}
