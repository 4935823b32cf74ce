import type { Plan } from '../plan.ts';
import type { PathComplaint } from '../problem.ts';
import type { WrittenPlan } from '../schema.ts';
import * as budgets from './budgets.ts';
import * as cluster from './cluster.ts';
import * as counts from './counts.ts';
import * as criteria from './criteria.ts';
import { reviewedPlan, type Rule } from './rule.ts';
import * as tasks from './tasks.ts';

/** Every rule of the linter. A new rule is a function and a line here. */
export const rules: readonly Rule[] = [
  budgets.budgetTreeSum,
  budgets.poolOvercommit,
  budgets.poolWithoutWorkers,
  budgets.retryExceedsBudget,
  budgets.budgetUnrealistic,
  budgets.thresholdConflict,
  budgets.priceUnknown,
  counts.statedCounts,
  counts.targetMismatch,
  counts.deadlineMismatch,
  tasks.duplicateMaster,
  tasks.oneOwner,
  tasks.unknownCapability,
  tasks.taskInputs,
  tasks.shardOutOfRange,
  tasks.unknownNeed,
  tasks.needCycle,
  tasks.timeoutExceedsPhase,
  cluster.workerUndeclared,
  cluster.workerUnused,
  cluster.imageUnused,
  cluster.placedTwice,
  cluster.fits,
  cluster.tooManyWorkers,
  cluster.parallelMasters,
  criteria.criteriaCompile,
  criteria.criterionDuplicate,
  criteria.criterionReason,
];

/** All that the rules say against a plan. */
export function ruleComplaints(plan: Plan, written: WrittenPlan): readonly PathComplaint[] {
  const reviewed = reviewedPlan(plan, written);
  return rules.flatMap((rule) => rule(reviewed));
}
