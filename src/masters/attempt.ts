import type { PlanTask } from '../plan/plan.ts';
import { capabilityCard } from '../protocol/capabilities.ts';
import type { NewEvent } from '../protocol/event.ts';
import { noUsage, resultSchema, totalTokens, type Envelope, type Result, type Usage } from '../protocol/result.ts';
import type { Task } from '../protocol/task.ts';
import type { MasterName } from '../protocol/words.ts';
import { canonicalJson } from '../shared/canonical.ts';
import { CortexError, messageOf } from '../shared/errors.ts';
import { workerName, type LaunchRequest, type Outcome } from '../protocol/attempt.ts';
import { fenceOf, type MasterContext } from './context.ts';
import { rehearse, type Rehearsal } from './rehearse.ts';

/** A task under a master that owns it. */
export interface OwnedTask {
  readonly task: PlanTask;
  readonly master: MasterName;
}

export type AttemptResult =
  | { readonly ok: true; readonly worker: string; readonly hash: string; readonly result: Result }
  | {
      readonly ok: false;
      readonly worker: string;
      readonly lost: Extract<Outcome, { kind: 'lost' }>;
      readonly hint: string;
    };

/** Runs one attempt to its end: launch (or adopt), settle, check the result. Books and events are written on the way. */
export async function runAttempt(owned: OwnedTask, attempt: number, context: MasterContext): Promise<AttemptResult> {
  const worker = workerName(owned.task.id, attempt);
  const rehearsal = await rehearse({ ...owned, attempt }, context);
  const document = await context.store.putBlob(
    canonicalJson(await taskDocument(owned, attempt, { context, rehearsal })),
  );
  const start: Launch = { owned, attempt, worker, document, rehearsal };
  await context.board.write(launched(start, context));
  const outcome = await launch(start, context);
  await settle(owned, worker, { usage: usageOf(outcome), context });
  return judgeOutcome({ owned, attempt, worker }, outcome, context);
}

interface Launch {
  readonly owned: OwnedTask;
  readonly attempt: number;
  readonly worker: string;
  readonly document: string;
  readonly rehearsal: Rehearsal | undefined;
}

/** A worker that could not be started, or whose end could not be seen, is lost like one that was ended from outside. */
async function launch(start: Launch, context: MasterContext): Promise<Outcome> {
  context.signal.throwIfAborted();
  try {
    return await (
      await context.launcher.launch(launchRequest(start))
    ).outcome;
  } catch (error) {
    return unlaunched(error);
  }
}

/** What somebody has to set right would be as wrong for the next attempt, and is no disruption. */
function unlaunched(error: unknown): Outcome {
  const detail = messageOf(error);
  if (!(error instanceof CortexError) || error.family !== 'problem') {
    return { kind: 'lost', class: 'disruption', cause: 'unknown', detail, durationMs: 0 };
  }
  const kind = error.code === 'execution-cancelled' ? 'cancelled' : 'refused';
  return { kind: 'lost', class: kind, detail: `${error.code}: ${detail}`, hint: error.hint, durationMs: 0 };
}

function launchRequest({ owned, attempt, worker, document, rehearsal }: Launch): LaunchRequest {
  const { task, master } = owned;
  return {
    worker,
    task: task.id,
    master,
    kind: task.worker,
    capability: task.capability,
    attempt,
    document,
    timeoutMs: task.timeoutMs,
    ...task.resources,
    node: task.node,
    image: task.image,
    rehearsal: rehearsal ?? null,
  };
}

/** Everything the worker may know. Deterministic but for the attempt: a resumed run writes the same document. */
async function taskDocument(
  owned: OwnedTask,
  attempt: number,
  { context, rehearsal }: { readonly context: MasterContext; readonly rehearsal: Rehearsal | undefined },
): Promise<Task> {
  const { task, master } = owned;
  const card = capabilityCard(task.worker, task.capability);
  return {
    v: 1,
    execution: context.execution,
    master,
    task: task.id,
    attempt,
    kind: task.worker,
    capability: task.capability,
    goal: task.goal,
    inputs: task.inputs as Task['inputs'],
    workspace: context.workspace,
    ...(card?.needsHistory ? { history: await context.history() } : {}),
    upstream: task.needs.map((id) => upstreamOf(id, context)),
    ...(rehearsal?.envelope.result
      ? { rehearsal: { result: rehearsal.envelope.result, durationMs: rehearsal.durationMs } }
      : {}),
    limits: {
      timeoutMs: task.timeoutMs,
      memoryBytes: task.resources.memoryBytes,
      tokens: task.tokens,
      microDollars: task.microDollars,
    },
  };
}

