import type { V1Job } from '@kubernetes/client-node';
import { outside, problem } from '../../shared/errors.ts';
import { pause } from '../../shared/pause.ts';
import { ifThere, isBusyQuota, statusOf } from './api/api-errors.ts';
import type { TypedClients } from './api/typed-clients.ts';
import { key } from './spec/names.ts';

/** What creating a Job came to. `full`: a quota on Jobs has no room now. */
export type Created = { readonly job: V1Job; readonly adopted: boolean } | { readonly full: string };

/** A Job that is being deleted is waited for that long, in ms. */
const goingMs = 60_000;
const pollMs = 250;

/**
 * Creates a Job, or adopts the one of that name if it is the same. Its name is a function of the attempt, so that an
 * answer that was lost on the way is found again as a conflict. Throws `job-differs` and the door's own errors.
 */
export async function createOrAdopt(clients: TypedClients, body: V1Job, signal: AbortSignal): Promise<Created> {
  const namespace = body.metadata?.namespace ?? '';
  const name = body.metadata?.name ?? '';
  const until = performance.now() + goingMs;
  for (;;) {
    const created = await tryCreate(clients, namespace, body);
    if (created !== 'exists') return created;
    const found = await readJob(clients, namespace, name);
    if (found && !found.metadata?.deletionTimestamp) return { job: checked(found, body), adopted: true };
    if (performance.now() > until) throw stuck(name);
    await pause(pollMs, signal);
  }
}

async function tryCreate(clients: TypedClients, namespace: string, body: V1Job): Promise<Created | 'exists'> {
  try {
    return { job: await clients.jobs.createNamespacedJob({ namespace, body }), adopted: false };
  } catch (error) {
    const status = statusOf(error);
    if (status?.code === 409 && status.reason === 'AlreadyExists') return 'exists';
    if (isBusyQuota(status)) return { full: status?.message ?? '' };
    throw error;
  }
}

/** The Job of that name, or undefined where there is none. */
export async function readJob(clients: TypedClients, namespace: string, name: string): Promise<V1Job | undefined> {
  return ifThere(clients.jobs.readNamespacedJob({ namespace, name }));
}

function checked(found: V1Job, wanted: V1Job): V1Job {
  const theirs = found.metadata?.annotations?.[key.spec];
  const ours = wanted.metadata?.annotations?.[key.spec];
  if (theirs === ours) return found;
  const name = found.metadata?.name ?? '';
  throw problem(
    'job-differs',
    `The cluster has another Job named ${name}: its spec is ${theirs ?? 'unmarked'}, not ${ours ?? ''}`,
    {
      hint: 'It is of another version of Cortex, of other settings, or not of Cortex. Run `cortex gc`, or start a fresh execution.',
    },
  );
}

function stuck(name: string): Error {
  return outside('job-stuck', `The Job ${name} is being deleted for more than ${goingMs / 1000} s`, {
    hint: `Find out what holds it: kubectl describe job ${name}.`,
  });
}
