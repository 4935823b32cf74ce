import type { Board } from '../../masters/board.ts';
import { problem } from '../../shared/errors.ts';
import type { Run } from './run-execution.ts';
import { runEvent } from './run-event.ts';
import { openingEvents } from './start.ts';

/**
 * Writes how the execution begins, or takes up one that has begun. Where others take part, all may say how it begins:
 * the store keeps the first, and each compares. Throws `execution-differs`.
 */
export async function begin(run: Run, board: Board): Promise<void> {
  const { shared, store, facts } = run.doors;
  const events = await store.read();
  if (events.length === 0)
    await board.write(...openingEvents({ routed: run.routed, plan: run.planFacts, head: run.head, doors: facts }));
  const last = events.at(-1)?.seq ?? 1;
  await board.until((state) => (state.lastSeq >= last ? true : undefined), new AbortController().signal);
  if (shared) await join(run, board, shared.leg);
  else if (events.length > 0) await sayResumed(board, events.length);
}

async function sayResumed(board: Board, length: number): Promise<void> {
  const running = [...board.state.workers.values()].filter((worker) => worker.status === 'running');
  const relaunching = running.map((worker) => worker.worker);
  await board.write(runEvent('execution.resumed', { relaunching }, `:${length}`));
}

async function join(run: Run, board: Board, leg: string): Promise<void> {
  const { started } = board.state;
  const ours = { plan: run.planFacts.digest, commit: run.head.commit };
  const theirs = { plan: started?.plan.digest, commit: started?.commit };
  if (ours.plan !== theirs.plan || ours.commit !== theirs.commit) throw differs(run.id, ours, theirs);
  await board.write(runEvent('leg.joined', { leg, masters: [...run.own] }, `:${leg}`));
}

interface Basis {
  readonly plan?: string | undefined;
  readonly commit?: string | undefined;
}

function differs(id: string, ours: Basis, theirs: Basis): Error {
  const say = ({ plan = '', commit = '' }: Basis): string =>
    `plan ${plan.slice(0, 12)} at commit ${commit.slice(0, 12)}`;
  return problem('execution-differs', `${id} runs ${say(theirs)}, and this process was given ${say(ours)}`, {
    hint: 'All processes of an execution need the same plan and the same commit. Check them out, or choose another --id.',
  });
}
