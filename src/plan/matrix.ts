import type { MasterName } from '../protocol/words.ts';
import type { Plan } from './plan.ts';

export interface MatrixLeg {
  readonly master: MasterName;
  readonly tasks: number;
  /** Time limit of the leg's job: the plan's deadline with room to wrap up, within GitHub's six hours. */
  readonly timeoutMinutes: number;
  /** Label of its runner. */
  readonly runner: string;
}

/** What `strategy.matrix` of a workflow gets, with its `max-parallel`. */
export interface Matrix {
  readonly include: readonly MatrixLeg[];
}

const wrapUpMinutes = 10;
const longestJobMinutes = 360;

/** One leg per master, in the order of masters. */
export function matrixOf(plan: Plan): Matrix {
  const timeoutMinutes = Math.min(longestJobMinutes, Math.ceil(plan.deadlineMs / 60_000) + wrapUpMinutes);
  return {
    include: plan.masters.map(({ name, tasks, runner }) => ({
      master: name,
      tasks: tasks.length,
      timeoutMinutes,
      runner,
    })),
  };
}
