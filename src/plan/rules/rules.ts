import type { Plan } from '../plan.ts';
import type { PathComplaint } from '../problem.ts';
import type { WrittenPlan } from '../schema.ts';
import { criteriaCompile } from './expressions.ts';
import { taskInputs } from './inputs.ts';
import { reviewedPlan } from './rule.ts';
import { rulesWith } from './rule-list.ts';

const rules = rulesWith({ taskInputs, criteriaCompile });

/** All that the rules say against a plan. */
export function ruleComplaints(plan: Plan, written: WrittenPlan): readonly PathComplaint[] {
  const reviewed = reviewedPlan(plan, written);
  return rules.flatMap((rule) => rule(reviewed));
}
