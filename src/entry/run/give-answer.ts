import { foldEvents } from '../../execution/state.ts';
import type { EscalationState, ExecutionState } from '../../execution/execution-state.ts';
import type { Store } from '../../coordination/store.ts';
import { problem } from '../../shared/errors.ts';
import { didYouMean } from '../../shared/nearest.ts';

/** A person's answer to a question of an execution. */
export interface GivenAnswer {
  readonly question: string;
  readonly choice: string;
  /** Who gave it, for people. */
  readonly by: string;
}

/**
 * Gives a person's answer to the execution that asks; the first answer to a question holds. Throws `unknown-question`,
 * `unknown-choice`, `answered-already`.
 */
export async function giveAnswer(store: Pick<Store, 'read' | 'append'>, id: string, given: GivenAnswer): Promise<void> {
  const { question, choice, by } = given;
  checkAnswer(foldEvents(id, await store.read()), given);
  const answer = { id: `escalation.answered:${question}`, actor: 'person', fence: 0 } as const;
  const data = { escalation: question, choice, by };
  const kept = await store.append([{ ...answer, type: 'escalation.answered', data }]);
  if (kept.length === 0) throw answeredAlready(question, foldEvents(id, await store.read()).escalations.get(question));
}

function checkAnswer(state: ExecutionState, { question, choice }: GivenAnswer): void {
  const known = state.escalations.get(question);
  if (!known) {
    const open = [...state.escalations.values()].filter((each) => !each.answer).map((each) => each.raised.escalation);
    throw problem(
      'unknown-question',
      `${state.id} has no question ${JSON.stringify(question)}.${didYouMean(question, open)}`,
      {
        hint: open.length > 0 ? `Open are ${open.join(', ')}.` : 'No question is open.',
      },
    );
  }
  if (known.answer) throw answeredAlready(question, known);
  if (known.raised.options.includes(choice)) return;
  throw problem('unknown-choice', `${question} can't be answered with ${JSON.stringify(choice)}`, {
    hint: `Choose ${known.raised.options.join(' or ')}.`,
  });
}

function answeredAlready(question: string, known: EscalationState | undefined): Error {
  return problem('answered-already', `${question} was answered with ${known?.answer?.choice} by ${known?.answer?.by}`, {
    hint: 'The first answer holds. Go on with a fresh execution to decide otherwise.',
  });
}
