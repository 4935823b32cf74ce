import { matrixOf } from '../../plan/matrix.ts';
import type { Plan } from '../../plan/plan.ts';

/** One job of the matrix, as the workflow reads it. */
export interface Leg {
  readonly leg: string;
  /** Separated by commas. */
  readonly masters: string;
  readonly runner: string;
  /** Minutes after which the job is ended. */
  readonly timeout: number;
}

/**
 * The legs of a run: one per master where they share a store, else one that runs them all, since masters that share nothing
 * can't wait for each other.
 */
export function legsOf(plan: Plan, isShared: boolean): readonly Leg[] {
  const { include } = matrixOf(plan);
  const own = include.map(({ master, runner, timeoutMinutes }) => ({
    leg: master,
    masters: master,
    runner,
    timeout: timeoutMinutes,
  }));
  if (isShared) return own;
  const timeout = Math.max(...own.map((leg) => leg.timeout));
  return [{ leg: 'all', masters: own.map(({ masters }) => masters).join(','), runner: plan.workflow.runner, timeout }];
}
