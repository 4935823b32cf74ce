import type { MasterName, Severity } from '../protocol/words.ts';
import type { ExecutionState } from '../execution/execution-state.ts';
import { fenceOf, type MasterContext } from './context.ts';

export interface Question {
  readonly id: string;
  /** The task that it is about. */
  readonly task: string;
  readonly master: MasterName;
  readonly severity: Severity;
  readonly issue: string;
  readonly recommendation: string;
}

const options = ['proceed', 'stop'] as const;

/**
 * Raises a question that a person could answer. Where nobody can be asked while the run goes on, the plan's own answer
 * for that severity holds at once, and the report lists both. `stop` keeps what needs the task from starting.
 */
export async function escalate(context: MasterContext, question: Question): Promise<void> {
  const { id, task, master, severity, issue, recommendation } = question;
  const choice = context.answers[severity];
  await context.board.write(
    {
      id: `escalation.raised:${id}`,
      actor: master,
      fence: fenceOf(master, context),
      type: 'escalation.raised',
      data: {
        escalation: id,
        task,
        master,
        severity,
        issue: issue.slice(0, 1000),
        options: [...options],
        recommendation,
      },
    },
    {
      id: `escalation.answered:${id}`,
      actor: 'coordinator-master',
      fence: 0,
      type: 'escalation.answered',
      data: { escalation: id, choice, by: `the plan (escalations.severities.${severity})` },
    },
  );
}

/** Whether a question about the task was answered with stop. */
export function isStopped(task: string, state: ExecutionState): boolean {
  return [...state.escalations.values()].some((each) => each.raised.task === task && each.answer?.choice === 'stop');
}
