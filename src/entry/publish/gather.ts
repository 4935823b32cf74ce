import { foldEvents } from '../../execution/state.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Event } from '../../protocol/event.ts';
import type { Report } from '../../protocol/report.ts';
import type { Aggregate } from '../../report/aggregate.ts';
import { publishable } from '../../report/publishable.ts';
import { problem } from '../../shared/errors.ts';
import { storedReport, type StoredExecution } from '../commands/stored-execution.ts';
import { joinResults } from '../run/conclude.ts';
import { concludeSoFar } from '../run/conclude-so-far.ts';
import { planOfLog } from '../run/plan-of-log.ts';

/** What is published of an execution, and the plan whose policies hold for it. */
export interface Publishing {
  readonly report: Report;
  readonly plan: Plan;
  /** Of the plan, computed from its text. */
  readonly digest: string;
  readonly aggregate: Aggregate;
  readonly events: readonly Event[];
}

/**
 * Reads what an execution has to publish, from its log, its artefacts and its report. Throws `no-report`, `simulated-run`,
 * `plan-outdated`, `plan-differs`.
 */
export async function gather(stored: StoredExecution): Promise<Publishing> {
  const read = storedReport(stored);
  const report = publishable(read, read);
  const { plan, digest } = await planOf(stored);
  return { report, plan, digest, aggregate: await aggregateOf(stored), events: stored.events };
}

/** Of an execution that has not come to its end, what its log shows so far. */
async function aggregateOf({ id, events, blobs }: StoredExecution): Promise<Aggregate> {
  const state = foldEvents(id, events);
  return state.criteria ? joinResults(state, blobs) : (await concludeSoFar(id, events, blobs)).joined;
}

function planOf({ id, events, blobs }: StoredExecution): ReturnType<typeof planOfLog> {
  const started = events.find((event) => event.type === 'execution.started')?.data;
  if (started) return planOfLog(id, started.plan, blobs.getBlob);
  throw problem('nothing-to-publish', `${id} has not started`, { hint: 'Publish an execution that has run.' });
}
