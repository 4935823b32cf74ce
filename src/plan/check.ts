import { canonicalJson, sha256 } from '../shared/canonical.ts';
import type { Preview } from './preview.ts';
import type { PlanProblem } from './problem.ts';

/** What a check found about one plan file. */
export type CheckedPlan = { readonly file: string } & (
  | { readonly state: 'invalid'; readonly problems: readonly PlanProblem[] }
  | { readonly state: 'added' | 'changed' | 'unchanged'; readonly preview: Preview; readonly note?: string }
  | { readonly state: 'removed' }
);

/** One digest for all that a check shows: the same plans, forecasts and effects give the same. */
export function digestOfCheck(plans: readonly CheckedPlan[]): string {
  const said = plans.map((plan) => {
    if (!('preview' in plan)) return plan;
    const { routed, ...preview } = plan.preview;
    return { ...plan, preview: { ...preview, routed: Object.fromEntries(routed ?? []) } };
  });
  return sha256(canonicalJson(said));
}

/** Whether any plan of a check may not run. */
export function isRefused(plans: readonly CheckedPlan[]): boolean {
  return plans.some(({ state }) => state === 'invalid');
}
