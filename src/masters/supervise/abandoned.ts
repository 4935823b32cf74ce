import type { ExecutionState, MasterState } from '../../execution/execution-state.ts';
import type { NewEvent } from '../../protocol/event.ts';
import { claimSeen, livingNames } from '../claim.ts';
import type { MasterContext } from '../context.ts';
import { hasEnded } from '../task-run.ts';
import { pause } from '../../shared/pause.ts';

/**
 * After the run's time is over: says of masters that nobody runs that they failed, in their name, and waits for the
 * others to say so themselves. Each does one or the other within a lease.
 */
export async function failAbandoned(context: MasterContext, isOver: (state: ExecutionState) => boolean): Promise<void> {
  const { board, store, leaseMs } = context;
  while (!isOver(board.state)) {
    const living = await livingNames(store);
    const abandoned = [...board.state.masters.values()].filter(
      (master) => master.reportedAt === undefined && !living.has(master.name) && master.name !== 'coordinator-master',
    );
    for (const master of abandoned) await speakFor(master, context);
    await pause(leaseMs / 6);
  }
}

/**
 * Under the master's own claim: whoever held it can write nothing more, and what it has written is seen first. Else a task
 * could be said failed that was completed a moment ago.
 */
async function speakFor({ name }: MasterState, { board, store, leg, leaseMs }: MasterContext): Promise<void> {
  const claim = await store.claim(name, `${name}@${leg}`, leaseMs);
  if (!('fence' in claim)) return;
  await claimSeen(claim, board, new AbortController().signal);
  const master = board.state.masters.get(name);
  if (master && master.reportedAt === undefined) await board.write(...lastWords(master, claim.fence, board.state));
  await store.release(claim);
}

const code = 'master-gone';
const message = 'the deadline has passed, and nobody runs this master any more';
const hint = 'Look at the log of the process that ran it, then start the execution anew.';

function lastWords({ name: master }: MasterState, fence: number, state: ExecutionState): readonly NewEvent[] {
  const tasks = [...state.tasks.values()].filter((task) => task.master === master);
  const open = tasks.filter((task) => !hasEnded(task));
  const count = (status: string): number => tasks.filter((task) => task.status === status).length;
  const counts = { done: count('complete'), blocked: count('blocked'), skipped: count('skipped') };
  const said = { actor: master, fence };
  return [
    ...open.map(({ declared: { id: task }, attempts }) => ({
      id: `task.failed:${task}`,
      ...said,
      type: 'task.failed' as const,
      data: { task, master, attempts, code, message, hint },
    })),
    {
      id: `master.reported:${master}`,
      ...said,
      type: 'master.reported',
      data: { master, ...counts, failed: count('failed') + open.length, outcome: 'failed', summary: message },
    },
  ];
}
