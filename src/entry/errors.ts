import { cliExit } from '../protocol/words.ts';
import { CortexError, messageOf } from '../shared/errors.ts';
import { createMasker } from '../shared/mask.ts';
import { printable } from './terminal/printable.ts';

const exits = { problem: cliExit.problem, outside: cliExit.outside, bug: cliExit.bug } as const;

/** The exit code that an error ends the process with. */
export function exitCodeFor(error: unknown): number {
  return error instanceof CortexError ? exits[error.family] : cliExit.bug;
}

/** Says what is wrong and what to do. Only a defect of ours shows where in the code it came up. */
export function printError(
  error: unknown,
  to: { readonly write: (text: string) => void; readonly secrets: readonly string[] },
): void {
  const mask = createMasker(to.secrets);
  if (error instanceof CortexError && error.family !== 'bug') {
    to.write(`cortex: ${printable(mask(error.message))}\n  ${printable(mask(error.hint))}\n`);
    return;
  }
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  to.write(
    mask(
      `cortex: a defect of Cortex itself: ${messageOf(error)}\n${stack}\n  Please file it with the execution id and the log.\n`,
    ),
  );
}
