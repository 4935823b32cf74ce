import { assignments, type Routes } from '../../plan/assignments.ts';
import { allTasks, type Assignment, type Plan, type PlanTask } from '../../plan/plan.ts';
import type { EventData, NewEvent } from '../../protocol/event.ts';
import type { MasterName } from '../../protocol/words.ts';
import { routeTask, type Route } from '../../masters/routing.ts';
import type { Head } from '../../repository/local-repository.ts';
import { problem } from '../../shared/errors.ts';

/** A plan with its unowned tasks routed: who does what. */
export interface RoutedPlan {
  readonly plan: Plan;
  readonly assignments: readonly Assignment[];
  readonly routes: ReadonlyMap<string, Route>;
  readonly tasks: ReadonlyMap<string, PlanTask>;
}

/** Routes every unowned task. Throws `task-unroutable` where no master of the plan may send its worker. */
export function routePlan(plan: Plan): RoutedPlan {
  const available = plan.masters.map((master) => master.name);
  const routes = new Map(plan.tasks.map((task) => [task.id, routeOf(task, available)]));
  const owners: Routes = new Map([...routes].map(([id, route]) => [id, route.master]));
  return {
    plan,
    routes,
    assignments: assignments(plan, owners),
    tasks: new Map(allTasks(plan).map((task) => [task.id, task])),
  };
}

/** The plan with some of its masters only. Tasks of the others, and what needs them, are left out. */
export function onlyMasters(plan: Plan, wanted: readonly string[]): Plan {
  const known = plan.masters.map((master) => master.name);
  const unknown = wanted.filter((name) => !(known as readonly string[]).includes(name));
  if (unknown.length > 0) {
    throw problem('unknown-master', `The plan has no master ${unknown.join(', ')}`, {
      hint: `It has ${known.join(', ')}.`,
    });
  }
  const masters = plan.masters.filter((master) => wanted.includes(master.name));
  const left = withoutMissingNeeds([
    ...masters.flatMap((master) => master.tasks),
    ...(wanted.length === known.length ? plan.tasks : []),
  ]);
  return {
    ...plan,
    masters: masters.map((master) => ({ ...master, tasks: master.tasks.filter((task) => left.has(task.id)) })),
    tasks: plan.tasks.filter((task) => left.has(task.id)),
  };
}

function withoutMissingNeeds(tasks: readonly PlanTask[]): ReadonlySet<string> {
  const ids = new Set(tasks.map((task) => task.id));
  for (let before = -1; before !== ids.size;) {
    before = ids.size;
    for (const task of tasks) if (!task.needs.every((need) => ids.has(need))) ids.delete(task.id);
  }
  return ids;
}

/** The events that an execution begins with. */
export function openingEvents(start: {
  readonly routed: RoutedPlan;
  readonly plan: EventData<'execution.started'>['plan'];
  readonly head: Pick<Head, 'repository' | 'commit'>;
  readonly doors: EventData<'execution.started'>['doors'];
  readonly simulated: boolean;
}): readonly NewEvent[] {
  const { routed } = start;
  const started: NewEvent = {
    id: 'execution.started',
    actor: 'cortex',
    fence: 0,
    type: 'execution.started',
    data: startedData(start),
  };
  const routes = [...routed.routes].map(([task, route]): NewEvent => ({
    id: `task.routed:${task}`,
    actor: 'coordinator-master',
    fence: 0,
    type: 'task.routed',
    data: { task, ...route },
  }));
  return [started, ...routes];
}

function startedData(start: {
  readonly routed: RoutedPlan;
  readonly plan: EventData<'execution.started'>['plan'];
  readonly head: Pick<Head, 'repository' | 'commit'>;
  readonly doors: EventData<'execution.started'>['doors'];
  readonly simulated: boolean;
}): EventData<'execution.started'> {
  const { plan, tasks } = start.routed;
  const { tokens, microDollars, reserve } = plan.budget;
  return {
    plan: start.plan,
    repository: start.head.repository,
    commit: start.head.commit,
    simulated: start.simulated,
    doors: start.doors,
    deadlineMs: plan.deadlineMs,
    phases: plan.phases,
    budget: { tokens, microDollars, reserveTokens: reserve.tokens, reserveMicroDollars: reserve.microDollars },
    masters: plan.masters.map(({ name, budget }) => ({
      name,
      tokens: budget.tokens,
      microDollars: budget.microDollars,
    })),
    tasks: [...tasks.values()].map(declaredTask),
  };
}

type Declared = EventData<'execution.started'>['tasks'][number];

function declaredTask(task: PlanTask): Declared {
  const { id, title, master, worker, capability, priority, needs, tokens, timeoutMs } = task;
  const inputs = task.inputs as Declared['inputs'];
  return { id, title, master, kind: worker, capability, priority, needs: [...needs], tokens, timeoutMs, inputs };
}

function routeOf(task: PlanTask, available: readonly MasterName[]): Route {
  const route = routeTask(task, available);
  if (route) return route;
  throw problem('task-unroutable', `No master of the plan may send a ${task.worker} for the task ${task.id}`, {
    hint: 'Give the task to a master in the plan, or add a master that may send this kind of worker.',
  });
}
