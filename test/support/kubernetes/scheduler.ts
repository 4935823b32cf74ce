import { hasEnded } from './deletion.ts';
import {
  apiTime,
  hasCondition,
  placeOf,
  setCondition,
  type Node,
  type NodeRequirement,
  type Pod,
  type Taint,
} from './objects.ts';
import { readQuantity } from './quantities.ts';
import type { World } from './world.ts';

/** Gives pods their nodes: those that fit, the least used by the pod's own kind first. */
export function runScheduler(world: World): void {
  let isDue = false;
  const look = (): void => {
    isDue = false;
    world.store
      .list('pods')
      .filter(isWaiting)
      .forEach((pod) => place(world, pod));
  };
  world.store.onChange(({ plural, type, object, previous }) => {
    const isNews =
      plural === 'nodes' ||
      (plural === 'pods' && (type !== 'MODIFIED' || hasEnded(object as Pod) !== hasEnded(previous as Pod)));
    if (!isNews || isDue) return;
    isDue = true;
    queueMicrotask(() => world.act(look));
  });
}

function isWaiting({ spec, status, metadata }: Pod): boolean {
  return spec.nodeName === undefined && status.phase === 'Pending' && metadata.deletionTimestamp === undefined;
}

function place(world: World, pod: Pod): void {
  const { store, now } = world;
  const nodes = store.list('nodes');
  const running = store.list('pods').filter((each) => each.spec.nodeName !== undefined && !hasEnded(each));
  const refusals = nodes.map((node) => refusal(node, pod, running));
  const fitting = nodes.filter((_, index) => refusals[index] === undefined);
  const lastTransitionTime = apiTime(now());
  const base = { type: 'PodScheduled', lastProbeTime: null, lastTransitionTime };
  if (fitting.length === 0) {
    const message = unschedulable(refusals.filter((why) => why !== undefined));
    const told = pod.status.conditions?.find(({ type }) => type === 'PodScheduled')?.message === message;
    store.update('pods', placeOf(pod), ({ status }) => {
      status.conditions = setCondition(status.conditions, {
        ...base,
        status: 'False',
        reason: 'Unschedulable',
        message,
      });
    });
    if (!told)
      world.tell({ about: pod, type: 'Warning', reason: 'FailedScheduling', message, by: 'default-scheduler' });
    return;
  }
  const score = ({ metadata }: Node): number =>
    1000 * countAlike(pod, running, metadata.name) + countOn(running, metadata.name);
  const [best] = fitting.toSorted((a, b) => score(a) - score(b));
  const nodeName = best?.metadata.name ?? '';
  store.update('pods', placeOf(pod), ({ spec, status }) => {
    spec.nodeName = nodeName;
    status.conditions = setCondition(status.conditions, { ...base, status: 'True' });
  });
  const { namespace, name } = placeOf(pod);
  const message = `Successfully assigned ${namespace}/${name} to ${nodeName}`;
  world.tell({ about: pod, type: 'Normal', reason: 'Scheduled', message, by: 'default-scheduler' });
}

/** Why a node does not take a pod, in the scheduler's words; the order is that of its filters. */
function refusal(node: Node, pod: Pod, running: readonly Pod[]): string | undefined {
  if (node.spec.unschedulable) return 'node(s) were unschedulable';
  const taint = node.spec.taints?.find((each) => each.effect !== 'PreferNoSchedule' && !tolerates(pod, each));
  if (taint) return 'node(s) had untolerated taint(s)';
  if (!isSelected(node, pod)) return "node(s) didn't match Pod's node affinity/selector";
  const here = running.filter(({ spec }) => spec.nodeName === node.metadata.name);
  if (here.length >= readQuantity(node.status.allocatable['pods'] ?? '110')) return 'Too many pods';
  const short = ['cpu', 'memory', 'ephemeral-storage'].find((name) => {
    const asked = requested(pod, name);
    const used = here.reduce((sum, each) => sum + requested(each, name), 0);
    return asked > 0 && used + asked > readQuantity(node.status.allocatable[name] ?? '0');
  });
  return short && `Insufficient ${short}`;
}

/** Whether a pod tolerates a taint, for however long. */
export function tolerates({ spec }: Pod, taint: Taint): boolean {
  return (spec.tolerations ?? []).some(
    ({ key, operator = 'Equal', value, effect }) =>
      (effect === undefined || effect === taint.effect) &&
      (key === undefined ? operator === 'Exists' : key === taint.key) &&
      (operator === 'Exists' || (value ?? '') === (taint.value ?? '')),
  );
}

function isSelected({ metadata }: Node, { spec }: Pod): boolean {
  const labels = metadata.labels ?? {};
  if (!Object.entries(spec.nodeSelector ?? {}).every(([key, value]) => labels[key] === value)) return false;
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (!required) return true;
  return required.nodeSelectorTerms.some(({ matchExpressions = [] }) =>
    matchExpressions.every((each) => holds(each, labels)),
  );
}

function holds({ key, operator, values = [] }: NodeRequirement, labels: Readonly<Record<string, string>>): boolean {
  const value = labels[key];
  if (operator === 'Exists') return value !== undefined;
  if (operator === 'DoesNotExist') return value === undefined;
  return (value !== undefined && values.includes(value)) === (operator === 'In');
}

function requested({ spec }: Pod, name: string): number {
  return spec.containers.reduce((sum, { resources }) => sum + readQuantity(resources?.requests?.[name] ?? '0'), 0);
}

function countOn(running: readonly Pod[], node: string): number {
  return running.filter(({ spec }) => spec.nodeName === node).length;
}

/** How many pods on a node match the pod's own rule for being spread. */
function countAlike(pod: Pod, running: readonly Pod[], node: string): number {
  const wanted = Object.entries(pod.spec.topologySpreadConstraints?.[0]?.labelSelector?.matchLabels ?? {});
  if (wanted.length === 0) return 0;
  const alike = running.filter(({ metadata }) => wanted.every(([key, value]) => metadata.labels?.[key] === value));
  return countOn(alike, node);
}

function unschedulable(refusals: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const why of refusals) counts.set(why, (counts.get(why) ?? 0) + 1);
  const reasons = [...counts]
    .map(([why, count]) => `${count} ${why}`)
    .toSorted()
    .join(', ');
  const all = refusals.length;
  return `0/${all} nodes are available: ${reasons}. no new claims to deallocate, preemption: 0/${all} nodes are available: ${all} Preemption is not helpful for scheduling.`;
}

/** Whether a node takes part: a pod's kubelet answers on it. */
export function isReady({ status }: Node): boolean {
  return hasCondition(status, 'Ready');
}
