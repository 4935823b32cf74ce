import type { FailureClass } from '../protocol/event.ts';
import { envelopeSchema, type Envelope, type ResultStatus } from '../protocol/result.ts';
import { workerExit } from '../protocol/words.ts';
import type { DisruptionCause, Outcome } from '../protocol/attempt.ts';

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

/** An envelope as found; undefined where there is none. */
export type FoundEnvelope = { readonly valid: Envelope } | { readonly invalid: string } | undefined;

/** Reads what a worker left as its envelope. */
export function readEnvelope(text: string | undefined, worker: string): FoundEnvelope {
  if (text === undefined) return undefined;
  try {
    const envelope = envelopeSchema.parse(JSON.parse(text));
    return envelope.worker === worker ? { valid: envelope } : { invalid: `the envelope is that of ${envelope.worker}` };
  } catch (error) {
    return { invalid: String(error).slice(0, 300) };
  }
}

const failures = new Set<ResultStatus>(['failed', 'refused']);

/** V8 aborts with this signal when the heap limit is reached. */
const heapExhausted = 'SIGABRT';

/** Reads an ending: a valid envelope of a success is a return, unless the worker was cancelled; all else has a failure class. */
export function judgeEnding(ending: Ending, found: FoundEnvelope): Outcome {
  const { durationMs } = ending;
  const valid = found && 'valid' in found ? found.valid : undefined;
  const lost = (failure: FailureClass, detail: string, cause?: DisruptionCause): Outcome => ({
    kind: 'lost',
    class: failure,
    ...(cause ? { cause } : {}),
    detail,
    durationMs,
    ...(valid ? { envelope: valid } : {}),
  });
  if (ending.endedBy === 'cancel') return lost('cancelled', 'cancelled');
  // It said so in the store before it said so here: what came after that is none of its work.
  if (valid?.exitCode === 0 && !failures.has(valid.status)) return { kind: 'returned', envelope: valid, durationMs };
  if (ending.endedBy === 'time-limit') return lost('timeout', `did not end within its time limit (${durationMs} ms)`);
  if (ending.endedBy === 'memory-limit')
    return lost('out-of-memory', 'used more memory than its limit', 'out-of-memory');
  if (ending.signal === heapExhausted)
    return lost('out-of-memory', 'its heap reached the memory limit', 'out-of-memory');
  if (ending.signal) return lost('disruption', `ended from outside by ${ending.signal}`, 'unknown');
  if (ending.code !== 0) return lost(classByExit[ending.code ?? -1] ?? 'crash', describe(ending, valid));
  if (found && 'invalid' in found) return lost('protocol', `its envelope is not valid: ${found.invalid}`);
  if (!valid) return lost('protocol', 'it left no envelope');
  return lost('protocol', `exit code 0, but its envelope says ${valid.status}`);
}

function describe(ending: Ending, envelope: Envelope | undefined): string {
  const told = envelope?.error ? `: ${envelope.error.code}: ${envelope.error.message}` : '';
  return `exit code ${ending.code ?? 'none'}${told}`;
}
