import { mkdirSync } from 'node:fs';
import { cliExit } from '../../protocol/words.ts';
import { readTextIfPresent } from '../../shared/files.ts';
import { readArguments } from '../arguments.ts';
import { hasCodeHost } from '../code-host.ts';
import { findCommand } from '../commands/commands.ts';
import { latestExecution } from '../commands/stored-execution.ts';
import { publishExecution as publish } from '../publish/publish-execution.ts';
import { runPaths } from '../run/paths.ts';
import { flagsOf, readOut, withWords } from './inputs.ts';
import { missingState } from './missing-state.ts';
import { publishedOutputs, publishExecution } from './outputs.ts';
import { environmentOf, type RunStep, type Step } from './step.ts';

/**
 * Rebuilds the report of an execution from what its legs have left, and brings it to GitHub. Also where legs failed: what was
 * done is reported.
 */
export const reportStep: RunStep = async (step) => {
  const out = readOut(step.read);
  mkdirSync(out, { recursive: true });
  const environment = environmentOf(step);
  const collected = await collect(step, out, environment.store !== undefined);
  const id = step.read('execution-id') || collected || latestExecution(out);
  const exitCode = await rebuild({ ...step, environment }, id);
  const paths = runPaths(out, id);
  publishExecution(step.setOutput, paths, id);
  await step.summarise(readTextIfPresent(paths.report) ?? '');
  return exitCode === cliExit.success ? bring({ ...step, environment }, id) : exitCode;
};

/** The state of the legs; over a shared store it is a copy, and may be missing. Gives the execution, as far as one is told. */
async function collect({ read, heard }: Step, out: string, isShared: boolean): Promise<string | undefined> {
  const pattern = read('artifact');
  if (pattern === '') return undefined;
  const { fetchStates } = await import('./artifact.ts');
  const found = await heard(() => fetchStates({ pattern, execution: read('execution-id') }, out));
  if (found.length === 0 && !isShared) throw missingState(`download ${pattern}`);
  return found[0]?.execution;
}

async function rebuild({ read, io, environment }: Step, id: string): Promise<number> {
  const run = await findCommand('report').load();
  return run(readArguments('report', withWords(flagsOf('report', read), [id])), { io, environment });
}

/** Without a mode nothing is published: a report is all that was asked for. */
async function bring(step: Step, id: string): Promise<number> {
  const { read, environment, summarise, setOutput, annotate } = step;
  const mode = read('mode');
  if (mode === '' || !hasCodeHost(environment)) return cliExit.success;
  const published = await publish(readArguments('publish', flagsOf('publish', read)), {
    id,
    mode: mode === 'apply' ? 'apply' : 'staged',
    environment,
    onToken: (token) => annotate(`::add-mask::${token}\n`),
  });
  await summarise(published.markdown);
  for (const [name, value] of Object.entries(publishedOutputs(published))) setOutput(name, value);
  return published.changes.stopped === null ? cliExit.success : cliExit.outside;
}
