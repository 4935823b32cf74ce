import type { V1Node } from '@kubernetes/client-node';
import { workerName } from '../../../protocol/attempt.ts';
import type { EventData } from '../../../protocol/event.ts';
import type { Transport } from '../api/transport.ts';
import { parseQuantity } from '../observe/quantities.ts';
import { key, runName, workerSelector } from '../spec/names.ts';

/** What nodes and workers used at one moment. */
export type Sample = Pick<EventData<'cluster.sampled'>, 'nodes' | 'workers'>;

/** Whose workers are sampled, and where. */
export interface Sampled {
  readonly transport: Transport;
  readonly namespace: string;
  readonly execution: string;
}

interface Usage {
  readonly cpu: string;
  readonly memory: string;
}

interface Metrics {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly usage?: Usage;
  readonly containers?: readonly { readonly usage: Usage }[];
}

const metrics = '/apis/metrics.k8s.io/v1beta1';

/** Reads what nodes have and use, and what the workers of an execution use. Throws as the transport does. */
export async function readSample({ transport, namespace, execution }: Sampled, signal: AbortSignal): Promise<Sample> {
  const selector = encodeURIComponent(workerSelector(execution));
  // First, and alone: where these don't answer, the others would be asked in vain.
  const used = await list<Metrics>(transport, `${metrics}/nodes`, signal);
  const [pods, nodes] = await Promise.all([
    list<Metrics>(transport, `${metrics}/namespaces/${namespace}/pods?labelSelector=${selector}`, signal),
    list<V1Node>(transport, '/api/v1/nodes', signal),
  ]);
  const own = pods.filter(({ metadata }) => metadata.labels?.[key.run] === runName(execution));
  return { nodes: used.flatMap((each) => nodeUse(each, nodes)), workers: own.flatMap(workerUse) };
}

async function list<T>(transport: Transport, path: string, signal: AbortSignal): Promise<readonly T[]> {
  const { body } = await transport.send({ method: 'GET', path, signal });
  return (JSON.parse(body.toString('utf8')) as { readonly items?: readonly T[] }).items ?? [];
}

/** A node that has gone since, or says nothing, is left out. */
function nodeUse({ metadata: { name }, usage }: Metrics, nodes: readonly V1Node[]): Sample['nodes'] {
  const node = nodes.find(({ metadata }) => metadata?.name === name);
  const allocatable = node?.status?.allocatable;
  const use = usage && readUse(usage);
  const has = allocatable && readUse({ cpu: allocatable['cpu'] ?? '', memory: allocatable['memory'] ?? '' });
  if (!use || !has) return [];
  const server = node?.metadata?.labels?.['node-role.kubernetes.io/control-plane'] !== undefined;
  const { cpuMillicores, memoryBytes } = has;
  return [{ node: name, server, ...use, allocatableCpuMillicores: cpuMillicores, allocatableMemoryBytes: memoryBytes }];
}

/** The labels of a worker's pod name its attempt. */
function workerUse({ metadata: { labels = {} }, containers = [] }: Metrics): Sample['workers'] {
  const task = labels[key.task];
  const attempt = Number(labels[key.attempt]);
  const uses = containers.map(({ usage }) => readUse(usage));
  if (task === undefined || !Number.isInteger(attempt) || uses.length === 0) return [];
  if (!uses.every((each) => each !== undefined)) return [];
  const sum = (of: 'cpuMillicores' | 'memoryBytes'): number => uses.reduce((total, use) => total + use[of], 0);
  return [{ worker: workerName(task, attempt), cpuMillicores: sum('cpuMillicores'), memoryBytes: sum('memoryBytes') }];
}

function readUse({ cpu, memory }: Usage): { readonly cpuMillicores: number; readonly memoryBytes: number } | undefined {
  const cpuMillicores = Math.round(parseQuantity(cpu) * 1000);
  const memoryBytes = Math.round(parseQuantity(memory));
  return Number.isSafeInteger(cpuMillicores) && Number.isSafeInteger(memoryBytes)
    ? { cpuMillicores, memoryBytes }
    : undefined;
}
