import { problem } from '../../shared/errors.ts';
import type { CommandLine } from '../arguments.ts';

/** What `--launcher` says workers run as; undefined where it is not given. Throws `bad-launcher`. */
export function readLauncher(args: CommandLine): 'process' | 'kubernetes' | undefined {
  const wanted = args.text('launcher');
  if (wanted === undefined || wanted === 'process' || wanted === 'kubernetes') return wanted;
  throw problem('bad-launcher', `--launcher expects process or kubernetes, found ${JSON.stringify(wanted)}`, {
    hint: 'Write --launcher kubernetes.',
  });
}
