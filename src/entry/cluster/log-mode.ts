import { problem } from '../../shared/errors.ts';
import type { CommandLine } from '../arguments.ts';

export type LogMode = 'file' | 'stream' | 'off';
const modes: readonly LogMode[] = ['file', 'stream', 'off'];

/** What becomes of the logs of workers. Throws `bad-log-mode`. */
export function readLogMode(args: CommandLine): LogMode {
  const wanted = args.text('worker-logs') ?? 'file';
  const known = modes.find((mode) => mode === wanted);
  if (known) return known;
  throw problem('bad-log-mode', `--worker-logs expects ${modes.join(', ')}, found ${JSON.stringify(wanted)}`, {
    hint: 'Write --worker-logs file.',
  });
}