function upstreamOf(id: string, context: MasterContext): Task['upstream'][number] {
  const done = context.board.state.tasks.get(id);
  return { task: id, capability: done?.declared.capability ?? '', result: done?.result ?? '' };
}

function launched(start: Launch, context: MasterContext): NewEvent {
  const { task, master } = start.owned;
  const { worker, attempt, document } = start;
  const data = {
    worker,
    task: task.id,
    master,
    attempt,
    kind: task.worker,
    capability: task.capability,
    node: context.launcher.node,
    document,
  };
  return {
    id: `worker.launched:${worker}`,
    actor: master,
    fence: fenceOf(master, context),
    type: 'worker.launched',
    data,
  };
}

async function settle(
  owned: OwnedTask,
  worker: string,
  spent: { readonly usage: Usage; readonly context: MasterContext },
): Promise<void> {
  const { usage, context } = spent;
  await context.store.settle({
    account: owned.master,
    key: worker,
    tokens: totalTokens(usage),
    microDollars: usage.microDollars,
  });
}

async function judgeOutcome(
  ref: { readonly owned: OwnedTask; readonly attempt: number; readonly worker: string },
  outcome: Outcome,
  context: MasterContext,
): Promise<AttemptResult> {
  if (outcome.kind === 'lost')
    return {
      ok: false,
      worker: ref.worker,
      lost: outcome,
      hint: outcome.hint ?? (await hintOf(outcome.envelope, context)),
    };
  const read = await readResult(outcome.envelope, context);
  if ('invalid' in read) {
    const { durationMs, envelope } = outcome;
    return {
      ok: false,
      worker: ref.worker,
      lost: { kind: 'lost', class: 'protocol', detail: read.invalid, envelope, durationMs },
      hint: 'Masters and workers must be of one version of Cortex.',
    };
  }
  await context.board.write(finished(ref, { outcome, hash: read.hash, fence: fenceOf(ref.owned.master, context) }));
  return { ok: true, worker: ref.worker, hash: read.hash, result: read.result };
}

function finished(
  ref: { readonly owned: OwnedTask; readonly attempt: number; readonly worker: string },
  end: {
    readonly outcome: Extract<Outcome, { kind: 'returned' }>;
    readonly hash: string;
    readonly fence: number;
  },
): NewEvent {
  const { envelope, durationMs } = end.outcome;
  const { task, master } = ref.owned;
  return {
    id: `worker.finished:${ref.worker}`,
    actor: master,
    fence: end.fence,
    type: 'worker.finished',
    data: {
      worker: ref.worker,
      task: task.id,
      master,
      attempt: ref.attempt,
      status: envelope.status,
      result: end.hash,
      usage: envelope.usage,
      durationMs,
      cpuMs: envelope.resources.cpuMs,
      peakBytes: envelope.resources.peakBytes,
    },
  };
}

/** Reads a result by the hash in its envelope; whatever breaks the contract is said, never guessed around. */
async function readResult(
  envelope: Envelope,
  context: MasterContext,
): Promise<{ hash: string; result: Result } | { invalid: string }> {
  if (envelope.result === null) return { invalid: 'its envelope names no result' };
  try {
    const result = resultSchema.parse(
      JSON.parse(Buffer.from(await context.store.getBlob(envelope.result)).toString('utf8')),
    );
    if (result.status !== envelope.status)
      return { invalid: `its envelope says ${envelope.status}, its result says ${result.status}` };
    if (totalTokens(result.usage) !== totalTokens(envelope.usage))
      return { invalid: 'its envelope and its result report different usage' };
    return { hash: envelope.result, result };
  } catch (error) {
    return { invalid: `its result is not valid: ${messageOf(error).slice(0, 300)}` };
  }
}

async function hintOf(envelope: Envelope | undefined, context: MasterContext): Promise<string> {
  const read = envelope ? await readResult(envelope, context) : undefined;
  if (read && 'result' in read && read.result.error) return read.result.error.hint;
  return 'Read the worker’s log.';
}

/** What an attempt spent, by its envelope; nothing is known of one that left none. */
export function usageOf(outcome: Outcome): Usage {
  return outcome.envelope?.usage ?? noUsage;
}
