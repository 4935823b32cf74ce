import { findSecretFormats } from '../../shared/secret-formats.ts';
import { completePlan, type InputsOf } from '../complete.ts';
import { planDigest } from '../digest.ts';
import type { Criterion, Plan } from '../plan.ts';
import { planText } from '../plan-text.ts';
import { reviewedPlan, type Rule } from '../rules/rule.ts';
import { rulesWith } from '../rules/rule-list.ts';
import type { WrittenPlan } from '../schema.ts';
import { fit, misfit } from './fit.ts';
import { isPlainCriterion } from './plain-criterion.ts';
import { plainYaml } from './plain-yaml.ts';
import { shapes } from './shapes.ts';

/** A plan against which nothing can be said, not even a warning. */
export interface QuickPlan {
  readonly plan: Plan;
  readonly written: WrittenPlan;
  readonly digest: string;
  readonly warnings: readonly [];
}

/**
 * Reads a plan that is right without the libraries that say what is wrong with one: YAML, schemas and CEL are most of what a
 * start costs. Undefined where the plan is not right, or is written in a way that only they know: then `parsePlan` reads
 * it. What this does read, that one reads the same; tests compare the two.
 */
export function quickPlan(content: string | Uint8Array): QuickPlan | undefined {
  const read = planText(content);
  const written = 'complaint' in read ? misfit : fit(shapes.plan, plainYaml(read.text));
  if (written === misfit || findSecretFormats(read.text).length > 0) return undefined;
  return judge(written as WrittenPlan);
}

function judge(written: WrittenPlan): QuickPlan | undefined {
  const inputs = fittedInputs();
  const plan = completePlan(written, inputs.of);
  if (!inputs.allFit() || !plan.success.every(isPlain)) return undefined;
  const reviewed = reviewedPlan(plan, written);
  if (rules.some((rule) => rule(reviewed).length > 0)) return undefined;
  return { plan, written, digest: planDigest(plan), warnings: [] };
}

/** Inputs of tasks by the shapes of their capabilities, and whether those of each task have one. */
function fittedInputs(): { readonly of: InputsOf; readonly allFit: () => boolean } {
  let allFit = true;
  const of: InputsOf = (task) => {
    const shape = shapes.inputs[`${task.worker}/${task.capability}`];
    const fitted = shape === undefined ? misfit : fit(shape, task.inputs);
    if (fitted !== misfit) return fitted as ReturnType<InputsOf>;
    allFit = false;
    return {};
  };
  return { of, allFit: () => allFit };
}

function isPlain({ check, when }: Criterion): boolean {
  return isPlainCriterion(check) && (when === null || isPlainCriterion(when));
}

/** Inputs are fitted, and criteria plain, before the rules are asked. */
const nothing: Rule = () => [];
const rules = rulesWith({ taskInputs: nothing, criteriaCompile: nothing });
