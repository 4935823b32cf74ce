import { foldEvents } from '../../execution/state.ts';
import type { ExecutionState } from '../../execution/execution-state.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Event, NewEvent } from '../../protocol/event.ts';
import { problem } from '../../shared/errors.ts';
import { sha256 } from '../../shared/canonical.ts';
import type { Aggregate } from '../../report/aggregate.ts';
import { aggregateDocument, blobIfThere, joinResults, judgeCriteria, type ReadBlobs } from './conclude.ts';
import { planOfLog } from './plan-of-log.ts';
import { runEvent } from './run-event.ts';

/** What can be said of an execution that has not come to its criteria. */
export interface SoFar {
  /** The log, with aggregate and criteria as they would be if it ended here. Nothing of this is written to any log. */
  readonly events: readonly Event[];
  readonly joined: Aggregate;
  /** Completed tasks whose result is nowhere to be found. */
  readonly missing: readonly string[];
}

/** Judges an execution by what its log shows so far, and by the results that are still there. Throws `not-started`. */
export async function concludeSoFar(id: string, events: readonly Event[], blobs: ReadBlobs): Promise<SoFar> {
  const state = foldEvents(id, events);
  const plan = await planOf(state, blobs);
  const missing = await missingResults(state, blobs);
  const joined = await joinResults(without(state, missing), blobs);
  const aggregated = asKept(
    events,
    runEvent('results.aggregated', { totals: joined.totals, document: sha256(aggregateDocument(joined)) }),
  );
  const judged = judgeCriteria(plan, foldEvents(id, aggregated));
  return { events: asKept(aggregated, runEvent('criteria.evaluated', { criteria: [...judged] })), joined, missing };
}

async function planOf(state: ExecutionState, blobs: ReadBlobs): Promise<Plan> {
  if (!state.started) throw notStarted(state.id);
  return (await planOfLog(state.id, state.started.plan, blobs.getBlob)).plan;
}

async function missingResults(state: ExecutionState, blobs: ReadBlobs): Promise<readonly string[]> {
  const done = [...state.tasks.values()].filter((task) => task.result !== undefined);
  const found = await Promise.all(done.map((task) => blobIfThere(task.result ?? '', blobs)));
  return done.filter((_, index) => !found[index]).map((task) => task.declared.id);
}

/** Tasks that are complete by the log, and whose result is lost, are joined as if they had brought none. */
function without(state: ExecutionState, missing: readonly string[]): ExecutionState {
  const tasks = new Map(state.tasks);
  for (const id of missing) {
    const task = tasks.get(id);
    if (task) tasks.set(id, { ...task, status: 'failed' });
  }
  return { ...state, tasks };
}

function asKept(events: readonly Event[], next: NewEvent): readonly Event[] {
  const last = events.at(-1);
  return [...events, { v: 1, seq: (last?.seq ?? 0) + 1, at: last?.at ?? '', ...next } as Event];
}

function notStarted(id: string): Error {
  return problem('not-started', `${id} has not started: there is nothing to report`, {
    hint: 'Run a plan first.',
  });
}
