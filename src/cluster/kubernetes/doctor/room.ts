import type { V1LimitRange, V1LimitRangeItem, V1ResourceQuota } from '@kubernetes/client-node';
import type { ClusterWishes, PlanTask } from '../../../plan/plan.ts';
import { showBytes, showCpu } from '../../../plan/quantities.ts';
import { neverFits } from '../observe/fit.ts';
import { parseQuantity } from '../observe/quantities.ts';
import { askOf } from './ask.ts';
import { failed, met, named, noted, type CheckLine } from './check.ts';

/** What a worker takes of a quota, by the names that quotas have for it. */
const measures: readonly (readonly [keys: readonly string[], amount: (task: PlanTask) => number])[] = [
  [['requests.cpu', 'cpu'], ({ resources }) => resources.cpuMillicores / 1000],
  [['requests.memory', 'memory', 'limits.memory'], ({ resources }) => resources.memoryBytes],
  [
    ['requests.ephemeral-storage', 'ephemeral-storage', 'limits.ephemeral-storage'],
    ({ resources }) => resources.diskBytes,
  ],
  [['pods', 'count/pods', 'count/jobs.batch'], () => 1],
];

/** For how many workers there is room, and which entry of which quota it is that has no more. */
interface Room {
  readonly workers: number;
  readonly bound: string;
}

/** Whether quotas let each worker in at all, and the plan's parallel workers at one time. */
export function quotaCheck(
  quotas: readonly V1ResourceQuota[],
  {
    wishes,
    tasks,
    parallel,
  }: { readonly wishes: ClusterWishes; readonly tasks: readonly PlanTask[]; readonly parallel: number },
): CheckLine {
  const wanted = Math.min(parallel, tasks.length);
  const needed = `room for ${wanted} workers at one time`;
  const shut = tasks.flatMap((task) => {
    const why = neverFits(askOf(task), wishes, { nodes: undefined, quotas });
    return why === undefined ? [] : [{ id: task.id, why }];
  });
  const [first] = shut;
  if (first) {
    const seen = `never any room for ${named(shut.map(({ id }) => id))}: ${first.why}`;
    return failed('quota', { seen, needed, remedy: 'Raise the quota, or let the plan ask for less (spec.workers).' });
  }
  if (quotas.length === 0) return met('quota', `none in ${wishes.namespace}`, needed);
  const atAll = roomIn(quotas, { tasks, wanted, isNow: false });
  const now = roomIn(quotas, { tasks, wanted, isNow: true });
  if (now.workers >= wanted) return met('quota', `room for ${wanted} workers now`, needed);
  const isFull = atAll.workers >= wanted;
  const seen = `room for ${now.workers} workers now, for ${atAll.workers} when it is empty: ${isFull ? now.bound : atAll.bound}`;
  const remedy = isFull
    ? 'Workers wait until others end: see who is there with kubectl get pods.'
    : 'Workers wait for their turn: raise the quota, or lower spec.parallel.workers.';
  return noted('quota', { seen, needed, remedy });
}

/** Counted with the largest workers first: that many have room, whichever they are. */
function roomIn(
  quotas: readonly V1ResourceQuota[],
  { tasks, wanted, isNow }: { readonly tasks: readonly PlanTask[]; readonly wanted: number; readonly isNow: boolean },
): Room {
  let room: Room = { workers: wanted, bound: '' };
  for (const { spec, status, metadata } of quotas) {
    for (const [keys, amountOf] of measures) {
      const amounts = tasks.map(amountOf).sort((a, b) => b - a);
      for (const key of keys) {
        const hard = spec?.hard?.[key];
        if (hard === undefined) continue;
        const used = isNow ? (status?.used?.[key] ?? '0') : '0';
        const workers = howMany(amounts, parseQuantity(hard) - parseQuantity(used));
        const bound = `${metadata?.name ?? ''} allows ${hard} of ${key}${isNow ? `, ${used} of it used` : ''}`;
        if (workers < room.workers) room = { workers, bound };
      }
    }
  }
  return room;
}

function howMany(amounts: readonly number[], room: number): number {
  let left = room;
  // Sums of decimal fractions are not exact: a billionth is no worker.
  const over = amounts.findIndex((amount) => (left -= amount) < -1e-9);
  return over === -1 ? amounts.length : over;
}

/** Whether the limits of the namespace let each worker's container and pod in. */
export function limitsCheck(ranges: readonly V1LimitRange[], tasks: readonly PlanTask[]): CheckLine {
  const needed = 'limits that each worker keeps';
  const items = ranges.flatMap(({ spec }) => spec?.limits ?? []).filter(({ type }) => type !== 'PersistentVolumeClaim');
  const refused = tasks.flatMap((task) => {
    const why = items.map((item) => outOfLimits(task, item)).find((each) => each !== undefined);
    return why === undefined ? [] : [{ id: task.id, why }];
  });
  const [first] = refused;
  if (!first) return met('limits', items.length === 0 ? 'none' : 'each worker keeps them', needed);
  const seen = `${named(refused.map(({ id }) => id))}: ${first.why}`;
  return failed('limits', { seen, needed, remedy: 'Change the LimitRange, or what the plan asks for (spec.workers).' });
}

function outOfLimits({ resources }: PlanTask, { type, max = {}, min = {} }: V1LimitRangeItem): string | undefined {
  const asked = [
    ['cpu', resources.cpuMillicores / 1000, showCpu(resources.cpuMillicores)],
    ['memory', resources.memoryBytes, showBytes(resources.memoryBytes)],
    ['ephemeral-storage', resources.diskBytes, showBytes(resources.diskBytes)],
  ] as const;
  for (const [key, amount, shown] of asked) {
    const [most, least] = [max[key], min[key]];
    const bound = most !== undefined && amount > parseQuantity(most) ? `at most ${most}` : undefined;
    const under = least !== undefined && amount < parseQuantity(least) ? `at least ${least}` : undefined;
    const wrong = bound ?? under;
    if (wrong !== undefined) return `it asks for ${shown} of ${key}, and a ${type} may have ${wrong}`;
  }
  return undefined;
}
