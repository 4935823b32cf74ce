import type { MasterName, PhaseName } from '../protocol/words.ts';
import { compareText } from '../shared/canonical.ts';
import type { ExecutionState, MasterState, PhaseState, WorkerState } from './execution-state.ts';

/** When something of an execution went on, in milliseconds since the epoch; no end while it still does. */
export interface Span {
  readonly startMs: number;
  readonly endMs: number | null;
  readonly status: 'running' | 'done' | 'failed';
}

export type TimelineEntry = Span &
  (
    | { readonly kind: 'phase'; readonly name: PhaseName }
    | { readonly kind: 'master'; readonly name: MasterName }
    | {
        readonly kind: 'worker';
        readonly name: string;
        readonly master: MasterName;
        readonly task: string;
        readonly attempt: number;
      }
  );

const kindRank = { phase: 0, master: 1, worker: 2 } as const;

/** All that has started in an execution, by start; what has not started has no entry. */
export function timelineOf(state: ExecutionState): readonly TimelineEntry[] {
  const entries = [
    ...[...state.phases].map(([name, phase]) => phaseEntry(name, phase)),
    ...[...state.masters.values()].map(masterEntry),
    ...[...state.workers.values()].map(workerEntry),
  ];
  return sortTimeline(entries.filter((entry) => entry !== undefined));
}

/** By start; of what starts together phases come first, then masters, then workers, each by name. */
export function sortTimeline(entries: readonly TimelineEntry[]): readonly TimelineEntry[] {
  return [...entries].sort(
    (a, b) => a.startMs - b.startMs || kindRank[a.kind] - kindRank[b.kind] || compareText(a.name, b.name),
  );
}

/** The span between two ISO 8601 times, or undefined where it has no readable start. */
export function spanBetween(start: string | null, end: string | null, status: Span['status']): Span | undefined {
  const startMs = Date.parse(start ?? '');
  const endMs = Date.parse(end ?? '');
  return Number.isNaN(startMs) ? undefined : { startMs, endMs: Number.isNaN(endMs) ? null : endMs, status };
}

function phaseEntry(name: PhaseName, phase: PhaseState): TimelineEntry | undefined {
  const span = spanBetween(phase.startedAt, phase.endedAt ?? null, phase.endedAt ? 'done' : 'running');
  return span && { kind: 'phase', name, ...span };
}

function masterEntry(master: MasterState): TimelineEntry | undefined {
  const status = { pending: 'running', active: 'running', reported: 'done', failed: 'failed' } as const;
  const span = spanBetween(master.activatedAt ?? null, master.reportedAt ?? null, status[master.status]);
  return span && { kind: 'master', name: master.name, ...span };
}

function workerEntry(held: WorkerState): TimelineEntry | undefined {
  const { worker: name, master, task, attempt } = held;
  const status = { running: 'running', completed: 'done', failed: 'failed' } as const;
  const span = spanBetween(held.startedAt, held.endedAt ?? null, status[held.status]);
  return span && { kind: 'worker', name, master, task, attempt, ...span };
}
