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
  const { options, stopping } = field;
  const since = performance.now();
  try {
    const never = await field.room.neverFits(request);
    if (never !== undefined) return settled(unplaced(never));
    stopping.throwIfAborted();
    const holdings = await field.prepare();
    const place = { ...options, ...holdings, now: options.now() };
    const body = workerJob(request, place, options.annotations?.(request));
    const created = await createWithin(field, request, { body, until: since + options.startMs });
    return 'job' in created ? follow(field, { request, since }, created) : settled(unplaced(created.refused));
  } catch (error) {
    if (stopping.aborted) return settled({ kind: 'lost', class: 'cancelled', detail: 'cancelled', durationMs: 0 });
    throw error;
  }
}

/** Where a worker is before the cluster has given it a node. */
const unplacedNode = 'the cluster';

type Placed = Extract<Created, { job: unknown }>;

/** Where a quota has no room for another Job, room is waited for as long as a worker may wait for its place. */
async function createWithin(
  { options, clients, times, stopping }: Field,
  { worker, task, master }: LaunchRequest,
  { body, until }: { readonly body: V1Job; readonly until: number },
): Promise<Placed | { readonly refused: string }> {
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

function follow(
  field: Field,
  { request, since }: { readonly request: LaunchRequest; readonly since: number },
  { job, adopted }: Placed,
): RunningWorker {
  const { name = '', uid = '' } = job.metadata ?? {};
  const attempt = field.take({ request, job: name, jobUid: uid, adopted, since });
  return { node: unplacedNode, adopted, outcome: field.outcomeOf(attempt) };
}

/** What the cluster says of a Job itself (its admission policy, its schema) is somebody's to fix, and no disruption. */
function refusal(error: unknown): { readonly refused: string } {
  const code = codeOf(error);
  if (code === 400 || code === 403 || code === 422) return { refused: statusOf(error)?.message ?? messageOf(error) };
  throw error;
}

function settled(outcome: Outcome): RunningWorker {
  return { node: unplacedNode, adopted: false, outcome: Promise.resolve(outcome) };
}
