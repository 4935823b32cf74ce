import { problem } from '../shared/errors.ts';
import type { CommandLine } from './arguments.ts';

/** A whole number from 1, or undefined where the flag is not given. Throws `bad-number`. */
export function wholeNumber(args: CommandLine, flag: string): number | undefined {
  const text = args.text(flag);
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw problem('bad-number', `--${flag} expects a whole number from 1, found ${JSON.stringify(text)}`, {
    hint: `Write --${flag} 16.`,
  });
}

/** Names of masters, separated by commas; none where the text has none. */
export function masterList(text: string): readonly string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
}

/** A flag that says how long, in ms; `fallback` is in the same form. Throws `bad-duration`. */
export function durationFlag(args: CommandLine, flag: string, fallback: string): number {
  const text = args.text(flag) ?? fallback;
  const match = /^(\d{1,4})(ms|s|m)$/.exec(text);
  if (match) return Number(match[1]) * { ms: 1, s: 1000, m: 60_000 }[match[2] as 'ms' | 's' | 'm'];
  throw problem('bad-duration', `--${flag} expects a duration, found ${JSON.stringify(text)}`, {
    hint: `Write --${flag} ${fallback}.`,
  });
}

/** The same, for times in which something has to happen: 0 is refused. */
export function timeLimitFlag(args: CommandLine, flag: string, fallback: string): number {
  const ms = durationFlag(args, flag, fallback);
  if (ms > 0) return ms;
  throw problem('bad-duration', `--${flag} expects some time, found none`, { hint: `Write --${flag} ${fallback}.` });
}
