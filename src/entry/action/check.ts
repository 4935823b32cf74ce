import { renderCheck, type RenderedCheck } from '../../plan/check-markdown.ts';
import { renderProblems } from '../../plan/render-problems.ts';
import type { Report } from '../../protocol/report.ts';
import { CortexError, messageOf } from '../../shared/errors.ts';
import { checkPlans, type PlanCheck } from '../check/check-plans.ts';
import { readPastReports } from '../check/past-reports.ts';
import { hasCodeHost, withCodeHost, type CodeHost } from '../code-host.ts';
import { readPlans } from './inputs.ts';
import type { RunStep, Step } from './step.ts';

/**
 * What a pull request gets to see: each problem at its place, the effects and the forecast in the summary, and, where the token
 * may write, one comment. Nothing of the pull request is run.
 */
export const checkStep: RunStep = async (step) => {
  const { environment } = step;
  if (!hasCodeHost(environment)) return check(step, undefined);
  return withCodeHost(environment, (host) => check(step, host));
};

async function check(step: Step, host: CodeHost | undefined): Promise<number> {
  const files = readPlans(step.read);
  const base = step.read('base') || undefined;
  const checked = await checkPlans({
    files,
    base,
    readHistory: historyReader(step, host),
    path: step.environment.path,
  });
  const rendered = renderCheck(checked.plans);
  await show(step, checked, rendered);
  await comment(step, host, rendered);
  return checked.exitCode;
}

/** Of a folder where one is named, else of the results branch of the plan, each read once. */
function historyReader(step: Step, host: CodeHost | undefined): (branch: string) => Promise<readonly Report[]> {
  const folder = step.read('history');
  if (folder !== '') {
    const reports = readPastReports(folder);
    return () => reports;
  }
  const seen = new Map<string, Promise<readonly Report[]>>();
  return (branch) => {
    const reports = seen.get(branch) ?? readPublished(step, host, branch);
    seen.set(branch, reports);
    return reports;
  };
}

/** A history that can't be read is none. */
async function readPublished({ io }: Step, host: CodeHost | undefined, branch: string): Promise<readonly Report[]> {
  if (host === undefined) return [];
  try {
    const { readPublishedReports } = await import('../check/published-reports.ts');
    return await readPublishedReports(host.github, branch);
  } catch (error) {
    io.err(`cortex: earlier executions could not be read, so the forecast has none: ${messageOf(error)}\n`);
    return [];
  }
}

async function show(step: Step, check: PlanCheck, { summary, digest }: RenderedCheck): Promise<void> {
  if (check.problems.length > 0) step.annotate(renderProblems(check.problems, 'github', check.sources));
  step.setOutput('digest', digest);
  await step.summarise(summary);
  for (const { file, state } of check.plans) step.io.out(`${file}: ${state}\n`);
}

/** A token of a fork can't write: that is said, and is no failure. */
async function comment(step: Step, host: CodeHost | undefined, rendered: RenderedCheck): Promise<void> {
  const { read, io } = step;
  const event = await step.event();
  if (event.pullRequest === undefined || read('comment') === 'false') return;
  if (event.pullRequest.headRepository !== event.repository)
    return io.out('no comment: the pull request comes from another repository, whose token can’t write here\n');
  if (host === undefined) return io.out('no comment: there is no token\n');
  try {
    const { keepComment } = await import('../check/sticky-comment.ts');
    const { login } = await host.identity();
    const order = { pullRequest: event.pullRequest.number, login, markdown: rendered.comment, ...rendered };
    io.out(`comment ${await keepComment(host.github, order)}\n`);
  } catch (error) {
    if (!(error instanceof CortexError) || error.family !== 'problem') throw error;
    io.out(`no comment: ${error.message}. ${error.hint}\n`);
  }
}
