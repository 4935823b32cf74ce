import { hostname, userInfo } from 'node:os';
import { foldEvents } from '../../execution/state.ts';
import type { EscalationState, ExecutionState } from '../../execution/execution-state.ts';
import { cliExit } from '../../protocol/words.ts';
import { problem } from '../../shared/errors.ts';
import { didYouMean } from '../../shared/nearest.ts';
import { checkExecutionId } from '../run/execution-id.ts';
import type { RunCommandLine } from './commands.ts';
import { namesStore } from './stored-execution.ts';

/** `cortex answer`: a person answers a question of a run that goes on. The first answer holds. */
export const answerCommand: RunCommandLine = async (args, { io, environment }) => {
  const [id, question, choice] = args.positionals;
  if (id === undefined || question === undefined || choice === undefined) {
    throw problem('no-answer', 'An answer names the execution, the question and the choice', {
      hint: 'Write `cortex answer <id> <question> <choice>`; `cortex watch` shows the questions.',
    });
  }
  if (!namesStore(args, environment)) throw nobodyToAsk();
  const { connect, openForReading } = await import('../run/shared-store.ts');
  const connection = await connect(args, environment);
  try {
    const store = await openForReading(connection, checkExecutionId(id));
    checkAnswer(foldEvents(id, await store.read()), { question, choice });
    const by = `${userInfo().username}@${hostname()}`;
    const data = { escalation: question, choice, by };
    const answer = { id: `escalation.answered:${question}`, actor: 'person', fence: 0 } as const;
    const kept = await store.append([{ ...answer, type: 'escalation.answered', data }]);
    if (kept.length === 0)
      throw answeredAlready(question, foldEvents(id, await store.read()).escalations.get(question));
    io.out(connection.mask(`${question} is answered with ${choice}\n`));
    return cliExit.success;
  } finally {
    await connection.client.close();
  }
};

function checkAnswer(state: ExecutionState, given: { readonly question: string; readonly choice: string }): void {
  const { question, choice } = given;
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

function nobodyToAsk(): Error {
  return problem('store-needed', 'Questions can be answered where the run has a shared store', {
    hint: 'Name it with --store. A run over a folder answers its questions by the plan, at once.',
  });
}
