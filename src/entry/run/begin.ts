import type { Board } from '../../masters/board.ts';
import type { EventData } from '../../protocol/event.ts';
import { problem } from '../../shared/errors.ts';
import type { Run } from './run-execution.ts';
import { runEvent } from './run-event.ts';
import { openingEvents } from './start.ts';

/**
 * Writes how the execution begins, or takes up one that has begun. Where others take part, all may say how it begins:
 * the store keeps the first, and each compares before it says more. Throws `execution-differs`.
 */
export async function begin(run: Run, board: Board): Promise<void> {
  const { shared, store, facts } = run.doors;
  const { routed, planFacts: plan, head } = run;
  const simulated = run.rehearsal !== undefined;
  const [started, ...routes] = openingEvents({ routed, plan, head, doors: facts, simulated });
  const events = await store.read();
  if (events.length === 0 && started) await board.write(started);
  const last = events.at(-1)?.seq ?? 1;
  await board.until((state) => (state.lastSeq >= last ? true : undefined), new AbortController().signal);
  if (shared) refuseOther(run.id, { plan: plan.digest, commit: head.commit }, board.state.started);
  refuseMixture(run.id, simulated, board.state.started);
  // Whoever wrote the beginning may have died before it wrote these; the store drops those that it knows.
  await board.write(...routes);
  if (shared) await sayJoined(run, board, shared.leg);
  else if (events.length > 0) await sayResumed(board, events.length);
}

async function sayResumed(board: Board, length: number): Promise<void> {
  const running = [...board.state.workers.values()].filter((worker) => worker.status === 'running');
  const relaunching = running.map((worker) => worker.worker);
  await board.write(runEvent('execution.resumed', { relaunching }, `:${length}`));
}

async function sayJoined(run: Run, board: Board, leg: string): Promise<void> {
  await board.write(runEvent('leg.joined', { leg, masters: [...run.own] }, `:${leg}`));
}

/** A rehearsal and a real run are never one execution. Throws `execution-differs`. */
export function refuseMixture(id: string, simulated: boolean, began: EventData<'execution.started'> | undefined): void {
  if (began === undefined || began.simulated === simulated) return;
  const [theirs, ours] = began.simulated ? ['a rehearsal', 'a real run'] : ['a real run', 'a rehearsal'];
  throw problem('execution-differs', `${id} is ${theirs}, and this process was started for ${ours}`, {
    hint: began.simulated
      ? 'Add --rehearse, or choose another --id.'
      : 'Leave --rehearse away, or choose another --id.',
  });
}

/** What all processes of an execution have in common: digest of the plan, and commit. */
export interface Basis {
  readonly plan?: string | undefined;
  readonly commit?: string | undefined;
}

/** Throws `execution-differs` where an execution did not begin with what this process was given. */
export function refuseOther(id: string, ours: Basis, began: EventData<'execution.started'> | undefined): void {
  const theirs = { plan: began?.plan.digest, commit: began?.commit };
  if (ours.plan !== theirs.plan || ours.commit !== theirs.commit) throw differs(id, ours, theirs);
}

function differs(id: string, ours: Basis, theirs: Basis): Error {
  const say = ({ plan = '', commit = '' }: Basis): string =>
    `plan ${plan.slice(0, 12)} at commit ${commit.slice(0, 12)}`;
  return problem('execution-differs', `${id} runs ${say(theirs)}, and this process was given ${say(ours)}`, {
    hint: 'All processes of an execution need the same plan and the same commit. Check them out, or choose another --id.',
  });
}
