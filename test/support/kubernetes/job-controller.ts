import { jobPod } from './job-pod.ts';
import { judgePods, type JobEnd } from './job-ending.ts';
import {
  apiTime,
  hasCondition,
  placeOf,
  setCondition,
  type Condition,
  type Job,
  type Place,
  type Pod,
} from './objects.ts';
import { Refusal } from './status.ts';
import type { World } from './world.ts';

/** Makes the pods of Jobs, counts how they end, and ends what is over its deadline. */
export function runJobController(world: World): void {
  const waiting = new Map<string, () => void>();
  const sync = (place: Place): void => {
    const key = `${place.namespace}/${place.name}`;
    waiting.get(key)?.();
    waiting.delete(key);
    const againMs = syncJob(world, place);
    if (againMs !== undefined)
      waiting.set(
        key,
        world.later(againMs, () => sync(place)),
      );
  };
  world.store.onChange(({ plural, object }) => {
    const owner = object.metadata.ownerReferences?.find(({ kind, controller }) => kind === 'Job' && controller);
    const name = plural === 'jobs' ? object.metadata.name : plural === 'pods' ? owner?.name : undefined;
    if (name !== undefined) {
      const place = { namespace: object.metadata.namespace ?? '', name };
      queueMicrotask(() => world.act(() => sync(place)));
    }
  });
}

/** One look at a Job. Returns after how many ms another is due, whatever changes until then. */
function syncJob(world: World, place: Place): number | undefined {
  const { store, now, pace } = world;
  const job = store.get('jobs', place);
  if (!job || job.metadata.deletionTimestamp) return undefined;
  if (isFinished(job)) return expire(world, job);
  const pods = podsOf(world, job);
  const end = judgePods(job, pods) ?? deadlineOf(world, job);
  if (end) return finish(world, job, { pods, end });
  if (job.spec.suspend) {
    for (const pod of pods) world.verbs.remove('pods', placeOf(pod));
    store.update('jobs', place, ({ status }) => void delete status.startTime);
    sayHeld(world, job, { status: 'True', reason: 'JobSuspended', message: 'Job suspended' });
    count(world, job);
    return undefined;
  }
  if (hasCondition(job.status, 'Suspended')) {
    sayHeld(world, job, { status: 'False', reason: 'JobResumed', message: 'Job resumed' });
  }
  store.update('jobs', place, ({ status }) => (status.startTime ??= apiTime(now())));
  const isShort = pods.length === 0;
  const isMade = !isShort || makePod(world, job);
  count(world, job);
  const limitMs = (job.spec.activeDeadlineSeconds ?? Infinity) * pace.secondMs;
  const leftMs = Math.max(1, startOf(store.get('jobs', place), now()) + limitMs - now());
  const soonestMs = Math.min(isMade ? Infinity : pace.retryMs, leftMs);
  return Number.isFinite(soonestMs) ? soonestMs : undefined;
}

function sayHeld({ store, now }: World, job: Job, told: Pick<Condition, 'status' | 'reason' | 'message'>): void {
  const at = apiTime(now());
  store.update('jobs', placeOf(job), ({ status }) => {
    const condition = { type: 'Suspended', lastProbeTime: at, lastTransitionTime: at, ...told };
    if (status.conditions?.find(({ type }) => type === 'Suspended')?.status === told.status) return;
    status.conditions = setCondition(status.conditions, condition);
  });
}

function podsOf({ store }: World, job: Job): Pod[] {
  return store
    .list('pods', job.metadata.namespace)
    .filter(({ metadata }) => metadata.ownerReferences?.some(({ uid }) => uid === job.metadata.uid));
}

function makePod(world: World, job: Job): boolean {
  const by = 'job-controller';
  try {
    const pod = world.verbs.create('pods', jobPod(world.store, job));
    world.tell({
      about: job,
      type: 'Normal',
      reason: 'SuccessfulCreate',
      message: `Created pod: ${pod.metadata.name}`,
      by,
    });
    return true;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    world.tell({
      about: job,
      type: 'Warning',
      reason: 'FailedCreate',
      message: `Error creating: ${error.message}`,
      by,
    });
    return false;
  }
}

