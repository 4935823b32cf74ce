import { diffPlans } from '../../plan/diff.ts';
import { forecast } from '../../plan/forecast.ts';
import type { History } from '../../plan/history.ts';
import { matrixOf } from '../../plan/matrix.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Preview } from '../../plan/preview.ts';
import { routePlan } from './start.ts';

/** What a plan would do, and what differs from an earlier one. Throws `task-unroutable`. */
export function previewOf(given: {
  readonly plan: Plan;
  readonly digest: string;
  readonly before?: Plan | undefined;
  readonly history?: History | undefined;
}): Preview {
  const { plan, digest, before, history } = given;
  const { routes } = routePlan(plan);
  return {
    plan,
    digest,
    forecast: forecast(plan),
    matrix: matrixOf(plan),
    routed: new Map([...routes].map(([task, route]) => [task, route.master])),
    ...(before ? { diff: diffPlans(before, plan) } : {}),
    ...(history ? { history } : {}),
  };
}
