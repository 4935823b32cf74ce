import { capabilityCard } from '../protocol/capabilities.ts';
import { completePlan, type InputsOf } from './complete.ts';
import type { Plan } from './plan.ts';
import { readOnce } from './schema-problems.ts';
import type { WrittenPlan } from './schema.ts';

/** Completes a plan, inputs by the schemas of their capabilities. */
export function normalise(written: WrittenPlan): Plan {
  return completePlan(written, completeInputs);
}

/** Inputs with their defaults; as written where the capability does not accept them, which a rule then reports. */
const completeInputs: InputsOf = (task) => {
  const card = capabilityCard(task.worker, task.capability);
  const outcome = card === undefined ? undefined : readOnce(card.inputs, task.inputs);
  return (outcome?.success === true ? outcome.data : task.inputs) as ReturnType<InputsOf>;
};
