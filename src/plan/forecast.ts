import { workerKinds, type MasterName, type WorkerKind } from '../protocol/words.ts';
import { needsGraph } from './graph.ts';
import { reserved } from './complete.ts';
import { allTasks, type Plan, type PlanTask, type Resources, type Spend } from './plan.ts';
import { priceTable } from './prices.ts';

/** What a plan can use at most, from what it declares alone. Time in ms, money in micro-dollars. */
export interface Forecast {
  readonly basis: 'declared';
  readonly prices: { readonly version: number; readonly date: string };
  /** Budget of the plan, reserve included. */
  readonly budget: Spend;
  /** What workers and masters may use with every retry. */
  readonly atMost: Spend;
  readonly masters: readonly { readonly master: MasterName; readonly workers: number; readonly atMost: Spend }[];
  readonly workers: {
    readonly total: number;
    /** Tasks that are skipped where the run has no model. */
    readonly needModel: number;
    readonly byKind: Readonly<Record<WorkerKind, number>>;
    /** Most that can be at work at once: no two need each other, and no more than the plan allows. */
    readonly peak: number;
  };
  readonly time: {
    readonly deadlineMs: number;
    readonly phasesMs: number;
    /** The slowest chain of tasks, every attempt using its whole timeout once. */
    readonly criticalPathMs: number;
    readonly criticalPath: readonly string[];
  };
  /** Requests of the `peak` largest workers together. */
  readonly peakResources: Resources;
}

/** Forecasts a plan from its own numbers: an upper bound, no estimate. */
export function forecast(plan: Plan): Forecast {
  const tasks = allTasks(plan);
  const slowest = slowestOf(tasks);
  const peak = Math.min(plan.parallel.workers, widest(tasks));
  return {
    basis: 'declared',
    prices: { version: priceTable.version, date: priceTable.date },
    budget: { tokens: plan.budget.tokens, microDollars: plan.budget.microDollars },
    atMost: atMostOf(plan),
    masters: plan.masters.map(({ name, tasks: own, budget }) => ({
      master: name,
      workers: own.length,
      atMost: { tokens: budget.tokens, microDollars: budget.microDollars },
    })),
    workers: {
      total: tasks.length,
      needModel: tasks.filter((task) => task.needsModel).length,
      byKind: countByKind(tasks),
      peak,
    },
    time: {
      deadlineMs: plan.deadlineMs,
      phasesMs: Object.values(plan.phases).reduce((sum, ms) => sum + ms, 0),
      criticalPathMs: slowest.ms,
      criticalPath: slowest.ids,
    },
    peakResources: largest(tasks, peak),
  };
}

function atMostOf(plan: Plan): Spend {
  const unowned = reserved(plan.tasks);
  return {
    tokens: plan.masters.reduce((sum, { budget }) => sum + budget.tokens, unowned.tokens),
    microDollars: plan.masters.reduce((sum, { budget }) => sum + budget.microDollars, unowned.microDollars),
  };
}

function slowestOf(tasks: readonly PlanTask[]): { ids: readonly string[]; ms: number } {
  const chains = [...needsGraph(tasks).slowestChain.values()];
  return chains.reduce((a, b) => (b.ms > a.ms ? b : a), { ids: [], ms: 0 });
}

/**
 * The most tasks of which none needs another (Dilworth): all tasks less the largest matching between tasks and the
 * tasks that must wait for them, however far behind.
 */
function widest(tasks: readonly PlanTask[]): number {
  const later = laterTasks(tasks);
  const takenBy = new Map<string, string>();
  const take = (id: string, tried: Set<string>): boolean => {
    for (const next of later.get(id) ?? []) {
      if (tried.has(next)) continue;
      tried.add(next);
      const holder = takenBy.get(next);
      if (holder !== undefined && !take(holder, tried)) continue;
      takenBy.set(next, id);
      return true;
    }
    return false;
  };
  const matched = tasks.filter((task) => take(task.id, new Set())).length;
  return tasks.length - matched;
}

/** For each task, every task that waits for it, directly or not. */
function laterTasks(tasks: readonly PlanTask[]): ReadonlyMap<string, ReadonlySet<string>> {
  const later = new Map<string, Set<string>>(tasks.map((task) => [task.id, new Set<string>()]));
  const needsOf = new Map(tasks.map((task) => [task.id, task.needs] as const));
  for (const task of tasks) {
    const open = [...task.needs];
    const seen = new Set<string>();
    for (let need = open.pop(); need !== undefined; need = open.pop()) {
      if (seen.has(need)) continue;
      seen.add(need);
      later.get(need)?.add(task.id);
      open.push(...(needsOf.get(need) ?? []));
    }
  }
  return later;
}

function countByKind(tasks: readonly PlanTask[]): Record<WorkerKind, number> {
  const count = (kind: WorkerKind): number => tasks.filter((task) => task.worker === kind).length;
  return Object.fromEntries(workerKinds.map((kind) => [kind, count(kind)])) as Record<WorkerKind, number>;
}

function largest(tasks: readonly PlanTask[], peak: number): Resources {
  const top = (amountOf: (resources: Resources) => number): number =>
    tasks
      .map((task) => amountOf(task.resources))
      .sort((a, b) => b - a)
      .slice(0, peak)
      .reduce((sum, amount) => sum + amount, 0);
  return {
    cpuMillicores: top((resources) => resources.cpuMillicores),
    memoryBytes: top((resources) => resources.memoryBytes),
    diskBytes: top((resources) => resources.diskBytes),
  };
}
