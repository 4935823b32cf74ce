import type { V1Node, V1ResourceQuota } from '@kubernetes/client-node';
import type { LaunchRequest } from '../../../protocol/attempt.ts';
import type { PodWishes } from '../spec/wishes.ts';
import { parseQuantity } from './quantities.ts';

type Asked = Pick<LaunchRequest, 'cpuMillicores' | 'memoryBytes' | 'diskBytes' | 'node'>;

/**
 * Why a worker can never have a place, as nodes and quotas are now: no node that takes it is large enough even when it is
 * empty, or a quota is smaller than it alone. Undefined where it may fit some day.
 */
export function neverFits(
  asked: Asked,
  wishes: Pick<PodWishes, 'nodeSelector' | 'tolerations' | 'servers'>,
  seen: { readonly nodes: readonly V1Node[] | undefined; readonly quotas: readonly V1ResourceQuota[] },
): string | undefined {
  return quotaTooSmall(asked, seen.quotas) ?? (seen.nodes && noNodeFits(asked, wishes, seen.nodes));
}

function quotaTooSmall(asked: Asked, quotas: readonly V1ResourceQuota[]): string | undefined {
  const needs: readonly (readonly [keys: readonly string[], amount: number, shown: string])[] = [
    [['requests.cpu', 'cpu'], asked.cpuMillicores / 1000, `${asked.cpuMillicores}m of cpu`],
    [['requests.memory', 'memory', 'limits.memory'], asked.memoryBytes, `${asked.memoryBytes} bytes of memory`],
    [['requests.ephemeral-storage', 'limits.ephemeral-storage'], asked.diskBytes, `${asked.diskBytes} bytes of disk`],
    [['pods', 'count/pods', 'count/jobs.batch'], 1, 'a pod'],
  ];
  // One with a scope counts only some pods, and which is for the cluster to say.
  const plain = quotas.filter(({ spec }) => !spec?.scopes?.length && !spec?.scopeSelector);
  for (const quota of plain) {
    for (const [keys, amount, shown] of needs) {
      for (const name of keys) {
        const hard = quota.spec?.hard?.[name];
        if (hard !== undefined && parseQuantity(hard) < amount) {
          return `it asks for ${shown}, but the quota ${quota.metadata?.name ?? ''} allows ${hard} (${name}) in all`;
        }
      }
    }
  }
  return undefined;
}

function noNodeFits(
  asked: Asked,
  wishes: Pick<PodWishes, 'nodeSelector' | 'tolerations' | 'servers'>,
  nodes: readonly V1Node[],
): string | undefined {
  const open = nodes.filter((node) => takes(node, asked, wishes));
  if (open.length === 0) {
    return `none of ${nodes.length} nodes takes it: ${describeWishes(asked, wishes)}`;
  }
  const allocatable = (node: V1Node, name: string): number => parseQuantity(node.status?.allocatable?.[name] ?? '0');
  const fits = open.some(
    (node) =>
      allocatable(node, 'cpu') * 1000 >= asked.cpuMillicores &&
      allocatable(node, 'memory') >= asked.memoryBytes &&
      hasDisk(node, asked),
  );
  if (fits) return undefined;
  const cpu = Math.max(...open.map((node) => allocatable(node, 'cpu')));
  const memory = Math.max(...open.map((node) => allocatable(node, 'memory')));
  return (
    `it asks for ${asked.cpuMillicores}m of cpu, ${asked.memoryBytes} bytes of memory and ${asked.diskBytes} of disk; of ${open.length} nodes that ` +
    `take workers the largest have ${cpu * 1000}m and ${memory} bytes`
  );
}

/** Nodes that don't say what disk they have are left to the cluster. */
function hasDisk(node: V1Node, { diskBytes }: Asked): boolean {
  const disk = node.status?.allocatable?.['ephemeral-storage'];
  return disk === undefined || parseQuantity(disk) >= diskBytes;
}

function takes(
  node: V1Node,
  { node: wanted }: Asked,
  wishes: Pick<PodWishes, 'nodeSelector' | 'tolerations' | 'servers'>,
): boolean {
  const labels = node.metadata?.labels ?? {};
  if (wanted !== null && labels['kubernetes.io/hostname'] !== wanted) return false;
  if (wishes.servers === 'avoid' && labels['node-role.kubernetes.io/control-plane'] !== undefined) return false;
  if (Object.entries(wishes.nodeSelector).some(([name, value]) => labels[name] !== value)) return false;
  // Taints that the node lifecycle sets come and go.
  const lasting = (node.spec?.taints ?? []).filter(
    ({ key, effect }) => effect !== 'PreferNoSchedule' && !key.startsWith('node.kubernetes.io/'),
  );
  return lasting.every((taint) =>
    wishes.tolerations.some(
      (each) =>
        each.key === taint.key &&
        each.effect === taint.effect &&
        (each.operator === 'Exists' || each.value === (taint.value ?? '')),
    ),
  );
}

function describeWishes(
  { node }: Asked,
  { nodeSelector, servers }: Pick<PodWishes, 'nodeSelector' | 'servers'>,
): string {
  const selected = Object.entries(nodeSelector).map(([name, value]) => `${name}=${value}`);
  const parts = [
    ...(node === null ? [] : [`wanted on ${node}`]),
    ...(selected.length === 0 ? [] : [`selected by ${selected.join(', ')}`]),
    ...(servers === 'avoid' ? ['off the control plane (spec.cluster.servers: avoid)'] : []),
    'and with taints that the plan tolerates',
  ];
  return parts.join(', ');
}
