import * as budgets from './budgets.ts';
import * as cluster from './cluster.ts';
import * as counts from './counts.ts';
import * as criteria from './criteria.ts';
import type { Rule } from './rule.ts';
import * as tasks from './tasks.ts';

/** The rules that need a library: schemas of capabilities, and CEL. */
export interface LibraryRules {
  readonly taskInputs: Rule;
  readonly criteriaCompile: Rule;
}

/** Every rule of the linter. A new rule is a function and a line here. */
export function rulesWith({ taskInputs, criteriaCompile }: LibraryRules): readonly Rule[] {
  return [
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
    taskInputs,
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
    criteriaCompile,
    criteria.criterionDuplicate,
    criteria.criterionReason,
  ];
}
