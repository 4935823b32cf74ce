import type { FailureClass } from '../../protocol/event.ts';
import type { Envelope } from '../../protocol/result.ts';
import { workerExit } from '../../protocol/words.ts';
import type { Outcome } from '../launcher.ts';

/** How a worker's process ended, as its launcher saw it. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly endedBy: 'itself' | 'time-limit' | 'memory-limit' | 'cancel';
  readonly durationMs: number;
}

const classByExit: Readonly<Record<number, FailureClass>> = {
  [workerExit.badTask]: 'bad-task',
  [workerExit.budgetSpent]: 'budget-spent',
  [workerExit.refused]: 'refused',
  [workerExit.bug]: 'crash',
  [workerExit.tryAgain]: 'try-again',
  [workerExit.noAccess]: 'no-access',
};

/** V8 aborts with this signal when the heap limit is reached. */
const heapExhausted = 'SIGABRT';

/** Reads an ending: a valid envelope and exit code 0 is a return, all else has a failure class. */
export function judgeEnding(ending: Ending, envelope: Envelope | { readonly invalid: string } | undefined): Outcome {
  const { durationMs } = ending;
  const valid = envelope && !('invalid' in envelope) ? envelope : undefined;
  const lost = (failure: FailureClass, detail: string): Outcome => ({
    kind: 'lost',
    class: failure,
    detail,
    durationMs,
    ...(valid ? { envelope: valid } : {}),
  });
  if (ending.endedBy === 'cancel') return lost('cancelled', 'cancelled');
  if (ending.endedBy === 'time-limit') return lost('timeout', `did not end within its time limit (${durationMs} ms)`);
  if (ending.endedBy === 'memory-limit') return lost('out-of-memory', 'used more memory than its limit');
  if (ending.signal === heapExhausted) return lost('out-of-memory', 'its heap reached the memory limit');
  if (ending.signal) return lost('disruption', `ended from outside by ${ending.signal}`);
  if (ending.code !== 0) return lost(classByExit[ending.code ?? -1] ?? 'crash', describe(ending, valid));
  if (!valid)
    return lost(
      'protocol',
      envelope && 'invalid' in envelope ? `its envelope is not valid: ${envelope.invalid}` : 'it left no envelope',
    );
  return { kind: 'returned', envelope: valid, durationMs };
}

function describe(ending: Ending, envelope: Envelope | undefined): string {
  const told = envelope?.error ? `: ${envelope.error.code}: ${envelope.error.message}` : '';
  return `exit code ${ending.code ?? 'none'}${told}`;
}
