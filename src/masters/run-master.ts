import type { Assignment, PlanTask } from '../plan/plan.ts';
import type { EventData } from '../protocol/event.ts';
import type { MasterName } from '../protocol/words.ts';
import { CortexError, messageOf, outside } from '../shared/errors.ts';
import type { TaskState } from '../execution/execution-state.ts';
import type { OwnedTask } from './attempt.ts';
import { isStale, keepClaim, takeClaim } from './claim.ts';
import { fenceOf, type MasterContext } from './context.ts';
import { experts } from './experts/registry.ts';
import { judgeChanges } from './judge.ts';
import { supervise } from './supervise/supervise.ts';
import { hasEnded, queueTask, runTask } from './task-run.ts';

/** How a master's run ended for this process: it has reported, or another process has it now. */
export type MasterEnd = 'reported' | 'elsewhere';

/** One master's run. A master that fails reports so, and takes no other down. Rejects where the store fails. */
export async function runMaster(assignment: Assignment, context: MasterContext): Promise<MasterEnd> {
  const claim = await takeClaim(assignment.master, context);
  if (!claim) return 'elsewhere';
  const lease = keepClaim(claim, context);
  try {
    await work(assignment, { ...context, signal: AbortSignal.any([context.signal, lease.lost]) });
    await context.store.release(claim);
    return 'reported';
  } catch (error) {
    if (lease.lost.aborted || isStale(error)) return 'elsewhere';
    throw error;
  } finally {
    lease.stop();
  }
}

async function work(assignment: Assignment, context: MasterContext): Promise<void> {
  const { master } = assignment;
  try {
    await activate(assignment, context);
    await beside(doTasks(assignment, context), (until) => superviseOthers(master, context, until), context.signal);
    await report(assignment, context);
  } catch (error) {
    if (isStale(error)) throw error;
    await reportFailure(assignment, error, context);
  }
}

async function doTasks(assignment: Assignment, context: MasterContext): Promise<void> {
  const { master } = assignment;
  const tasks = assignment.tasks.map((task) => ({ task, master }));
  await distribute(tasks, context);
  await carryOut(tasks, context);
  await judgeChanges(master, assignment.tasks, context);
}

async function activate(assignment: Assignment, context: MasterContext): Promise<void> {
  const { master } = assignment;
  const { expertise } = experts[master];
  const data = { master, tasks: assignment.tasks.length, expertise };
  await context.board.write({
    id: `master.activated:${master}`,
    actor: master,
    fence: fenceOf(master, context),
    type: 'master.activated',
    data,
  });
}

async function distribute(tasks: readonly OwnedTask[], context: MasterContext): Promise<void> {
  // Masters of one process set out together; those of several don't wait for a leg that may start late.
  if (!context.shared) await waitForPhase('distribution', context);
  await Promise.all(tasks.map((task) => queueTask(task, context)));
}

async function carryOut(tasks: readonly OwnedTask[], context: MasterContext): Promise<void> {
  const outcomes = await Promise.allSettled(tasks.map((task) => runTask(task, context)));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason as Error;
}

/** The coordinator is there for the others until they are done, and reports last. */
async function superviseOthers(master: MasterName, context: MasterContext, signal: AbortSignal): Promise<void> {
  if (master === 'coordinator-master') await supervise(context, signal);
}

/** Both have to succeed; where the one fails, the other is told to end. */
async function beside(
  work: Promise<void>,
  other: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const failed = new AbortController();
  work.catch((error: unknown) => failed.abort(error));
  await Promise.all([work, other(AbortSignal.any([signal, failed.signal]))]);
}

async function report(assignment: Assignment, context: MasterContext): Promise<void> {
  const counts = countTasks(assignment.tasks, context);
  const outcome = counts.failed + counts.blocked > 0 ? 'partial' : 'complete';
  await writeReport(assignment.master, { ...counts, outcome, summary: summarise(assignment, counts) }, context);
}

/** A bug or an outside error of one master: what it leaves undone is said task by task, so that nobody waits for it. */
async function reportFailure(assignment: Assignment, error: unknown, context: MasterContext): Promise<void> {
  const cause =
    error instanceof CortexError
      ? error
      : outside('master-failed', messageOf(error), { hint: 'Read the log, then go on with --resume.', cause: error });
  const { master } = assignment;
  const open = assignment.tasks.filter((task) => !hasEnded(context.board.state.tasks.get(task.id)));
  for (const task of open) {
    const attempts = context.board.state.tasks.get(task.id)?.attempts ?? 0;
    const data = { task: task.id, master, attempts, code: cause.code, message: cause.message, hint: cause.hint };
    await context.board.write({
      id: `task.failed:${task.id}`,
      actor: master,
      fence: fenceOf(master, context),
      type: 'task.failed',
      data,
    });
  }
  const counts = countTasks(assignment.tasks, context);
  await writeReport(master, { ...counts, outcome: 'failed', summary: `${cause.code}: ${cause.message}` }, context);
}

async function writeReport(
  master: MasterName,
  told: Omit<EventData<'master.reported'>, 'master'>,
  context: MasterContext,
): Promise<void> {
  await context.measure();
  await context.board.write({
    id: `master.reported:${master}`,
    actor: master,
    fence: fenceOf(master, context),
    type: 'master.reported',
    data: { master, ...told },
  });
}

type Counts = Pick<EventData<'master.reported'>, 'done' | 'failed' | 'blocked' | 'skipped'>;

function countTasks(tasks: readonly PlanTask[], context: MasterContext): Counts {
  const statuses = tasks.map((task) => context.board.state.tasks.get(task.id)?.status);
  const count = (wanted: TaskState['status']): number => statuses.filter((status) => status === wanted).length;
  return { done: count('complete'), failed: count('failed'), blocked: count('blocked'), skipped: count('skipped') };
}

function summarise(assignment: Assignment, counts: Counts): string {
  if (assignment.tasks.length === 0) return experts[assignment.master].withoutTasks;
  const parts = [`${counts.done} of ${assignment.tasks.length} tasks complete`];
  if (counts.skipped > 0) parts.push(`${counts.skipped} skipped`);
  if (counts.failed > 0) parts.push(`${counts.failed} failed`);
  if (counts.blocked > 0) parts.push(`${counts.blocked} blocked`);
  return parts.join(', ');
}

async function waitForPhase(phase: 'distribution', context: MasterContext): Promise<void> {
  await context.board.until((state) => (state.phases.has(phase) ? true : undefined), context.signal);
}
