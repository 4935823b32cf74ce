import type { LaunchRequest, Outcome } from '../../protocol/attempt.ts';
import { messageOf } from '../../shared/errors.ts';
import { pause } from '../../shared/pause.ts';
import type { RunningWorker } from '../launcher.ts';
import { codeOf, statusOf } from './api/api-errors.ts';
import { unplaced } from './attempt.ts';
import { createOrAdopt, type Created } from './create-job.ts';
import type { Field } from './field.ts';
import { workerJob } from './spec/job.ts';

/** Starts an attempt, or adopts what an earlier process left of it. A worker that can't have a place is told so at once. */
export async function launchWorker(field: Field, request: LaunchRequest): Promise<RunningWorker> {
  const never = await field.room.neverFits(request);
  if (never !== undefined) return settled(unplaced(never), field);
  const { options, clients, stopping } = field;
  const holdings = await field.prepare();
  const body = workerJob(request, { ...options, ...holdings }, await options.annotations?.(request));
  const until = performance.now() + options.startMs;
  for (;;) {
    stopping.throwIfAborted();
    const created = await createOrAdopt(clients, body, stopping).catch(refusal);
    if ('refused' in created) return settled(unplaced(created.refused), field);
    if ('job' in created) return follow(field, request, created);
    const { worker, task, master } = request;
    options.onNotice?.({ of: 'waiting', worker, task, master, reason: 'quota', detail: created.full.slice(0, 1000) });
    if (performance.now() > until) return settled(unplaced(created.full), field);
    await pause(field.times.tendMs, stopping);
  }
}

function follow(
  field: Field,
  request: LaunchRequest,
  { job, adopted }: Extract<Created, { job: unknown }>,
): RunningWorker {
  const attempt = field.take({ request, job: job.metadata?.name ?? '', jobUid: job.metadata?.uid ?? '', adopted });
  return { node: field.options.namespace, adopted, outcome: field.outcomeOf(attempt) };
}

/** What the cluster says of a Job itself (its admission policy, its schema) is somebody's to fix, and no disruption. */
function refusal(error: unknown): { readonly refused: string } {
  const code = codeOf(error);
  if (code === 400 || code === 403 || code === 422) return { refused: statusOf(error)?.message ?? messageOf(error) };
  throw error;
}

function settled(outcome: Outcome, { options }: Field): RunningWorker {
  return { node: options.namespace, adopted: false, outcome: Promise.resolve(outcome) };
}
