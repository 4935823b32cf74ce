import { readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { compareText } from '../shared/canonical.ts';
import { errnoOf, problem } from '../shared/errors.ts';
import { globMatcher } from '../shared/glob.ts';
import { didYouMean } from '../shared/nearest.ts';
import { settingsOf } from './settings.ts';

/** An input of the step by its name; empty where it is not given. */
export type ReadInput = (name: string) => string;

const actionCommands = ['run', 'preview', 'validate', 'report'] as const;
export type ActionCommand = (typeof actionCommands)[number];

/** The command that the step asks for. Throws `unknown-command` for those that only make sense at a terminal. */
export function readCommand(read: ReadInput): ActionCommand {
  const wanted = read('command') || 'run';
  const known = actionCommands.find((command) => command === wanted);
  if (known) return known;
  throw problem('unknown-command', `The action has no command ${wanted}.${didYouMean(wanted, actionCommands)}`, {
    hint: `Set the input \`command\` to one of ${actionCommands.join(', ')}.`,
  });
}

/** Where a run of the action keeps its state, and where its report looks for it. */
export function readOut(read: ReadInput): string {
  return resolve(read('out') || join(read('target') || '.', 'coordination'));
}

/**
 * The arguments of each call of the command, as if typed: inputs are the same settings as the flags, by the one table.
 * One call, but for `preview`, which takes one plan at a time.
 */
export function argumentLists(command: ActionCommand, read: ReadInput): readonly (readonly string[])[] {
  const flags = settingsOf(command).flatMap(({ flag, input }) => {
    const value = input === undefined ? '' : input === 'out' ? readOut(read) : read(input);
    return value === '' ? [] : [`--${flag}=${value}`];
  });
  const words = wordsOf(command, read);
  const calls = command === 'preview' ? words.map((word) => [word]) : [words];
  return calls.map((call) => (call.length === 0 ? flags : [...flags, '--', ...call]));
}

function wordsOf(command: ActionCommand, read: ReadInput): readonly string[] {
  if (command === 'report') return [read('execution-id')].filter(Boolean);
  return command === 'run' && read('resume') !== '' ? [] : readPlans(read);
}

/** The plans that the input names, one a line; `*` in a file's name stands for every file of its folder that fits. */
export function readPlans(read: ReadInput): readonly string[] {
  return read('plan')
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .flatMap((line) => (line.includes('*') ? filesLike(line) : [line]));
}

/** The pattern itself where nothing fits: the command then says that there is no such file. */
function filesLike(pattern: string): readonly string[] {
  const fits = globMatcher([basename(pattern)]);
  const files = namesIn(dirname(pattern)).filter(fits).sort(compareText);
  return files.length === 0 ? [pattern] : files.map((file) => join(dirname(pattern), file));
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw problem('folder-not-read', `Could not read the folder ${folder}: ${errnoOf(error) ?? String(error)}`, {
      hint: 'Name plans that can be read in the input `plan`.',
      cause: error,
    });
  }
}
