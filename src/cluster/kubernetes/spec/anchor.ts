import type { V1ConfigMap, V1OwnerReference, V1Secret } from '@kubernetes/client-node';
import { isoTime } from '../../../shared/clock.ts';
import { anchorName, contentName, key, runLabels } from './names.ts';

/** The one object that owns all that an execution has in the cluster: when it is deleted, the rest goes with it. */
export function anchorObject(anchor: {
  readonly execution: string;
  readonly namespace: string;
  readonly repository: string;
  /** Milliseconds since the epoch after which nothing of the execution may run. */
  readonly endsAt: number;
}): V1ConfigMap {
  const { execution, namespace, repository, endsAt } = anchor;
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: anchorName(execution),
      namespace,
      labels: { ...runLabels(execution), [key.anchor]: 'true' },
      annotations: {
        [key.execution]: execution,
        [key.endsAt]: isoTime(endsAt),
        [key.repository]: repository,
      },
    },
  };
}

/** The reference by which the cluster itself cleans up after the anchor. */
export function ownedBy(anchor: { readonly name: string; readonly uid: string }): V1OwnerReference {
  return { apiVersion: 'v1', kind: 'ConfigMap', ...anchor, blockOwnerDeletion: false };
}

/** The worker program as it travels: packed, with the hash of what is inside. */
export interface PackedProgram {
  /** gzip of the program. */
  readonly gzip: Uint8Array;
  /** SHA-256 of the program itself. */
  readonly sha256: string;
  /** What the pod runs first: it unpacks the other. */
  readonly start: string;
}

interface Owned {
  readonly execution: string;
  readonly namespace: string;
  readonly owner: V1OwnerReference;
}

/** The worker program and what else its pods read, by hash; never changed. */
export function programObject(
  { execution, namespace, owner }: Owned,
  content: {
    readonly program: PackedProgram;
    readonly files: Readonly<Record<string, string>>;
    readonly hash: string;
  },
): V1ConfigMap {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: contentName(execution, 'worker', content.hash),
      namespace,
      labels: runLabels(execution),
      ownerReferences: [owner],
    },
    immutable: true,
    data: { ...content.files, 'start.mjs': content.program.start },
    binaryData: { 'worker.mjs.gz': Buffer.from(content.program.gzip).toString('base64') },
  };
}

/** What workers need to reach the store: it holds their password. */
export function storeObject(
  { execution, namespace, owner }: Owned,
  content: { readonly address: string; readonly hash: string },
): V1Secret {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: contentName(execution, 'store', content.hash),
      namespace,
      labels: runLabels(execution),
      ownerReferences: [owner],
    },
    type: 'Opaque',
    immutable: true,
    stringData: { CORTEX_STORE: content.address },
  };
}
