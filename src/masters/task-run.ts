import type { EventData, ResultCounts } from '../protocol/event.ts';
import { workerName } from '../protocol/attempt.ts';
import type { Result } from '../protocol/result.ts';
import { pause } from '../shared/pause.ts';
import type { TaskState, WorkerState } from '../execution/execution-state.ts';
import { runAttempt, usageOf, type AttemptResult, type OwnedTask } from './attempt.ts';
import { fenceOf, type MasterContext } from './context.ts';
import { requestBudget } from './budget-request.ts';
import { escalate, isStopped } from './escalation.ts';
import { handOffs, pickUp } from './handoff.ts';
import { retryWait, shareCap } from './retry.ts';
import { say, taskEvent, type TaskEvent } from './task-event.ts';

const ended = new Set<TaskState['status']>(['complete', 'failed', 'blocked', 'skipped']);

/** Whether a task has come to its end, whatever end. */
export function hasEnded(task: TaskState | undefined): boolean {
  return task !== undefined && ended.has(task.status);
}

/** Says that a task waits for its turn, or at once that it won't be run. */
export async function queueTask(owned: OwnedTask, context: MasterContext): Promise<void> {
  if (hasEnded(context.board.state.tasks.get(owned.task.id))) return;
  const { task, master } = owned;
  if (task.needsModel && !context.doors.model) {
    const reason = `${task.worker}/${task.capability} needs a model, and this run has none`;
    await say(owned, context, { type: 'task.skipped', data: { task: task.id, master, missing: 'model', reason } });
    return;
  }
  await say(owned, context, { type: 'task.queued', data: { task: task.id, master, waitsFor: [...task.needs] } });
}

/** Runs a task to its end: waits for what it needs, then tries as often as its failures allow. */
export async function runTask(owned: OwnedTask, context: MasterContext): Promise<void> {
  if (hasEnded(context.board.state.tasks.get(owned.task.id))) return;
  const missing = await waitForNeeds(owned, context);
  if (missing) return say(owned, context, missing);
  await tryUntilDone(owned, context);
}

/** Undefined once every need is complete; else the event that says why this task can't run. */
async function waitForNeeds(owned: OwnedTask, context: MasterContext): Promise<TaskEvent | undefined> {
  const { task, master } = owned;
  const needs = await context.board.until((state) => {
    const states = task.needs.map((id) => state.tasks.get(id));
    return states.every(hasEnded) ? states.filter((each) => each !== undefined) : undefined;
  }, context.signal);
  const incomplete = needs.filter(
    (need) => need.status !== 'complete' || isStopped(need.declared.id, context.board.state),
  );
  const [first] = incomplete;
  if (!first) {
    await pickUp(owned, context);
    return undefined;
  }
  if (incomplete.every((need) => need.status === 'skipped')) {
    const reason = `it needs ${incomplete.map((need) => need.declared.id).join(', ')}, skipped for want of: ${first.missing ?? 'unknown'}`;
    return { type: 'task.skipped', data: { task: task.id, master, missing: first.missing ?? 'unknown', reason } };
  }
  return { type: 'task.blocked', data: { task: task.id, master, by: incomplete.map((need) => need.declared.id) } };
}

function followersOf(owned: OwnedTask, context: MasterContext): number {
  return [...context.tasks.values()].filter((task) => task.needs.includes(owned.task.id)).length;
}

async function tryUntilDone(owned: OwnedTask, context: MasterContext): Promise<void> {
  const last = lastAttempt(owned, context);
  if (last?.failure && !last.failure.retries) return fail(owned, context, failureSeen(last));
  for (let attempt = attemptAfter(last); ; attempt += 1) {
    const outcome = await tryFunded(owned, attempt, context);
    if ('refused' in outcome) return fail(owned, context, outcome.refused);
    if (outcome.ok) return complete(owned, context, outcome);
    const wait = await noteLoss({ owned, attempt, outcome }, context);
    if (wait === null) return fail(owned, context, failureOf(outcome, attempt));
    await pause(wait, context.signal);
  }
}

/** A task whose account lacks budget asks for it, and does not hold a place meanwhile. */
async function tryFunded(owned: OwnedTask, attempt: number, context: MasterContext): ReturnType<typeof tryOnce> {
  for (let asked = 1; ; asked += 1) {
    const outcome = await inSlot(owned, context, () => tryOnce(owned, attempt, context));
    if (!('refused' in outcome)) return outcome;
    const wanted = bookingOf(owned, attempt);
    const key = asked === 1 ? wanted.key : `${wanted.key}:${asked}`;
    if (asked <= maxRequests && (await requestBudget(owned, { ...wanted, key }, context))) continue;
    await sayRefused(owned, attempt, { reason: outcome.refused.message, context });
    return outcome;
  }
}

/** Others of the same master may take what was moved for this one: it asks again, but not for ever. */
const maxRequests = 5;

/** A place is held while an attempt runs, not while the next one waits for its time. */
async function inSlot<T>(owned: OwnedTask, context: MasterContext, work: () => Promise<T>): Promise<T> {
  const wish = { priority: owned.task.priority, followers: followersOf(owned, context) };
  const release = await context.slots.take(wish, context.signal);
  try {
    return await work();
  } finally {
    release();
  }
}

async function tryOnce(
  owned: OwnedTask,
  attempt: number,
  context: MasterContext,
): Promise<AttemptResult | { readonly refused: Failure }> {
  const refused = await reserve(owned, attempt, context);
  return refused ? { refused } : runAttempt(owned, attempt, context);
}

