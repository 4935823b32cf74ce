#!/usr/bin/env node
import { readArguments } from './arguments.ts';
import { commands, findCommand, refuseSurplus, type Io } from './commands/commands.ts';
import { readEnvironment } from './environment.ts';
import { helpFor, overview } from './help.ts';
import { version } from './version.ts';

const io: Io = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
};

/** The command line: finds the command, reads its flags, runs it, and turns what it throws into an exit code. */
async function main(argv: readonly string[]): Promise<number> {
  const [name = 'help', ...rest] = argv;
  if (name === '--version' || name === 'version') return say(`cortex ${version}\n`);
  if (name === 'help' || name === '--help' || name === '-h') return say(overview(commands));
  const command = findCommand(name);
  const args = readArguments(command.name, rest);
  if (args.has('help')) return say(helpFor(command));
  if (args.has('version')) return say(`cortex ${version}\n`);
  refuseSurplus(command, args);
  const run = await command.load();
  return run(args, { io, environment: readEnvironment() });
}

function say(text: string): number {
  io.out(text);
  return 0;
}

// A reader that has seen enough (`| head`) is no error.
process.stdout.on('error', () => process.exit(0));

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const { exitCodeFor, printError } = await import('./errors.ts');
  printError(error, { write: io.err, secrets: readEnvironment().secrets });
  process.exitCode = exitCodeFor(error);
}
// Whatever still waits (a clock, a closed pipe's far end) must not keep the command from ending; output is flushed first.
process.stdout.write('', () => process.exit());
