import { getInput, getState, saveState, setFailed, setOutput, summary } from '@actions/core';
import { randomBytes } from 'node:crypto';
import { cliExit } from '../protocol/words.ts';
import { stepCommands } from './action/commands.ts';
import { readCommand } from './action/inputs.ts';
import { failureText, outputKeeper, summaryFitter } from './action/outputs.ts';
import type { Step } from './action/step.ts';
import type { Io } from './commands/commands.ts';
import { readEnvironment } from './environment.ts';
import { exitCodeFor, printError } from './errors.ts';

const takesSummary = Boolean(process.env['GITHUB_STEP_SUMMARY']);
const fitSummary = summaryFitter();
/** Set by the step itself, for its second coming at the end of the job. */
const isCleanUp = getState('command') !== '';

/** One stream for both: the runner reads the two apart, and would lose their order. */
const log: Io = { out: (text) => void process.stdout.write(text), err: (text) => void process.stdout.write(text) };
/** While it is set, nothing in the log can command the runner. */
let unheardToken: string | undefined;

const step: Step = {
  read: getInput,
  environment: readEnvironment(),
  event: async () =>
    (await import('./action/event.ts')).readEvent({
      triggeringActor: process.env['GITHUB_TRIGGERING_ACTOR'] || undefined,
      workflowRef: process.env['GITHUB_WORKFLOW_REF'] || undefined,
    }),
  io: log,
  annotate: (commands) => {
    const stop = listen();
    log.out(commands);
    stop();
  },
  heard: async (act) => {
    const stop = listen();
    try {
      return await act();
    } finally {
      stop();
    }
  },
  setOutput: outputKeeper(setOutput),
  summarise: async (markdown) => {
    if (takesSummary && markdown !== '') await summary.addRaw(fitSummary(markdown), true).write();
  },
  saveState,
};

/** The action: reads which command, runs it, and marks the step by its outcome. */
async function main(): Promise<number> {
  if (isCleanUp) return unheard(async () => (await import('./action/clean-up.ts')).cleanUp(step, getState));
  const command = readCommand(getInput);
  saveState('command', command);
  const run = await stepCommands[command]();
  return unheard(() => run(step));
}

/** Text of plans and of the repository passes through the log: while it does, nothing in it can command the runner. */
async function unheard<T>(act: () => Promise<T>): Promise<T> {
  stopListening();
  try {
    return await act();
  } finally {
    listenAgain();
  }
}

/** The runner listens until what is given back is called, and then does as before. */
function listen(): () => void {
  const wasStopped = unheardToken !== undefined;
  listenAgain();
  return () => {
    if (wasStopped) stopListening();
  };
}

function stopListening(): void {
  unheardToken = randomBytes(16).toString('hex');
  log.out(`::stop-commands::${unheardToken}\n`);
}

function listenAgain(): void {
  if (unheardToken !== undefined) log.out(`\n::${unheardToken}::\n`);
  unheardToken = undefined;
}

/** Ends the step: the one annotation of a failure is also its one line in the log. */
function finish(exitCode: number, failure: string): void {
  if (failure !== '') setFailed(failure);
  if (!isCleanUp) setOutput('exit-code', String(exitCode));
  process.exitCode = exitCode;
}

try {
  const exitCode = await main();
  finish(exitCode, exitCode === cliExit.success ? '' : failureText(exitCode));
} catch (error) {
  let said = '';
  printError(error, { write: (text) => (said += text), secrets: step.environment.secrets });
  finish(exitCodeFor(error), said.trim());
}
process.stdout.write('', () => process.exit());