function lastAttempt(owned: OwnedTask, context: MasterContext): WorkerState | undefined {
  return [...context.board.state.workers.values()].filter((worker) => worker.task === owned.task.id).at(-1);
}

/** A resumed run takes up the attempt that was under way; else the one after the last that was lost. */
function attemptAfter(last: WorkerState | undefined): number {
  if (!last) return 1;
  return last.failure ? last.attempt + 1 : last.attempt;
}

/** The end that an earlier process saw coming and did not live to say. */
function failureSeen(last: WorkerState): Failure {
  const { class: code = 'crash', detail: message = '', hint = '' } = last.failure ?? {};
  return { code, message, hint, attempts: last.attempt };
}

interface Failure {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly attempts: number;
}

async function reserve(owned: OwnedTask, attempt: number, context: MasterContext): Promise<Failure | undefined> {
  const { task, master } = owned;
  const terms = { leaseMs: task.timeoutMs + context.launcher.waitMs + settleMs, fence: fenceOf(master, context) };
  const answer = await context.store.reserve(bookingOf(owned, attempt), terms);
  if (answer.granted) return undefined;
  return {
    code: 'budget-refused',
    message: answer.reason,
    hint: `Raise the budget of ${master} in the plan, or lower what its tasks reserve.`,
    attempts: attempt - 1,
  };
}

/** How long after its own time limit an attempt is settled at the latest: then its reservation goes back by itself. */
const settleMs = 120_000;

function bookingOf({ task, master }: OwnedTask, attempt: number): EventData<'budget.settled'> {
  const { tokens, microDollars } = task;
  return { account: master, key: workerName(task.id, attempt), tokens, microDollars };
}

async function sayRefused(
  owned: OwnedTask,
  attempt: number,
  { reason, context }: { readonly reason: string; readonly context: MasterContext },
): Promise<void> {
  const data = { ...bookingOf(owned, attempt), reason };
  await say(owned, context, { type: 'budget.refused', data, suffix: `:${attempt}` });
}

async function complete(
  owned: OwnedTask,
  context: MasterContext,
  outcome: Extract<AttemptResult, { ok: true }>,
): Promise<void> {
  const { task, master } = owned;
  const { worker, hash, result } = outcome;
  const data = {
    task: task.id,
    master,
    worker,
    result: hash,
    status: result.status,
    summary: result.summary,
    counts: countsOf(result),
  };
  await askAboutCritical(owned, context, result);
  // In one step: a process that dies can't leave the one without the other. Who waits for the task sees its hand-off first.
  await context.board.write(...handOffs(owned, context), taskEvent(owned, context, { type: 'task.completed', data }));
}

/** Raised before the task counts as complete: a process that dies in between asks again, and the store drops the twin. */
async function askAboutCritical(owned: OwnedTask, context: MasterContext, result: Result): Promise<void> {
  const { task, master } = owned;
  const grave = result.findings.filter((finding) => finding.severity === 'critical');
  const [first] = grave;
  if (!first) return;
  const issue = `${task.id} found ${grave.length} critical: ${first.message}`;
  await escalate(context, {
    id: `${task.id}-critical`,
    task: task.id,
    master,
    severity: 'critical',
    issue,
    recommendation: first.remedy,
    waits: true,
  });
}

async function fail(owned: OwnedTask, context: MasterContext, failure: Failure): Promise<void> {
  const { task, master } = owned;
  const { code, message, hint, attempts } = failure;
  await escalate(context, {
    id: `${task.id}-failed`,
    task: task.id,
    master,
    severity: 'high',
    issue: `${task.id} failed: ${message}`,
    recommendation: hint,
    waits: false,
  });
  await say(owned, context, { type: 'task.failed', data: { task: task.id, master, attempts, code, message, hint } });
}

async function noteLoss(
  lost: {
    readonly owned: OwnedTask;
    readonly attempt: number;
    readonly outcome: Extract<AttemptResult, { ok: false }>;
  },
  context: MasterContext,
): Promise<number | null> {
  const { owned, attempt, outcome } = lost;
  const { task, master } = owned;
  const before = [...context.board.state.workers.values()].filter(
    (each) => each.task === task.id && each.failure && shareCap(each.failure.class, outcome.lost.class),
  );
  const wait = retryWait({
    class: outcome.lost.class,
    seen: before.length + 1,
    planRetries: task.retries,
    baseMs: context.retryBaseMs,
    leftMs: context.deadlineAt - context.now(),
    timeoutMs: task.timeoutMs,
  });
  const data = {
    worker: outcome.worker,
    task: task.id,
    master,
    attempt,
    class: outcome.lost.class,
    ...(outcome.lost.cause ? { cause: outcome.lost.cause } : {}),
    detail: outcome.lost.detail.slice(0, 1000),
    hint: outcome.hint,
    usage: usageOf(outcome.lost),
    durationMs: outcome.lost.durationMs,
    retryInMs: wait,
  };
  await say(owned, context, { type: 'worker.lost', data, suffix: `:${attempt}` });
  return wait;
}

function failureOf(outcome: Extract<AttemptResult, { ok: false }>, attempts: number): Failure {
  return { code: outcome.lost.class, message: outcome.lost.detail.slice(0, 1000), hint: outcome.hint, attempts };
}

function countsOf(result: Result): ResultCounts {
  return {
    findings: result.findings.length,
    silenced: result.silenced.length,
    assets: result.assets.length,
    measurements: result.measurements.length,
    changes: result.changes.length,
    reviews: result.reviews.length,
    unread: result.unread.length,
  };
}
