import type { Kubelets } from './kubelet.ts';
import { apiTime, type Pod } from './objects.ts';
import { isReady } from './scheduler.ts';
import type { World } from './world.ts';

/** What metrics-server says of a pod or node: CPU and memory in use. */
export interface Usage {
  readonly cpu: string;
  readonly memory: string;
}

/** Simulated pods use what tests say. */
export const simulatedUsage: Usage = { cpu: '100m', memory: '64Mi' };

/** `/apis/metrics.k8s.io/v1beta1/…`; undefined for another path. */
export function metricsAt(world: World, kubelets: Kubelets, path: string): unknown {
  const [, namespace, plural] =
    /^\/apis\/metrics\.k8s\.io\/v1beta1(?:\/namespaces\/([^/]+))?\/(nodes|pods)$/.exec(path) ?? [];
  const base = { apiVersion: 'metrics.k8s.io/v1beta1', metadata: {} };
  const running = world.store.list('pods').filter(({ status }) => status.phase === 'Running');
  const sample = { timestamp: apiTime(world.now()), window: '15.0s' };
  if (plural === 'pods') {
    const items = running
      .filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace)
      .map((pod) => ({
        metadata: { name: pod.metadata.name, namespace: pod.metadata.namespace, labels: pod.metadata.labels },
        ...sample,
        containers: [{ name: pod.spec.containers[0]?.name, usage: usageOf(kubelets, pod) }],
      }));
    return { kind: 'PodMetricsList', ...base, items };
  }
  if (plural !== 'nodes') return undefined;
  const items = world.store
    .list('nodes')
    .filter(isReady)
    .map(({ metadata }) => {
      const count = running.filter(({ spec }) => spec.nodeName === metadata.name).length;
      return {
        metadata: { name: metadata.name },
        ...sample,
        usage: { cpu: `${100 + 100 * count}m`, memory: `${512 + 64 * count}Mi` },
      };
    });
  return { kind: 'NodeMetricsList', ...base, items };
}

function usageOf(kubelets: Kubelets, pod: Pod): Usage {
  const measured = kubelets.runOf(pod)?.bytes();
  return measured !== undefined
    ? { cpu: simulatedUsage.cpu, memory: `${Math.ceil(measured / 1024)}Ki` }
    : simulatedUsage;
}
