import type { MasterName } from '../protocol/words.ts';
import { planDigest } from './digest.ts';
import type { Assignment, Plan } from './plan.ts';

/** Which master got each task that had no owner, by task id. */
export type Routes = ReadonlyMap<string, MasterName>;

/** What each master of a plan gets, in the order of masters. Tasks that nobody routed are in no assignment. */
export function assignments(plan: Plan, routes: Routes = new Map()): readonly Assignment[] {
  const { name, deadlineMs, phases, thresholds, escalations, model, target, cluster } = plan;
  const digest = planDigest(plan);
  return plan.masters.map((master) => ({
    plan: { name, digest },
    master: master.name,
    mission: master.mission,
    budget: master.budget,
    reserve: plan.budget.reserve,
    tasks: [...master.tasks, ...plan.tasks.filter((task) => routes.get(task.id) === master.name)],
    deadlineMs,
    phases,
    thresholds,
    escalations,
    parallelWorkers: plan.parallel.workers,
    model,
    target,
    cluster,
  }));
}
