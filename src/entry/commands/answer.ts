import { hostname, userInfo } from 'node:os';
import { cliExit } from '../../protocol/words.ts';
import { problem } from '../../shared/errors.ts';
import { checkExecutionId } from '../run/execution-id.ts';
import { giveAnswer } from '../run/give-answer.ts';
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
    await giveAnswer(store, id, { question, choice, by: `${userInfo().username}@${hostname()}` });
    io.out(connection.mask(`${question} is answered with ${choice}\n`));
    return cliExit.success;
  } finally {
    await connection.client.close();
  }
};

function nobodyToAsk(): Error {
  return problem('store-needed', 'Questions can be answered where the run has a shared store', {
    hint: 'Name it with --store. A run over a folder answers its questions by the plan, at once.',
  });
}
