import type { PlanTask } from './plan.ts';

/** Tasks by id; of tasks with the same id the first counts. */
export function tasksById(tasks: readonly PlanTask[]): ReadonlyMap<string, PlanTask> {
  return new Map(tasks.toReversed().map((task) => [task.id, task] as const));
}

/** A chain of tasks, each needing the one before, and how long it takes when every attempt uses its whole timeout. */
export interface Chain {
  readonly ids: readonly string[];
  readonly ms: number;
}

export interface NeedsGraph {
  /** Each cycle once, as the ids along it, starting with the smallest. */
  readonly cycles: readonly (readonly string[])[];
  /** The slowest chain that ends with a task; absent for tasks that stand on a cycle. */
  readonly slowestChain: ReadonlyMap<string, Chain>;
}

/** Follows the needs of tasks, in linear time. Needs that name no task are left to another rule. */
export function needsGraph(tasks: readonly PlanTask[]): NeedsGraph {
  const byId = tasksById(tasks);
  const slowestChain = new Map<string, Chain>();
  for (const task of inOrder(byId)) {
    const before = task.needs.map((id) => slowestChain.get(id)).filter((chain) => chain !== undefined);
    const slowest = before.reduce<Chain>((a, b) => (b.ms > a.ms ? b : a), { ids: [], ms: 0 });
    slowestChain.set(task.id, { ids: [...slowest.ids, task.id], ms: slowest.ms + task.timeoutMs });
  }
  const stuck = [...byId.values()].filter((task) => !slowestChain.has(task.id));
  return { cycles: cyclesAmong(stuck), slowestChain };
}

/** Kahn's algorithm: every task after all that it needs; tasks on or behind a cycle never come. */
function inOrder(byId: ReadonlyMap<string, PlanTask>): readonly PlanTask[] {
  const waitsFor = new Map([...byId.values()].map((task) => [task.id, knownNeeds(task, byId).length] as const));
  const order = [...byId.values()].filter((task) => waitsFor.get(task.id) === 0);
  const dependents = dependentsOf(byId);
  for (const done of order) {
    for (const task of dependents.get(done.id) ?? []) {
      const left = (waitsFor.get(task.id) ?? 0) - 1;
      waitsFor.set(task.id, left);
      if (left === 0) order.push(task);
    }
  }
  return order;
}

function dependentsOf(byId: ReadonlyMap<string, PlanTask>): ReadonlyMap<string, readonly PlanTask[]> {
  const dependents = new Map<string, PlanTask[]>([...byId.keys()].map((id) => [id, []]));
  for (const task of byId.values()) {
    for (const need of knownNeeds(task, byId)) dependents.get(need)?.push(task);
  }
  return dependents;
}

function knownNeeds(task: PlanTask, byId: ReadonlyMap<string, PlanTask>): readonly string[] {
  return task.needs.filter((id) => byId.has(id));
}

/** Walks back along the first stuck need of each stuck task until a task comes again. */
function cyclesAmong(stuck: readonly PlanTask[]): readonly (readonly string[])[] {
  const byId = tasksById(stuck);
  const cycles = new Map<string, readonly string[]>();
  const seen = new Set<string>();
  for (const start of stuck) {
    const trail: string[] = [];
    let at: string | undefined = start.id;
    while (at !== undefined && !seen.has(at)) {
      seen.add(at);
      trail.push(at);
      at = byId.get(at)?.needs.find((id) => byId.has(id));
    }
    if (at === undefined || !trail.includes(at)) continue;
    const cycle = rotated(trail.slice(trail.indexOf(at)));
    cycles.set(cycle.join(' '), cycle);
  }
  return [...cycles.values()];
}

function rotated(cycle: readonly string[]): readonly string[] {
  const smallest = cycle.reduce((least, id, index) => (id < (cycle[least] ?? '') ? index : least), 0);
  return [...cycle.slice(smallest), ...cycle.slice(0, smallest)];
}
