import { parseArgs } from 'node:util';
import { problem } from '../shared/errors.ts';
import { didYouMean } from '../shared/nearest.ts';
import { settingsOf } from './settings.ts';

/** The arguments of one command, as typed. */
export interface CommandLine {
  readonly positionals: readonly string[];
  readonly text: (flag: string) => string | undefined;
  readonly has: (flag: string) => boolean;
}

/** Reads flags by the settings table. Throws `unknown-flag`, `flag-without-value` or `flag-replaced`. */
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
    if (setting.type === 'string' && !token.value) throw valueMissing(setting.flag, setting.value ?? '<value>');
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
  return problem('unknown-flag', `cortex ${command} has no flag ${flag}${didYouMean(flag.replace(/^-+/, ''), known)}`, {
    hint: `Run \`cortex ${command} --help\` for its flags.`,
  });
}

function replacedFlag(flag: string, replacement: string): Error {
  return problem('flag-replaced', `--${flag} is not a flag of this Cortex`, {
    hint: `It is replaced by ${replacement}.`,
  });
}

function valueMissing(flag: string, value: string): Error {
  return problem('flag-without-value', `--${flag} needs a value`, { hint: `Write --${flag} ${value}.` });
}
