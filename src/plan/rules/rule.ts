import { masterNames } from '../../protocol/words.ts';
import type { Plan, PlanMaster, PlanTask } from '../plan.ts';
import type { Path, PathComplaint } from '../problem.ts';
import type { WrittenPlan } from '../schema.ts';

/** A plan with the places where its parts were written: what every rule gets. */
export interface ReviewedPlan {
  readonly plan: Plan;
  readonly written: WrittenPlan;
  readonly masters: readonly { readonly master: PlanMaster; readonly path: Path }[];
  /** Every task, in the order of the file. */
  readonly tasks: readonly { readonly task: PlanTask; readonly path: Path }[];
}

/** One rule: looks at a plan, says all that breaks it. */
export type Rule = (reviewed: ReviewedPlan) => readonly PathComplaint[];

/** Joins a complete plan with the paths of its written form. */
export function reviewedPlan(plan: Plan, written: WrittenPlan): ReviewedPlan {
  const masters = written.spec.masters
    .map((master, index) => ({ index, order: masterNames.indexOf(master.name) }))
    .sort((a, b) => a.order - b.order)
    .flatMap(({ index }, position) => pair(plan.masters[position], ['spec', 'masters', index] as const))
    .sort((a, b) => a.path[2] - b.path[2]);
  const owned = masters.flatMap(({ master, path }) => taskPaths(master.tasks, path));
  return { plan, written, masters, tasks: [...owned, ...taskPaths(plan.tasks, ['spec'])] };
}

function pair<P extends Path>(master: PlanMaster | undefined, path: P): { master: PlanMaster; path: P }[] {
  return master === undefined ? [] : [{ master, path }];
}

function taskPaths(tasks: readonly PlanTask[], path: Path): { task: PlanTask; path: Path }[] {
  return tasks.map((task, index) => ({ task, path: [...path, 'tasks', index] }));
}

/** Items whose key an earlier item has, each with that first item. */
export function repeats<T>(items: readonly T[], keyOf: (item: T) => string): readonly { first: T; again: T }[] {
  const firsts = new Map<string, T>();
  return items.flatMap((again) => {
    const first = firsts.get(keyOf(again));
    if (first === undefined) firsts.set(keyOf(again), again);
    return first === undefined ? [] : [{ first, again }];
  });
}
