import { apiTime, type Node } from './objects.ts';
import type { Unborn } from './object-store.ts';
import type { World } from './world.ts';

export interface NodeShape {
  readonly servers: number;
  readonly agents: number;
  readonly cpu: string;
  readonly memory: string;
}

/** What is there before anything is asked for: namespaces with their service accounts, servers and agents as of K3s. */
export function seed({ store, now }: World, shape: NodeShape): void {
  const namespaces = ['default', 'kube-system', 'cortex-system', 'cortex-workers', 'catalog-system'];
  for (const name of namespaces) {
    const labels = { 'kubernetes.io/metadata.name': name };
    store.add('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
    const account = { apiVersion: 'v1', kind: 'ServiceAccount' };
    store.add('serviceaccounts', { ...account, metadata: { name: 'default', namespace: name } });
  }
  const workers = { name: 'cortex-worker', namespace: 'cortex-workers' };
  store.add('serviceaccounts', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: workers });
  const at = apiTime(now());
  const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1);
  for (const number of numbers(shape.servers))
    store.add('nodes', node(`server-${number}`, { shape, at, isServer: true }));
  for (const number of numbers(shape.agents))
    store.add('nodes', node(`agent-${number}`, { shape, at, isServer: false }));
}

function node(
  name: string,
  { shape, at, isServer }: { readonly shape: NodeShape; readonly at: string; readonly isServer: boolean },
): Unborn<Node> {
  const size = { cpu: shape.cpu, memory: shape.memory, pods: '110', 'ephemeral-storage': '100Gi' };
  const control = { 'node-role.kubernetes.io/control-plane': 'true', 'node-role.kubernetes.io/etcd': 'true' };
  const base = { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' };
  const reason = { reason: 'KubeletReady', message: 'kubelet is posting ready status' };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { ...base, ...(isServer ? control : {}) } },
    spec: isServer ? { taints: [{ key: 'CriticalAddonsOnly', value: 'true', effect: 'NoExecute' }] } : {},
    status: {
      allocatable: size,
      capacity: size,
      conditions: [{ type: 'Ready', status: 'True', ...reason, lastTransitionTime: at }],
      nodeInfo: { kubeletVersion: 'v1.36.3+fake', osImage: 'fake', architecture: 'amd64', operatingSystem: 'linux' },
    },
  };
}
