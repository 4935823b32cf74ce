import type { MasterName, Severity } from '../protocol/words.ts';
import type { NewEvent } from '../protocol/event.ts';
import type { EscalationState, ExecutionState } from '../execution/execution-state.ts';
import { isoTime } from '../shared/clock.ts';
import { fenceOf, type MasterContext } from './context.ts';

export interface Question {
  readonly id: string;
  /** The task that it is about. */
  readonly task: string;
  readonly master: MasterName;
  readonly severity: Severity;
  readonly issue: string;
  readonly recommendation: string;
  readonly options?: readonly string[];
  /** Whether anything depends on the answer: only then a person is waited for. */
  readonly waits: boolean;
}

const proceedOrStop = ['proceed', 'stop'] as const;

/**
 * Raises a question that a person could answer, and waits for the answer. Where nobody can be asked, or nothing depends
 * on it, the plan's own answer for that severity holds at once. `stop` keeps what needs the task from starting.
 */
export async function escalate(context: MasterContext, question: Question): Promise<void> {
  const { board } = context;
  const waitMs = question.waits ? Math.min(context.answerWaitMs, context.deadlineAt - context.now()) : 0;
  const answerBy = waitMs > 0 ? isoTime(context.now() + waitMs) : null;
  const raised = raisedEvent(question, answerBy, context);
  if (answerBy === null) return board.write(raised, planAnswer(question, context));
  await board.write(raised);
  await answered(question, context);
}

/** A question's answer by the plan, for whoever finds that nobody has answered in time; the store keeps the first. */
export function planAnswer(
  { id, severity, options = proceedOrStop }: Pick<Question, 'id' | 'severity' | 'options'>,
  context: MasterContext,
): NewEvent {
  const planned = context.answers[severity];
  const choice = options.includes(planned) ? planned : 'stop';
  return {
    id: `escalation.answered:${id}`,
    actor: 'coordinator-master',
    fence: 0,
    type: 'escalation.answered',
    data: { escalation: id, choice, by: `the plan (escalations.severities.${severity})` },
  };
}

/** Milliseconds until nobody may answer a question any more; below 0 it is too late. */
export function leftToAnswer({ raised }: EscalationState, context: Pick<MasterContext, 'now'>): number {
  return raised.answerBy === null ? 0 : Date.parse(raised.answerBy) - context.now();
}

/** Whether a question about going on with the task was answered with stop. One about its budget decides its budget only. */
export function isStopped(task: string, state: ExecutionState): boolean {
  return [...state.escalations.values()].some(
    ({ raised, answer }) => raised.task === task && raised.options.includes('proceed') && answer?.choice === 'stop',
  );
}

/** Waits for an answer. The coordinator gives the plan's in time; where it is gone, whoever asked does, a little later. */
async function answered(question: Question, context: MasterContext): Promise<void> {
  const { board } = context;
  const asked = board.state.escalations.get(question.id);
  const leftMs = asked ? leftToAnswer(asked, context) : 0;
  const helpOneself = (): void => void board.write(planAnswer(question, context)).catch(() => undefined);
  const timer = setTimeout(helpOneself, Math.max(0, leftMs) + context.leaseMs);
  try {
    await board.until((state) => state.escalations.get(question.id)?.answer, context.signal);
  } finally {
    clearTimeout(timer);
  }
}

function raisedEvent(question: Question, answerBy: string | null, context: MasterContext): NewEvent {
  const { id, task, master, severity, issue, recommendation, options = proceedOrStop } = question;
  return {
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
      answerBy,
    },
  };
}
