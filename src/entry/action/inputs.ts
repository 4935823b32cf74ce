import { readdirSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { compareText } from '../../shared/canonical.ts';
import { errnoOf, problem } from '../../shared/errors.ts';
import { globMatcher } from '../../shared/glob.ts';
import { didYouMean } from '../../shared/nearest.ts';
import { settingsOf } from '../settings.ts';

/** An input of the step by its name; empty where it is not given. */
export type ReadInput = (name: string) => string;

export const actionCommands = ['check', 'plan', 'master', 'report', 'gc'] as const;
export type ActionCommand = (typeof actionCommands)[number];

/** The command that the step asks for. Throws `unknown-command` for those that only make sense at a terminal. */
export function readCommand(read: ReadInput): ActionCommand {
  const wanted = read('command') || 'master';
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
 * The flags of a command of the command line, as if typed: inputs are the same settings as the flags, by the one table.
 * `instead` gives inputs that the step has worked out itself.
 */
export function flagsOf(
  command: string,
  read: ReadInput,
  instead: Readonly<Record<string, string>> = {},
): readonly string[] {
  return settingsOf(command).flatMap(({ flag, input, type }) => {
    if (input === undefined) return [];
    const value = instead[input] ?? (input === 'out' ? readOut(read) : read(input));
    if (type === 'boolean') return value === 'true' ? [`--${flag}`] : [];
    return value === '' ? [] : [`--${flag}=${value}`];
  });
}

/** Flags and words as one list: what follows `--` is never taken for a flag. */
export function withWords(flags: readonly string[], words: readonly string[]): readonly string[] {
  return words.length === 0 ? flags : [...flags, '--', ...words];
}

/** The plans that the input names, one a line, or by patterns: `plans/*.yaml`, or with its folders `plans/**\/*.{yaml,yml}`. */
export function readPlans(read: ReadInput): readonly string[] {
  return read('plan')
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .flatMap((line) => (line.includes('*') ? filesLike(line) : [line]));
}

/** The one plan of a run. Throws `one-plan`. */
export function readPlan(read: ReadInput): string {
  const [file, ...more] = readPlans(read);
  if (file !== undefined && more.length === 0) return file;
  throw problem('one-plan', `A run takes one plan, and the input \`plan\` names ${more.length + (file ? 1 : 0)}`, {
    hint: 'Name one plan file, as in plans/full-orchestration.yaml.',
  });
}

/** The pattern itself where nothing fits: the command then says that there is no such file. */
function filesLike(pattern: string): readonly string[] {
  const folder = folderOf(pattern);
  const fits = globMatcher([relative(folder, pattern).split(sep).join('/')]);
  const files = namesIn(folder, pattern.includes('**')).filter(fits).sort(compareText);
  return files.length === 0 ? [pattern] : files.map((file) => join(folder, file));
}

/** The part of a pattern before its first `*`, as far as whole folders go. */
function folderOf(pattern: string): string {
  const plain = pattern.slice(0, pattern.indexOf('*'));
  return dirname(`${plain}x`);
}

/** Files below a folder, by their paths in it. */
function namesIn(folder: string, isDeep: boolean): readonly string[] {
  try {
    return readdirSync(folder, { recursive: isDeep, encoding: 'utf8' }).map((name) => name.split(sep).join('/'));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw problem('folder-not-read', `Could not read the folder ${folder}: ${errnoOf(error) ?? String(error)}`, {
      hint: 'Name plans that can be read in the input `plan`.',
      cause: error,
    });
  }
}
