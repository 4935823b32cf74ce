import type { Plan } from '../../src/plan/plan.ts';
import { changedPlan, validPlan, type LooseSpec } from './plans.ts';

export type LooseTask = Record<string, unknown>;

/** A task that needs no model. */
export const scan = (id: string, overrides: LooseTask = {}): LooseTask => ({
  id,
  worker: 'scan-worker',
  capability: 'secrets',
  ...overrides,
});

/** A plan whose masters have these tasks. */
export function planOf(
  masters: Readonly<Record<string, readonly LooseTask[]>>,
  change: (spec: LooseSpec) => void = () => {},
): Plan {
  const text = changedPlan((spec) => {
    spec.masters = Object.entries(masters).map(([name, tasks]) => ({ name, tasks: [...tasks] }));
    change(spec);
  });
  return validPlan(text).plan;
}
