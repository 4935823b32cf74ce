import type { Facts } from '../protocol/facts.ts';
import type { ClusterSample, ExecutionState } from './execution-state.ts';

/** Use of one group of nodes over all samples; null where nothing was sampled. */
export interface Utilisation {
  readonly samples: number;
  readonly cpuPercent: number;
  readonly memoryPercent: number;
}

/** Agents and servers apart: idle servers would dilute the mean. */
export function utilisationOf(samples: readonly ClusterSample[], group: 'agents' | 'servers'): Utilisation | null {
  const shares = samples.flatMap(({ nodes }) => {
    const own = nodes.filter(({ server }) => server === (group === 'servers'));
    const total = (pick: (node: (typeof own)[number]) => number): number =>
      own.reduce((sum, node) => sum + pick(node), 0);
    const cpu = total((node) => node.allocatableCpuMillicores);
    const memory = total((node) => node.allocatableMemoryBytes);
    if (cpu === 0 || memory === 0) return [];
    return [{ cpu: total((node) => node.cpuMillicores) / cpu, memory: total((node) => node.memoryBytes) / memory }];
  });
  if (shares.length === 0) return null;
  const mean = (pick: (share: (typeof shares)[number]) => number): number =>
    Math.round((shares.reduce((sum, share) => sum + pick(share), 0) / shares.length) * 1000) / 10;
  return {
    samples: shares.length,
    cpuPercent: mean((share) => share.cpu),
    memoryPercent: mean((share) => share.memory),
  };
}

/** Where workers ran, and what was seen of the cluster. Nothing is said of a run that had none. */
export function clusterFacts(state: ExecutionState): Facts['cluster'] {
  if (state.started?.doors.cluster !== true) return {};
  const perNode = workersPerNode(state);
  const counts = [...perNode.values()];
  const agents = utilisationOf(state.cluster.samples, 'agents');
  return {
    ...(counts.length === 0 ? {} : { nodes_used: counts.length, skew: Math.max(...counts) - Math.min(...counts) }),
    watch_gap_seconds: state.cluster.gapMs / 1000,
    ...(agents ? { cpu_percent: agents.cpuPercent, memory_percent: agents.memoryPercent } : {}),
  };
}

/** Workers by the node that the cluster gave them; those that never had one are in none. */
export function workersPerNode(state: ExecutionState): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { pod, node } of state.workers.values()) if (pod) counts.set(node, (counts.get(node) ?? 0) + 1);
  return counts;
}

/** What the cluster was seen to use, as `worker-distribution.json` has it; `unknown` with the reason where nothing was. */
export function utilisationRecord({ cluster }: ExecutionState): object {
  const { samples, unsampled } = cluster;
  if (samples.length === 0) return { status: 'unknown', reason: unsampled ?? 'the cluster was not sampled' };
  const record = (group: 'agents' | 'servers'): object | null => {
    const use = utilisationOf(samples, group);
    return use && { samples: use.samples, cpu_percent: use.cpuPercent, memory_percent: use.memoryPercent };
  };
  return {
    status: 'seen',
    first: samples[0]?.at,
    last: samples.at(-1)?.at,
    agents: record('agents'),
    servers: record('servers'),
  };
}
