import { foldEvents } from '../../execution/state.ts';
import { parsePlan } from '../../plan/parse.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Event } from '../../protocol/event.ts';
import type { Report } from '../../protocol/report.ts';
import type { Aggregate } from '../../report/aggregate.ts';
import { publishable } from '../../report/publishable.ts';
import { problem } from '../../shared/errors.ts';
import { storedReport, type StoredExecution } from '../commands/stored-execution.ts';
import { joinResults } from '../run/conclude.ts';
import { concludeSoFar } from '../run/conclude-so-far.ts';

/** What is published of an execution, and the plan whose policies hold for it. */
export interface Publishing {
  readonly report: Report;
  readonly plan: Plan;
  readonly aggregate: Aggregate;
  readonly events: readonly Event[];
}

/**
 * Reads what an execution has to publish, from its log, its artefacts and its report. Throws `no-report`, `simulated-run`,
 * `plan-outdated`.
 */
export async function gather(stored: StoredExecution): Promise<Publishing> {
  const read = storedReport(stored);
  const report = publishable(read, read);
  return { report, plan: await planOf(stored), aggregate: await aggregateOf(stored), events: stored.events };
}

/** Of an execution that has not come to its end, what its log shows so far. */
async function aggregateOf({ id, events, blobs }: StoredExecution): Promise<Aggregate> {
  const state = foldEvents(id, events);
  return state.criteria ? joinResults(state, blobs) : (await concludeSoFar(id, events, blobs)).joined;
}

async function planOf({ id, events, blobs }: StoredExecution): Promise<Plan> {
  const started = events.find((event) => event.type === 'execution.started')?.data;
  const text = started && Buffer.from(await blobs.getBlob(started.plan.blob)).toString('utf8');
  const parsed = text === undefined ? undefined : parsePlan(text, started?.plan.file ?? '');
  if (parsed && 'plan' in parsed) return parsed.plan;
  throw problem('plan-outdated', `The plan of ${id} is not valid for this version of Cortex`, {
    hint: 'Publish it with the version that ran it.',
  });
}
