import { parseArgs } from 'node:util';
import { problem } from '../shared/errors.ts';
import { didYouMean } from '../shared/nearest.ts';
import type { Setting } from './setting.ts';
import { settingsOf } from './settings.ts';

/** The arguments of one command, as typed. */
export interface CommandLine {
  readonly positionals: readonly string[];
  readonly text: (flag: string) => string | undefined;
  readonly has: (flag: string) => boolean;
}

/**
 * Reads flags by the settings table. Throws `unknown-flag`, `flag-replaced`, `flag-without-value`, `flag-with-value` or
 * `flag-twice`.
 */
export function readArguments(command: string, argv: readonly string[]): CommandLine {
  const known = settingsOf(command);
  const options = Object.fromEntries(
    known.map(({ flag, type }) => [flag, { type, ...(flag === 'help' ? { short: 'h' } : {}) }]),
  );
  const { tokens, positionals } = parseArgs({
    args: [...argv],
    options,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const values = new Map<string, string | true>();
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const setting = known.find((each) => each.flag === token.name);
    if (!setting)
      throw unknownFlag(
        command,
        token.rawName,
        known.map((each) => each.flag),
      );
    if (setting.replacedBy !== undefined) throw replacedFlag(setting.flag, setting.replacedBy);
    checkValue(setting, token);
    if (values.has(setting.flag))
      throw problem('flag-twice', `--${setting.flag} is given twice`, { hint: 'Give it once.' });
    values.set(setting.flag, token.value ?? true);
  }
  return {
    positionals,
    text: (flag) => {
      const value = values.get(flag);
      return typeof value === 'string' ? value : undefined;
    },
    has: (flag) => values.has(flag),
  };
}

function unknownFlag(command: string, flag: string, known: readonly string[]): Error {
  return problem(
    'unknown-flag',
    `cortex ${command} has no flag ${flag}.${didYouMean(flag.replace(/^-+/, ''), known)}`,
    {
      hint: `Run \`cortex ${command} --help\` for its flags.`,
    },
  );
}

function replacedFlag(flag: string, replacement: string): Error {
  return problem('flag-replaced', `--${flag} is not a flag of this Cortex`, {
    hint: `It is replaced by ${replacement}.`,
  });
}

/** What parseArgs made of a flag's value. */
interface Given {
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

/** A word that begins with two hyphens is the next flag, not a value, unless it was given by `=`. */
function checkValue({ flag, type, value = '<value>' }: Setting, given: Given): void {
  if (type === 'boolean') {
    if (given.value === undefined) return;
    throw problem('flag-with-value', `--${flag} takes no value`, { hint: `Write --${flag} alone, or leave it away.` });
  }
  if (given.value && (given.inlineValue || !given.value.startsWith('--'))) return;
  throw problem('flag-without-value', `--${flag} needs a value`, { hint: `Write --${flag} ${value}.` });
}
