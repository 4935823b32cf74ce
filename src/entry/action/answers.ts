import type { Plan } from '../../plan/plan.ts';
import { readAnswers, type QuestionAnswer } from '../../report/publish/dashboard/questions.ts';
import { onlyResults } from '../../report/publish/results/results-question.ts';
import { CortexError, messageOf } from '../../shared/errors.ts';
import { readArguments } from '../arguments.ts';
import { hasCodeHost, withCodeHost } from '../code-host.ts';
import { checkExecutionId } from '../run/execution-id.ts';
import { giveAnswer } from '../run/give-answer.ts';
import { flagsOf } from './inputs.ts';
import type { Step } from './step.ts';

/**
 * What people have answered on the dashboard reaches the execution that is gone on with, before its masters do. Only an
 * execution over a shared store has questions that wait for people. What can't be read keeps nothing from starting: the
 * plan then answers.
 */
export async function bringAnswers(step: Step, plan: Plan): Promise<void> {
  const { read, io, environment } = step;
  if (read('resume') === '' || environment.store === undefined || !hasCodeHost(environment)) return;
  const execution = checkExecutionId(read('resume'));
  try {
    const answers = (await answersOnDashboard(step, plan)).filter((each) => each.execution === execution);
    if (answers.length > 0) await giveAll(step, execution, answers);
  } catch (error) {
    io.err(`cortex: answers on the dashboard could not be brought to ${execution}: ${messageOf(error)}\n`);
  }
}

function answersOnDashboard({ environment }: Step, { publish, workflow }: Plan): Promise<readonly QuestionAnswer[]> {
  return withCodeHost(environment, async ({ github, identity }) => {
    const wish = { identity: await identity(), minRole: workflow.role };
    const view = await github.look(onlyResults(publish.branch, wish.identity.login));
    return (await readAnswers(view, github, wish)).answers;
  });
}

async function giveAll(
  { read, environment, io }: Step,
  execution: string,
  answers: readonly QuestionAnswer[],
): Promise<void> {
  const { connect, openForReading } = await import('../run/shared-store.ts');
  const connection = await connect(readArguments('answer', flagsOf('answer', read)), environment);
  try {
    const store = await openForReading(connection, execution);
    for (const { question, choice, by } of answers) {
      io.out(`${question}: ${await give(store, execution, { question, choice, by: `${by} on the dashboard` })}\n`);
    }
  } finally {
    await connection.client.close();
  }
}

/** What was answered before, or is asked no more, is said and stays as it is. */
async function give(...given: Parameters<typeof giveAnswer>): Promise<string> {
  try {
    await giveAnswer(...given);
    return `answered with ${given[2].choice} by ${given[2].by}`;
  } catch (error) {
    if (!(error instanceof CortexError) || error.family !== 'problem') throw error;
    return error.message;
  }
}
