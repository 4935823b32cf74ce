import type { PlanTask } from '../../../plan/plan.ts';
import { canonicalJson, sha256 } from '../../../shared/canonical.ts';
import { messageOf } from '../../../shared/errors.ts';
import { codeOf, statusOf } from '../api/api-errors.ts';
import { anchorObject, ownedBy, programObject, storeObject } from '../spec/anchor.ts';
import { anchorName, contentName } from '../spec/names.ts';
import { workerJob, type JobPlace } from '../spec/job.ts';
import { askOf } from './ask.ts';
import { broken, failed, met, named, unasked, type CheckLine } from './check.ts';
import type { Ground } from './ground.ts';

/** One object that a run makes, and what the server says when it is asked to make it and to keep nothing. */
interface Trial {
  readonly what: string;
  readonly create: () => Promise<unknown>;
}

/** What a trial came to; undefined where the object was taken. */
interface Refusal {
  readonly what: string;
  readonly error: unknown;
}

const dryRun = 'All';
/** Any execution, long over: nothing of it is ever kept. */
const endsAt = 0;
/** Any owner: who owns an object is not looked up when it is made. */
const uid = '00000000-0000-0000-0000-000000000000';
const startMs = 10 * 60_000;

const needed = 'each object that a run makes, taken by schema, quota and policies';

/** Has the server judge each object that a run makes, without making it (server-side dry run). */
export async function dryRunChecks(ground: Ground): Promise<readonly CheckLine[]> {
  const trials = [...holdings(ground), ...jobs(ground)];
  const refusals = (await Promise.all(trials.map(attempt))).filter((each) => each !== undefined);
  const taken = trials.map(({ what }) => what).filter((what) => !refusals.some((each) => each.what === what));
  const summary = taken.length === 0 ? [] : [met('dry run', `the server takes ${named(taken, 4)}`, needed)];
  return [...summary, ...refusedTogether(refusals)];
}

async function attempt({ what, create }: Trial): Promise<Refusal | undefined> {
  try {
    await create();
    return undefined;
  } catch (error) {
    // One of that name is there already: an execution of it runs.
    return codeOf(error) === 409 ? undefined : { what, error };
  }
}

function holdings({ clients, wishes, execution, repository, program }: Ground): readonly Trial[] {
  const { namespace } = wishes;
  const owned = { execution, namespace, owner: ownedBy({ name: anchorName(execution), uid }) };
  const hash = sha256(canonicalJson([program.sha256, program.start]));
  const bodies = {
    anchor: anchorObject({ execution, namespace, repository, endsAt }),
    program: programObject(owned, { program, files: {}, hash }),
  };
  const secret = storeObject(owned, { address: 'redis://dry-run.invalid', hash: sha256('dry run') });
  return [
    ...Object.entries(bodies).map(([what, body]) => ({
      what: `the ${what}`,
      create: () => clients.core.createNamespacedConfigMap({ namespace, body, dryRun }),
    })),
    { what: 'the Secret', create: () => clients.core.createNamespacedSecret({ namespace, body: secret, dryRun }) },
  ];
}

/** A Job for each kind of worker and image: what else tells workers apart, no server refuses. */
function jobs({ clients, wishes, execution, program, tasks }: Ground): readonly Trial[] {
  const { namespace } = wishes;
  const place: JobPlace = {
    execution,
    namespace,
    wishes,
    owner: ownedBy({ name: anchorName(execution), uid }),
    program: { object: contentName(execution, 'worker', program.sha256), sha256: program.sha256 },
    secret: contentName(execution, 'store', sha256('dry run')),
    startMs,
    endsAt: 24 * 3_600_000,
    now: 0,
  };
  return distinct(tasks).map((task) => ({
    what: `a ${task.worker}${task.image === null ? '' : ` in ${task.image}`}`,
    create: () => clients.jobs.createNamespacedJob({ namespace, body: workerJob(askOf(task), place), dryRun }),
  }));
}

/** The one that runs longest of each kind and image: policies bound how long Jobs may run. */
function distinct(tasks: readonly PlanTask[]): readonly PlanTask[] {
  const longest = new Map<string, PlanTask>();
  for (const task of tasks) {
    const key = `${task.worker} ${task.image ?? ''}`;
    const known = longest.get(key);
    if (!known || known.timeoutMs < task.timeoutMs) longest.set(key, task);
  }
  return [...longest.values()];
}

/** What was refused for the same reason is one line. */
function refusedTogether(refusals: readonly Refusal[]): readonly CheckLine[] {
  const groups = new Map<string, { readonly error: unknown; readonly whats: string[] }>();
  for (const { what, error } of refusals) {
    const reason = reasonOf(error);
    const group = groups.get(reason) ?? { error, whats: [] };
    group.whats.push(what);
    groups.set(reason, group);
  }
  return [...groups].map(([reason, { error, whats }]) => refused(reason, whats, error));
}

function refused(reason: string, whats: readonly string[], error: unknown): CheckLine {
  const check = 'dry run';
  const what = named(whats, 4);
  if (isAboutRights(error)) return unasked(check, `${what}: not tried, since a right is missing`, needed);
  if (/exceeded quota/.test(reason))
    return unasked(check, `${what}: not tried, since a quota is full: ${reason}`, needed);
  const code = codeOf(error);
  if (code !== 400 && code !== 403 && code !== 422) return broken(check, needed, error);
  const remedy = 'Change what the plan asks for in spec.cluster, or the policy that refuses it.';
  return failed(check, { seen: `the server refuses ${what}: ${reason}`, needed, remedy });
}

/** What was refused to whom is for the lines about rights. */
function isAboutRights(error: unknown): boolean {
  return codeOf(error) === 403 && / cannot create resource /.test(statusOf(error)?.message ?? '');
}

/** The server's words, without the name of the object that they are about. */
function reasonOf(error: unknown): string {
  const message = statusOf(error)?.message ?? messageOf(error);
  return message.replace(/^.*? is (?:forbidden|invalid): /s, '');
}
