import { readTextIfPresent } from '../../shared/files.ts';
import { readArguments } from '../arguments.ts';
import { findCommand } from '../commands/commands.ts';
import { latestExecution } from '../commands/stored-execution.ts';
import { loadPlan } from '../run/load-plan.ts';
import { runPaths } from '../run/paths.ts';
import { flagsOf, readOut, readPlan, withWords } from './inputs.ts';
import { hasReport, publishExecution } from './outputs.ts';
import { restoreState, sendOwnState } from './state.ts';
import { environmentOf, type RunStep, type Step } from './step.ts';

/**
 * Runs the masters of one leg. Over a shared store it joins the others; over a folder it is alone, and what an earlier attempt
 * of the job, or an earlier run, has left is gone on with.
 */
export const masterStep: RunStep = async (step) => {
  const out = readOut(step.read);
  const environment = environmentOf(step);
  const restored = environment.store === undefined ? await restoreState(step, out) : undefined;
  await handOn(step, out);
  try {
    const exitCode = await runPlan({ ...step, environment }, restored);
    await finish(step, out, exitCode);
    return exitCode;
  } catch (error) {
    await keepWhatThereIs(step, out);
    throw error;
  }
};

async function runPlan({ read, io, environment }: Step, restored: string | undefined): Promise<number> {
  const resume = restored ?? read('resume');
  const isResumed = resume !== '';
  const flags = flagsOf('run', read, { resume, ...(isResumed ? { 'execution-id': '' } : {}) });
  const run = await findCommand('run').load();
  return run(readArguments('run', withWords(flags, isResumed ? [] : [readPlan(read)])), { io, environment });
}

async function finish(step: Step, out: string, exitCode: number): Promise<void> {
  const id = idOf(step) || latestExecution(out);
  const paths = runPaths(out, id);
  if (hasReport(exitCode)) publishExecution(step.setOutput, paths, id);
  // Where the state travels on, the job that it travels to shows the report.
  if (step.read('artifact') === '') await step.summarise(readTextIfPresent(paths.report) ?? '');
  await sendOwnState(step, { out, execution: id });
  step.saveState('finished', 'true');
}

/** A run that could not come to its end has a log all the same; the end of the job tries again where this fails. */
async function keepWhatThereIs(step: Step, out: string): Promise<void> {
  const execution = idOf(step);
  if (execution === '') return;
  await sendOwnState(step, { out, execution }).then(
    () => step.saveState('finished', 'true'),
    () => undefined,
  );
}

function idOf({ read }: Step): string {
  return read('resume') || read('execution-id');
}

/** What the end of the job needs to know, where this process is killed before its own end. */
async function handOn(step: Step, out: string): Promise<void> {
  const { read, saveState } = step;
  saveState('out', out);
  saveState('execution', idOf(step));
  saveState('artifact', read('artifact'));
  saveState('masters', read('masters'));
  saveState('launcher', read('launcher'));
  saveState('namespace', await namespaceOf(read('plan')));
}

/** Where the plan has its workers; empty where it can't be read, which the run itself will say. */
async function namespaceOf(file: string): Promise<string> {
  try {
    const { outcome } = await loadPlan(file);
    return 'problems' in outcome ? '' : outcome.plan.cluster.namespace;
  } catch {
    return '';
  }
}
