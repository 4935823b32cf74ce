import type { V1Node } from '@kubernetes/client-node';
import type { ClusterWishes, PlanTask } from '../../../plan/plan.ts';
import { neverFits } from '../observe/fit.ts';
import { askOf } from './ask.ts';
import { failed, met, named, noted, unasked, type CheckLine } from './check.ts';
import { minorOf } from './server.ts';

/** A kubelet may be so many minor versions older than the API server (Kubernetes' version skew policy), and never newer. */
const oldestKubelet = 3;

/** Whether the cluster has as many Ready nodes as the plan expects. */
export function readyCheck(nodes: readonly V1Node[], wishes: Pick<ClusterWishes, 'nodes'>): CheckLine {
  const away = nodes.filter((node) => !isReady(node)).map(nameOf);
  const ready = nodes.length - away.length;
  const wanted = Math.max(1, wishes.nodes.ready);
  const needed = wishes.nodes.ready === 0 ? 'one at least' : `${wanted} (spec.cluster.nodes.ready)`;
  const seen = `${ready} of ${nodes.length} Ready${away.length === 0 ? '' : `; not Ready: ${named(away)}`}`;
  if (ready >= wanted) return met('nodes', seen, needed);
  const [first] = away;
  return failed('nodes', {
    seen,
    needed,
    remedy:
      first === undefined
        ? 'Add nodes to the cluster, or lower spec.cluster.nodes.ready in the plan.'
        : `Find out what ails them: kubectl describe node ${first}.`,
  });
}

/** Which nodes take workers, and whether each worker of the plan fits on one of them. */
export function placesCheck(
  nodes: readonly V1Node[],
  wishes: ClusterWishes,
  tasks: readonly PlanTask[],
): readonly CheckLine[] {
  const check = 'nodes for workers';
  const open = nodes.filter((node) => isReady(node) && node.spec?.unschedulable !== true);
  const taking = open.filter((node) => takesAny(node, wishes)).map(nameOf);
  const seen = `${taking.length} take workers${taking.length === 0 ? '' : ` (${named(taking, 4)})`}; ${serversSaid(nodes, wishes)}`;
  const needed = 'one that is large enough for each worker';
  if (taking.length === 0) return [failed(check, { seen, needed, remedy: nobodyTakes(open, wishes) })];
  const homeless = tasks.flatMap((task) => {
    const why = neverFits(askOf(task), wishes, { nodes: open, quotas: [] });
    return why === undefined ? [] : [{ id: task.id, why }];
  });
  const [first] = homeless;
  if (!first) return [met(check, seen, needed)];
  const seenToo = `${seen}; no place for ${named(homeless.map(({ id }) => id))}: ${first.why}`;
  const remedy = 'Let the plan ask for less (spec.workers), select other nodes (spec.cluster), or add larger nodes.';
  return [failed(check, { seen: seenToo, needed, remedy })];
}

/** Whether kubelets and API server are of versions that go together. */
export function kubeletCheck(nodes: readonly V1Node[], server: string): CheckLine {
  const check = 'kubelets';
  const needed = `at most ${oldestKubelet} minor versions behind the server, none ahead`;
  const own = minorOf(server);
  const all = nodes.map((node) => ({ node: nameOf(node), version: node.status?.nodeInfo?.kubeletVersion ?? 'none' }));
  const versions = [...new Set(all.map(({ version }) => version))].sort();
  const known = all.flatMap(({ version, ...each }) => {
    const minor = minorOf(version);
    return minor === undefined ? [] : [{ ...each, minor }];
  });
  if (own === undefined || known.length === 0) return unasked(check, `unknown: they say ${named(versions)}`, needed);
  const wrong = known.filter(({ minor }) => minor > own || minor < own - oldestKubelet).map(({ node }) => node);
  if (wrong.length === 0) return met(check, named(versions), needed);
  const seen = `${named(versions)} beside ${server}; on ${named(wrong)}`;
  return noted(check, { seen, needed, remedy: 'Upgrade the servers first, then the agents (docs.k3s.io/upgrades).' });
}

/** Whether nodes have the images already: whether they could be pulled, only a node can find out. */
export function imageChecks(nodes: readonly V1Node[], images: readonly string[]): readonly CheckLine[] {
  const needed = 'on the nodes, or in a registry that they reach';
  return images.map((image) => {
    const having = nodes.filter((node) => node.status?.images?.some(({ names }) => names?.some(isNamed(image))));
    const seen = `${image} is on ${having.length} of ${nodes.length} nodes`;
    return having.length > 0
      ? met('image', seen, needed)
      : unasked('image', `${image} is on no node yet; whether they can pull it shows with the first worker`, needed);
  });
}

/** Nodes list images by their full name: `docker.io/library/node:24-bookworm`. */
function isNamed(image: string): (name: string) => boolean {
  const full = image.includes('/') ? image : `library/${image}`;
  return (name) => name === image || name.endsWith(`/${full}`) || name === `docker.io/${full}`;
}

function takesAny(node: V1Node, wishes: ClusterWishes): boolean {
  const least = { cpuMillicores: 0, memoryBytes: 0, diskBytes: 0, node: null };
  return neverFits(least, wishes, { nodes: [node], quotas: [] }) === undefined;
}

function serversSaid(nodes: readonly V1Node[], wishes: ClusterWishes): string {
  const servers = nodes.filter(isServer);
  if (servers.length === 0) return 'no servers are seen';
  const using = servers.filter((node) => takesAny(node, wishes));
  if (wishes.servers === 'avoid') return `${servers.length} servers, which the plan avoids`;
  return `${servers.length} servers, ${using.length} of which take workers too`;
}

function nobodyTakes(open: readonly V1Node[], wishes: ClusterWishes): string {
  if (open.length > 0 && wishes.servers === 'avoid' && open.every(isServer)) {
    return 'All nodes are servers: write spec.cluster.servers: allow in the plan, or add agents.';
  }
  return 'Add agents, uncordon them, or correct nodeSelector and tolerations in spec.cluster of the plan.';
}

function isServer({ metadata }: V1Node): boolean {
  return metadata?.labels?.['node-role.kubernetes.io/control-plane'] !== undefined;
}

function isReady({ status, metadata }: V1Node): boolean {
  const isUp = status?.conditions?.some((each) => each.type === 'Ready' && each.status === 'True') ?? false;
  return isUp && metadata?.deletionTimestamp === undefined;
}

function nameOf({ metadata }: V1Node): string {
  return metadata?.name ?? '';
}
