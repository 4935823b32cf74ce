import type { EventData } from '../protocol/event.ts';
import type { OwnedTask } from './attempt.ts';
import { fenceOf, type MasterContext } from './context.ts';

type Booking = EventData<'budget.settled'>;

/**
 * Asks the coordinator for what an account lacks, and waits. True: something was moved, the reservation may be tried
 * again. False: denied, nobody can help, or it would come too late for the task.
 */
export async function requestBudget(
  { task, master }: OwnedTask,
  wanted: Booking,
  context: MasterContext,
): Promise<boolean> {
  const { board } = context;
  const { key } = wanted;
  if (!(await canHelp(context))) return false;
  await board.write({
    id: `budget.requested:${key}`,
    actor: master,
    fence: fenceOf(master, context),
    type: 'budget.requested',
    data: { ...wanted, task: task.id, priority: task.priority },
  });
  const tooLateMs = context.deadlineAt - task.timeoutMs - context.now();
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), Math.max(0, tooLateMs));
  try {
    return await board.until(
      (state) => (state.moves.has(key) ? true : state.denials.has(key) ? false : undefined),
      AbortSignal.any([context.signal, late.signal]),
    );
  } catch (error) {
    if (late.signal.aborted && !context.signal.aborted) return false;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** Whether a coordinator is at work that can move budget. */
async function canHelp({ board, store, shared }: MasterContext): Promise<boolean> {
  const coordinator = board.state.masters.get('coordinator-master');
  if (coordinator?.activatedAt === undefined || coordinator.reportedAt !== undefined) return false;
  if (!shared) return true;
  const claims = await store.claims();
  return claims.some((claim) => claim.name === 'coordinator-master' && claim.leftMs > 0);
}
