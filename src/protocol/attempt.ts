import type { FailureClass } from './event.ts';
import type { Envelope } from './result.ts';
import type { MasterName, WorkerKind } from './words.ts';

/**
 * What ended an attempt from outside, as far as it was seen. `unknown`: that it ended so was seen, or that it is gone,
 * but not why.
 */
export const disruptionCauses = [
  'evicted',
  'preempted',
  'drained',
  'node-lost',
  'node-shutdown',
  'out-of-memory',
  'deleted',
  'not-started',
  'unknown',
] as const;
export type DisruptionCause = (typeof disruptionCauses)[number];

/** What became of a worker attempt, as its launcher tells the master. */
export type Outcome =
  | { readonly kind: 'returned'; readonly envelope: Envelope; readonly durationMs: number }
  | {
      readonly kind: 'lost';
      readonly class: FailureClass;
      /** With the classes `disruption` and `out-of-memory`. */
      readonly cause?: DisruptionCause;
      readonly detail: string;
      /** What to do, where the launcher knows. */
      readonly hint?: string;
      readonly envelope?: Envelope;
      readonly durationMs: number;
    };

/** One worker attempt to start. `worker` names it for good: launching a name twice is harmless. */
export interface LaunchRequest {
  readonly worker: string;
  readonly task: string;
  readonly master: MasterName;
  readonly kind: WorkerKind;
  readonly capability: string;
  readonly attempt: number;
  /** Hash of the task document in the store. */
  readonly document: string;
  readonly timeoutMs: number;
  readonly memoryBytes: number;
  readonly cpuMillicores: number;
  readonly diskBytes: number;
  /** Node that the plan wants it on, and image that it names for it; null where it says nothing. */
  readonly node: string | null;
  readonly image: string | null;
  /** Set in a rehearsal: how the worker will end, and after how long. */
  readonly rehearsal: { readonly envelope: Envelope; readonly durationMs: number } | null;
}

/** What a launcher saw of a worker between its start and its end. */
export type LaunchNotice =
  | {
      readonly of: 'placed';
      readonly worker: string;
      readonly task: string;
      readonly master: MasterName;
      readonly pod: string;
      readonly node: string;
    }
  /** It has no place yet, for the reason that the cluster gives. */
  | {
      readonly of: 'waiting';
      readonly worker: string;
      readonly task: string;
      readonly master: MasterName;
      readonly reason: WaitingReason;
      readonly detail: string;
    }
  /** The watch broke off, and what happened meanwhile is only known once it is back. */
  | { readonly of: 'watch-lost'; readonly detail: string }
  | { readonly of: 'watch-restored'; readonly gapMs: number };

/** Why a worker has no place yet. */
export const waitingReasons = ['quota', 'unschedulable', 'image', 'policy', 'queue', 'other'] as const;
export type WaitingReason = (typeof waitingReasons)[number];

/** Name of a worker: a function of task and attempt, unique inside its execution. */
export function workerName(task: string, attempt: number): string {
  return `${task}-${attempt}`;
}