function count(world: World, job: Job): void {
  const pods = podsOf(world, job);
  const living = pods.filter(({ status }) => status.phase === 'Pending' || status.phase === 'Running');
  const leaving = living.filter(({ metadata }) => metadata.deletionTimestamp !== undefined);
  const ready = living.filter(({ status }) => hasCondition(status, 'Ready'));
  world.store.update('jobs', placeOf(job), ({ status }) => {
    const active = living.length - leaving.length;
    if (active > 0) status.active = active;
    else delete status.active;
    status.ready = ready.length;
    status.terminating = leaving.length;
  });
}

function deadlineOf({ now, pace }: World, job: Job): JobEnd | undefined {
  const limit = job.spec.activeDeadlineSeconds;
  if (limit === undefined || job.spec.suspend || !job.status.startTime) return undefined;
  if (now() < startOf(job, now()) + limit * pace.secondMs) return undefined;
  const message = 'Job was active longer than specified deadline';
  return { type: 'Failed', reason: 'DeadlineExceeded', message };
}

/** Start times are kept in whole seconds. */
function startOf(job: Job | undefined, now: number): number {
  return job?.status.startTime ? Date.parse(job.status.startTime) : now;
}

/** Names the coming end, waits until nothing of the Job runs any more, then ends it. */
function finish(
  world: World,
  job: Job,
  { pods, end }: { readonly pods: readonly Pod[]; readonly end: JobEnd },
): number | undefined {
  const { store, verbs, now } = world;
  const at = apiTime(now());
  const mark = (type: string): void => {
    store.update('jobs', placeOf(job), ({ status }) => {
      const { reason, message } = end;
      const condition = { type, status: 'True', reason, message, lastTransitionTime: at, lastProbeTime: at } as const;
      status.conditions = setCondition(status.conditions, condition);
    });
  };
  if (!hasCondition(job.status, end.forerunner ?? 'FailureTarget')) mark(end.forerunner ?? 'FailureTarget');
  const living = pods.filter(({ status }) => status.phase !== 'Succeeded' && status.phase !== 'Failed');
  for (const pod of living) verbs.remove('pods', placeOf(pod));
  count(world, job);
  if (podsOf(world, job).some(({ status }) => status.phase !== 'Succeeded' && status.phase !== 'Failed'))
    return undefined;
  store.update('jobs', placeOf(job), ({ status }) => {
    if (end.type === 'Complete') Object.assign(status, { succeeded: 1, completionTime: at });
    else if (pods.length > 0) status.failed = pods.length;
  });
  mark(end.type);
  const [type, reason] =
    end.type === 'Complete' ? (['Normal', 'Completed'] as const) : (['Warning', end.reason] as const);
  world.tell({
    about: job,
    type,
    reason,
    message: end.type === 'Complete' ? 'Job completed' : end.message,
    by: 'job-controller',
  });
  return undefined;
}

function isFinished({ status }: Job): boolean {
  return hasCondition(status, 'Complete') || hasCondition(status, 'Failed');
}

/** Removes a finished Job, pods and all, when its time to live is over. */
function expire(world: World, job: Job): number | undefined {
  const lifeSeconds = job.spec.ttlSecondsAfterFinished;
  if (lifeSeconds === undefined) return undefined;
  const ended = job.status.conditions?.find(({ type }) => type === 'Complete' || type === 'Failed')?.lastTransitionTime;
  const leftMs = Date.parse(ended ?? '') + lifeSeconds * world.pace.secondMs - world.now();
  if (leftMs > 0) return leftMs;
  world.verbs.remove('jobs', placeOf(job), { propagation: 'Background' });
  return undefined;
}
