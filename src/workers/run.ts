import type { Workspace } from '../checks/workspace.ts';
import { capabilityCard } from '../protocol/capabilities.ts';
import { noUsage, type Envelope, type Result, resultSchema, type ResultStatus } from '../protocol/result.ts';
import { taskSchema, type Task } from '../protocol/task.ts';
import { workerExit } from '../protocol/words.ts';
import { historySchema } from '../protocol/workspace.ts';
import { canonicalJson } from '../shared/canonical.ts';
import { CortexError, messageOf, problem } from '../shared/errors.ts';
import { kinds } from './kinds/registry.ts';
import { pause } from '../shared/pause.ts';
import { openWorkspace } from './open-workspace.ts';
import { commandRunner } from './private-copy.ts';
import { evidenceKeeper, failedResult, toResult } from './publish.ts';
import type { Work, WorkContext } from './work.ts';

/** What a worker may reach. */
export interface WorkerDoors {
  readonly putBlob: (content: string) => Promise<string>;
  readonly getBlob: (hash: string) => Promise<Uint8Array>;
  /** Leaves the envelope where the launcher reads it. */
  readonly leaveEnvelope: (envelope: Envelope) => void;
  readonly resources: () => Envelope['resources'];
  readonly mask: (text: string) => string;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
  readonly temporary: string;
  readonly path: string;
}

export interface WorkerOrder {
  readonly worker: string;
  /** Hash of the task document. */
  readonly document: string;
}

/** A worker's run. Returns its exit code; whatever happens, it leaves an envelope that says so. */
export async function runWorker(order: WorkerOrder, doors: WorkerDoors): Promise<number> {
  let task: Task | undefined;
  try {
    task = await fetchTask(order.document, doors);
    if (task.rehearsal) return await finish({ order, task, doors }, await rehearse(task.rehearsal, doors));
    const workspace = await openWorkspace(task.workspace, doors.getBlob);
    const evidence = evidenceKeeper(doors.putBlob, doors.mask);
    const work = await perform(task, await workContext({ task, workspace, keepEvidence: evidence.keep }, doors));
    const result = toResult(work, { workspace, evidence: evidence.kept.values(), mask: doors.mask });
    return await finish({ order, task, doors }, result);
  } catch (error) {
    return finish({ order, task, doors }, failedResult(describeError(error, doors.mask)), exitCodeOf(error));
  }
}

async function fetchTask(document: string, doors: WorkerDoors): Promise<Task> {
  const parsed = taskSchema.safeParse(JSON.parse(Buffer.from(await doors.getBlob(document)).toString('utf8')));
  if (parsed.success) return parsed.data;
  throw problem('bad-task', `The task document is not one that this worker understands: ${parsed.error.message}`, {
    hint: 'Masters and workers must be of one version of Cortex.',
  });
}

/** In a rehearsal a worker takes its time, looks at nothing, and returns what was laid out for it. */
async function rehearse({ result, durationMs }: NonNullable<Task['rehearsal']>, doors: WorkerDoors): Promise<Result> {
  await pause(durationMs, doors.signal);
  return resultSchema.parse(await readJson(doors, result));
}

async function perform(task: Task, context: WorkContext<unknown>): Promise<Work> {
  const card = capabilityCard(task.kind, task.capability);
  const implementation = (
    kinds[task.kind] as Record<string, ((context: WorkContext<unknown>) => Promise<Work>) | undefined>
  )[task.capability];
  if (!card || !implementation) {
    throw problem(
      'bad-task',
      `${task.kind} has no capability ${JSON.stringify(task.capability)} that works without a model`,
      {
        hint: `It has ${Object.keys(kinds[task.kind]).join(', ')}.`,
      },
    );
  }
  const inputs = card.inputs.safeParse(task.inputs);
  if (inputs.success) return implementation({ ...context, inputs: inputs.data });
  throw problem('bad-task', `The inputs of ${task.task} do not fit ${task.capability}: ${inputs.error.message}`, {
    hint: 'Correct the inputs in the plan; `cortex validate` shows the place.',
  });
}

async function workContext(
  given: {
    readonly task: Task;
    readonly workspace: Workspace;
    readonly keepEvidence: WorkContext<unknown>['keepEvidence'];
  },
  doors: WorkerDoors,
): Promise<WorkContext<unknown>> {
  const { task, workspace } = given;
  return {
    ...given,
    inputs: undefined,
    history: async () => historySchema.parse(await readJson(doors, requireHistory(task))),
    upstream: await Promise.all(task.upstream.map((need) => readUpstream(need, doors))),
    runCommand: commandRunner({ workspace, temporary: doors.temporary, path: doors.path, signal: doors.signal }),
    log: doors.log,
    signal: doors.signal,
  };
}

async function readUpstream(
  need: Task['upstream'][number],
  doors: WorkerDoors,
): Promise<{ task: string; capability: string; result: Result }> {
  return {
    task: need.task,
    capability: need.capability,
    result: resultSchema.parse(await readJson(doors, need.result)),
  };
}

function requireHistory(task: Task): string {
  if (task.history !== undefined) return task.history;
  throw problem('bad-task', `${task.capability} needs the history, and the task ${task.task} brings none`, {
    hint: 'Masters and workers must be of one version of Cortex.',
  });
}

async function readJson(doors: WorkerDoors, hash: string): Promise<unknown> {
  return JSON.parse(Buffer.from(await doors.getBlob(hash)).toString('utf8'));
}

async function finish(
  run: { readonly order: WorkerOrder; readonly task: Task | undefined; readonly doors: WorkerDoors },
  result: Result,
  exitCode: number = exitOf(result.status),
): Promise<number> {
  const { order, task, doors } = run;
  const hash = await doors.putBlob(canonicalJson(result)).catch(() => null);
  const code = hash === null ? workerExit.noAccess : exitCode;
  doors.leaveEnvelope({
    v: 1,
    worker: order.worker,
    attempt: task?.attempt ?? 1,
    status: result.status,
    exitCode: code,
    result: hash,
    usage: result.usage ?? noUsage,
    resources: doors.resources(),
    ...(result.error ? { error: { code: result.error.code, message: result.error.message.slice(0, 600) } } : {}),
  });
  doors.log(`${result.status}: ${result.summary}`);
  return code;
}

function exitOf(status: ResultStatus): number {
  return status === 'failed' ? workerExit.bug : status === 'refused' ? workerExit.refused : workerExit.done;
}

const exitByCode: Readonly<Record<string, number>> = {
  'bad-task': workerExit.badTask,
  'budget-spent': workerExit.budgetSpent,
  'blob-missing': workerExit.noAccess,
};

function exitCodeOf(error: unknown): number {
  if (!(error instanceof CortexError)) return workerExit.bug;
  const known = exitByCode[error.code];
  if (known !== undefined) return known;
  if (error.family === 'outside') return error.retryable ? workerExit.tryAgain : workerExit.noAccess;
  return error.family === 'problem' ? workerExit.refused : workerExit.bug;
}

function describeError(
  error: unknown,
  mask: (text: string) => string,
): { code: string; message: string; hint: string } {
  if (error instanceof CortexError)
    return { code: error.code, message: mask(error.message).slice(0, 2000), hint: mask(error.hint) };
  const place = error instanceof Error ? (error.stack ?? '').split('\n')[1]?.trim() : undefined;
  return {
    code: 'worker-bug',
    message: mask(`${messageOf(error)} ${place ?? ''}`.trim()).slice(0, 2000),
    hint: 'This is a defect of Cortex. Please file it with the worker’s log.',
  };
}
