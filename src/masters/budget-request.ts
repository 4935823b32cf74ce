import type { ExecutionState } from '../execution/execution-state.ts';
import type { EventData } from '../protocol/event.ts';
import type { OwnedTask } from './attempt.ts';
import { within } from './board.ts';
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
  if (!canHelp(board.state)) return false;
  await board.write({
    id: `budget.requested:${key}`,
    actor: master,
    fence: fenceOf(master, context),
    type: 'budget.requested',
    data: { ...wanted, task: task.id, priority: task.priority },
  });
  const answered = await within(
    board,
    (state) => (state.moves.has(key) ? true : isHopeless(key, state) ? false : undefined),
    { ms: context.deadlineAt - task.timeoutMs - context.now(), signal: context.signal },
  );
  return answered ?? false;
}

/** Denied, or nobody is left to answer. */
function isHopeless(key: string, state: ExecutionState): boolean {
  return state.denials.has(key) || !canHelp(state);
}

/** Whether a coordinator can move budget, or will when its process has started. */
function canHelp({ masters }: ExecutionState): boolean {
  const coordinator = masters.get('coordinator-master');
  return coordinator !== undefined && coordinator.reportedAt === undefined;
}
