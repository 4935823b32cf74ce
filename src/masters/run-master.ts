import type { Assignment, PlanTask } from '../plan/plan.ts';
import type { EventData } from '../protocol/event.ts';
import type { MasterName } from '../protocol/words.ts';
import { CortexError, messageOf, outside, problem } from '../shared/errors.ts';
import type { TaskState } from '../execution/execution-state.ts';
import type { OwnedTask } from './attempt.ts';
import { fenceOf, type MasterContext } from './context.ts';
import { experts } from './experts/registry.ts';
import { judgeChanges } from './judge.ts';
import { hasEnded, queueTask, runTask } from './task-run.ts';

/** A claim lasts as long as the run may: the process that holds it resumes or ends the leg. */
const claimMarginMs = 60_000;

/** One master's run. Never rejects: a master that fails reports so, and takes no other down. */
export async function runMaster(assignment: Assignment, context: MasterContext): Promise<void> {
  const { master } = assignment;
  try {
    await claim(master, context);
    await activate(assignment, context);
    const tasks = assignment.tasks.map((task) => ({ task, master }));
    await distribute(tasks, context);
    await carryOut(tasks, context);
    await judgeChanges(master, assignment.tasks, context);
    await superviseOthers(master, context);
    await report(assignment, context);
  } catch (error) {
    await reportFailure(assignment, error, context);
  }
}

async function claim(master: MasterName, context: MasterContext): Promise<void> {
  const held = await context.store.claim(
    master,
    `${master}@${context.execution}`,
    context.deadlineAt - context.now() + claimMarginMs,
  );
  if ('fence' in held) {
    context.fences.set(master, held.fence);
    return;
  }
  throw problem('master-claimed', `${master} is held by ${held.heldBy}`, {
    hint: 'Another process runs this leg. Wait for it, or end it.',
  });
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
  await waitForPhase('distribution', context);
  await Promise.all(tasks.map((task) => queueTask(task, context)));
}

async function carryOut(tasks: readonly OwnedTask[], context: MasterContext): Promise<void> {
  const outcomes = await Promise.allSettled(tasks.map((task) => runTask(task, context)));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason as Error;
}

/** The coordinator is the last to report: it is there for the others until they are done. */
async function superviseOthers(master: MasterName, context: MasterContext): Promise<void> {
  if (master !== 'coordinator-master') return;
  await context.board.until((state) => {
    const others = [...state.masters.values()].filter((each) => each.name !== master);
    return others.every((each) => each.reportedAt !== undefined) ? true : undefined;
  }, context.signal);
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
