import { isoTime } from '../../shared/clock.ts';
import type { MasterContext } from '../context.ts';
import type { Amount } from './amount.ts';
import type { Request } from './funding.ts';

/**
 * The last resort of a request: a person, who alone may raise the budget. Where nobody can be asked, or nobody raises it
 * in time, the request is denied. Whether it was granted.
 */
export async function askPerson(request: Request, lacking: Amount, context: MasterContext): Promise<boolean> {
  const { board, store } = context;
  const id = `${request.key}-budget`;
  const asked = board.state.escalations.get(id);
  const waitMs = Math.min(context.answerWaitMs, context.deadlineAt - context.now());
  if (asked?.answer?.choice === 'raise') {
    const reason = `raised by ${asked.answer.by}`;
    return (await store.move({ ...lacking, key: request.key, from: 'person', to: request.account, reason })).granted;
  }
  if (asked?.answer || waitMs <= 0) await deny(request, asked?.answer?.by, context);
  else if (!asked) await ask({ id, request, lacking, answerBy: isoTime(context.now() + waitMs) }, context);
  return false;
}

async function deny({ account, key }: Request, by: string | undefined, { board }: MasterContext): Promise<void> {
  const nothingLeft = 'nothing is left over, the reserve is not enough, and nothing will come back';
  const reason = by === undefined ? nothingLeft : `${nothingLeft}; ${by} did not raise it`;
  const said = { actor: 'coordinator-master', fence: 0 } as const;
  await board.write({ id: `budget.denied:${key}`, ...said, type: 'budget.denied', data: { account, key, reason } });
}

async function ask(
  question: { readonly id: string; readonly request: Request; readonly lacking: Amount; readonly answerBy: string },
  { board }: MasterContext,
): Promise<void> {
  const { id, request, lacking, answerBy } = question;
  const { account, task, priority } = request;
  await board.write({
    id: `escalation.raised:${id}`,
    actor: 'coordinator-master',
    fence: 0,
    type: 'escalation.raised',
    data: {
      escalation: id,
      task,
      master: account,
      severity: priority,
      issue: `${account} lacks ${lacking.tokens} tokens and ${lacking.microDollars} micro-dollars for ${task}`,
      options: ['stop', 'raise'],
      recommendation: 'Raise the budget beyond the plan, or let the task fail.',
      answerBy,
    },
  });
}
