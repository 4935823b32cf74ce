import type { MasterContext } from '../context.ts';
import { leftToAnswer, planAnswer } from '../escalation.ts';

/** Gives the plan's answer to questions that nobody has answered in time. */
export async function answerQuestions(context: MasterContext): Promise<void> {
  const open = [...context.board.state.escalations.values()].filter((each) => !each.answer);
  const due = open.filter((each) => leftToAnswer(each, context) <= 0);
  if (due.length === 0) return;
  const answers = due.map(({ raised: { escalation, severity, options } }) =>
    planAnswer({ id: escalation, severity, options }, context),
  );
  await context.board.write(...answers);
}
