import type { FailureClass } from './event.ts';
import type { Envelope } from './result.ts';

/** What became of a worker attempt, as its launcher tells the master. */
export type Outcome =
  | { readonly kind: 'returned'; readonly envelope: Envelope; readonly durationMs: number }
  | {
      readonly kind: 'lost';
      readonly class: FailureClass;
      readonly detail: string;
      readonly envelope?: Envelope;
      readonly durationMs: number;
    };

/** One worker attempt to start. `worker` names it for good: launching a name twice is harmless. */
export interface LaunchRequest {
  readonly worker: string;
  readonly attempt: number;
  /** Hash of the task document in the store. */
  readonly document: string;
  readonly timeoutMs: number;
  readonly memoryBytes: number;
}

/** Name of a worker: a function of task and attempt, unique inside its execution. */
export function workerName(task: string, attempt: number): string {
  return `${task}-${attempt}`;
}
