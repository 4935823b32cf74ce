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

/** The first wait before another try, in ms. Throws `bad-duration`. */
export function retryWait(args: CommandLine): number {
  const text = args.text('retry-wait') ?? '30s';
  const match = /^(\d{1,4})(ms|s|m)$/.exec(text);
  if (match) return Number(match[1]) * { ms: 1, s: 1000, m: 60_000 }[match[2] as 'ms' | 's' | 'm'];
  throw problem('bad-duration', `--retry-wait expects a duration, found ${JSON.stringify(text)}`, {
    hint: 'Write --retry-wait 30s.',
  });
}
