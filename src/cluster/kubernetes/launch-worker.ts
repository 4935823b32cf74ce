import type { V1Job } from '@kubernetes/client-node';
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
  const { options, stopping } = field;
  const holdings = await field.prepare();
  const body = workerJob(request, { ...options, ...holdings }, await options.annotations?.(request));
  try {
    const created = await createWithin(field, request, body);
    return 'job' in created ? follow(field, request, created) : settled(unplaced(created.refused), field);
  } catch (error) {
    if (stopping.aborted)
      return settled({ kind: 'lost', class: 'cancelled', detail: 'cancelled', durationMs: 0 }, field);
    throw error;
  }
}

type Placed = Extract<Created, { job: unknown }>;

/** Where a quota has no room for another Job, room is waited for as long as a worker may wait for its place. */
async function createWithin(
  { options, clients, times, stopping }: Field,
  { worker, task, master }: LaunchRequest,
  body: V1Job,
): Promise<Placed | { readonly refused: string }> {
  const until = performance.now() + options.startMs;
  let said = '';
  for (;;) {
    stopping.throwIfAborted();
    const created = await createOrAdopt(clients, body, stopping).catch(refusal);
    if (!('full' in created)) return created;
    const detail = created.full.slice(0, 1000);
    if (detail !== said) options.onNotice?.({ of: 'waiting', worker, task, master, reason: 'quota', detail });
    said = detail;
    if (performance.now() > until) return { refused: created.full };
    await pause(times.tendMs, stopping);
  }
}

function follow(field: Field, request: LaunchRequest, { job, adopted }: Placed): RunningWorker {
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
