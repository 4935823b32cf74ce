import { getInput, setFailed, setOutput, summary } from '@actions/core';
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { cliExit } from '../protocol/words.ts';
import { readTextIfPresent } from '../shared/files.ts';
import { argumentLists, readCommand, readOut, readPlans, type ActionCommand } from './action-inputs.ts';
import { failureText, fitSummary, hasReport, publishExecution, publishMatrix } from './action-outputs.ts';
import { readArguments } from './arguments.ts';
import { findCommand, type Io } from './commands/commands.ts';
import { latestExecution } from './commands/stored-execution.ts';
import { readEnvironment } from './environment.ts';
import { exitCodeFor, printError } from './errors.ts';
import { runPaths } from './run/paths.ts';

const takesSummary = Boolean(process.env['GITHUB_STEP_SUMMARY']);

/** One stream for both: the runner reads the two apart, and would lose their order. */
const log: Io = { out: (text) => void process.stdout.write(text), err: (text) => void process.stdout.write(text) };

/** The action: reads its inputs, runs the command as the command line would, and hands on what later steps need. */
async function main(): Promise<number> {
  const command = readCommand(getInput);
  if (command === 'report') await carryState('download');
  const exitCode = await speakWhereItBelongs(command, (io) => runCommand(command, io));
  await publish(command, exitCode);
  if (command === 'run') await carryState('upload');
  return exitCode;
}

async function runCommand(command: ActionCommand, io: Io): Promise<number> {
  const calls = argumentLists(command, getInput).map((list) => readArguments(command, list));
  const run = await findCommand(command).load();
  let exitCode: number = cliExit.success;
  for (const args of calls) exitCode = Math.max(exitCode, await run(args, { io, environment: readEnvironment() }));
  return exitCode;
}

/** Annotations are for the runner, a preview in Markdown is for the step's summary, everything else for the log alone. */
async function speakWhereItBelongs(command: ActionCommand, act: (io: Io) => Promise<number>): Promise<number> {
  const format = getInput('format');
  if (command === 'validate' && format === 'github') return act(log);
  if (command !== 'preview' || format !== 'md' || !takesSummary) return unheard(() => act(log));
  const said: string[] = [];
  const exitCode = await unheard(() => act({ ...log, out: (text) => void said.push(text) }));
  await summarise(said.join('\n'));
  return exitCode;
}

/** Text of plans and of the repository passes through the log: while it does, nothing in it can command the runner. */
async function unheard<T>(act: () => Promise<T>): Promise<T> {
  const token = randomBytes(16).toString('hex');
  log.out(`::stop-commands::${token}\n`);
  try {
    return await act();
  } finally {
    log.out(`\n::${token}::\n`);
  }
}

/** Outputs for later steps. The report is shown once: where state travels on, the job that it travels to shows it. */
async function publish(command: ActionCommand, exitCode: number): Promise<void> {
  if (command === 'validate' || !hasReport(exitCode)) return;
  if (command === 'preview') return publishPlan();
  const out = readOut(getInput);
  const id = getInput('resume') || getInput('execution-id') || latestExecution(out);
  const paths = runPaths(out, id);
  publishExecution(setOutput, paths, id);
  if (command === 'report' || getInput('artifact') === '') await summarise(readTextIfPresent(paths.report) ?? '');
}

function publishPlan(): void {
  const [file, ...more] = readPlans(getInput);
  if (file !== undefined && more.length === 0) publishMatrix(setOutput, { file, masters: getInput('masters') });
}

async function summarise(markdown: string): Promise<void> {
  if (takesSummary) await summary.addRaw(fitSummary(markdown), true).write();
}

/** Moves the state between jobs. The artifact client is large: it is loaded only where something travels. */
async function carryState(direction: 'upload' | 'download'): Promise<void> {
  const artifact = getInput('artifact');
  if (artifact === '') return;
  const { downloadFolder, uploadFolder } = await import('./action-artifact.ts');
  const out = readOut(getInput);
  mkdirSync(out, { recursive: true });
  await (direction === 'upload' ? uploadFolder(artifact, out) : downloadFolder(artifact, out));
}

/** Ends the step: the one annotation of a failure is also its one line in the log. */
function finish(exitCode: number, failure: string): void {
  if (failure !== '') setFailed(failure);
  setOutput('exit-code', String(exitCode));
  process.exitCode = exitCode;
}

try {
  const exitCode = await main();
  finish(exitCode, exitCode === cliExit.success ? '' : failureText(exitCode));
} catch (error) {
  let said = '';
  printError(error, { write: (text) => (said += text), secrets: readEnvironment().secrets });
  finish(exitCodeFor(error), said.trim());
}
process.stdout.write('', () => process.exit());
