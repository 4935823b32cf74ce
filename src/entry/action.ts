import { getInput, setFailed, setOutput, summary } from '@actions/core';
import { mkdirSync } from 'node:fs';
import { hasReport, outFolder, publishMatrix, publishRun, type ActionSurface } from './action-outputs.ts';
import { readArguments, type CommandLine } from './arguments.ts';
import { findCommand, type Io } from './commands/commands.ts';
import { readEnvironment } from './environment.ts';
import { exitCodeFor, printError } from './errors.ts';
import { settings } from './settings.ts';

const io: Io = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
};

const surface: ActionSurface = { setOutput, summary, takesSummary: Boolean(process.env['GITHUB_STEP_SUMMARY']) };

/** The action: its inputs are the same settings as the flags of the command line, by the one table. */
async function main(): Promise<number> {
  const command = findCommand(getInput('command') || 'run');
  const args = readArguments(command.name, argumentsFor(command.name));
  const artifact = getInput('artifact');
  if (command.name === 'report' && artifact !== '') await carryState('download', artifact, args);
  const run = await command.load();
  const exitCode = await run(args, { io, environment: readEnvironment() });
  if (command.name === 'preview') publishMatrix(surface, { file: getInput('plan'), masters: getInput('masters') });
  if (command.name === 'run' || command.name === 'report') await publishEnd(args, exitCode);
  if (command.name === 'run' && artifact !== '') await carryState('upload', artifact, args);
  return exitCode;
}

/** Moves the state between jobs. The artifact client is large: it is loaded only where something travels. */
async function carryState(direction: 'upload' | 'download', artifact: string, args: CommandLine): Promise<void> {
  const { downloadFolder, uploadFolder } = await import('./action-artifact.ts');
  const out = outFolder(args);
  mkdirSync(out, { recursive: true });
  await (direction === 'upload' ? uploadFolder(artifact, out) : downloadFolder(artifact, out));
}

async function publishEnd(args: CommandLine, exitCode: number): Promise<void> {
  if (hasReport(exitCode)) await publishRun(surface, { args, exitCode });
}

function argumentsFor(command: string): readonly string[] {
  const flags = settings.flatMap(({ flag, input, commands: takers }) => {
    const value = input !== undefined && takers.includes(command) ? getInput(input) : '';
    return value === '' ? [] : [`--${flag}=${value}`];
  });
  const takesPlan = command === 'run' || command === 'preview' || command === 'validate';
  const plan = takesPlan && getInput('resume') === '' ? getInput('plan') : '';
  return plan === '' ? flags : [...flags, '--', plan];
}

try {
  const exitCode = await main();
  if (exitCode !== 0) setFailed(`cortex ended with exit code ${exitCode}; the report says why`);
  process.exitCode = exitCode;
} catch (error) {
  printError(error, { write: io.err, secrets: readEnvironment().secrets });
  setFailed(error instanceof Error ? error.message : String(error));
  process.exitCode = exitCodeFor(error);
}
process.stdout.write('', () => process.exit());
