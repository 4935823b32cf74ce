import type { ExecutionState, MasterState, TaskState } from '../../execution/execution-state.ts';
import { priorities } from '../../protocol/words.ts';
import { compareText } from '../../shared/canonical.ts';
import type { MasterContext } from '../context.ts';
import { hasEnded } from '../task-run.ts';
import { askPerson } from './ask-person.ts';
import { fundingOf, shortfallOf, type Move, type Request } from './funding.ts';

/** Requests that were granted and whose attempt has not reserved yet, by attempt: what they got is theirs. */
export type Promised = Map<string, Request>;

/**
 * Answers who asked for budget, the most important first: with what is free again, with what masters left over that have
 * reported, out of the reserve. Else the request waits, as long as something may still come back; at last a person decides.
 */
export async function answerRequests(context: MasterContext, promised: Promised): Promise<void> {
  const { board } = context;
  for (const [attempt, request] of promised) if (isKept(attempt, request, board.state)) promised.delete(attempt);
  const open = [...board.state.requests.values()].filter(({ task }) => !hasEnded(board.state.tasks.get(task)));
  for (const request of open.sort(byImportance)) {
    if (await answer(request, withPromised(board.state, promised), context)) promised.set(attemptOf(request), request);
  }
}

/** Whether the request was granted. */
async function answer(request: Request, state: ExecutionState, context: MasterContext): Promise<boolean> {
  const moves = fundingOf(request, state);
  if (moves) return carryOut(request, moves, context);
  return !mayStillCome(state) && askPerson(request, shortfallOf(request, state), context);
}

/** A promise counts like the reservation that it is made for: else many would be told of the same budget. */
function withPromised(state: ExecutionState, promised: Promised): ExecutionState {
  return promised.size === 0 ? state : { ...state, reservations: new Map([...promised, ...state.reservations]) };
}

/** Its attempt has reserved, or will not any more, or found too little and asks again. */
function isKept(attempt: string, { task }: Request, state: ExecutionState): boolean {
  return (
    state.reservations.has(attempt) ||
    state.settled.has(attempt) ||
    hasEnded(state.tasks.get(task)) ||
    [...state.requests.values()].some((each) => each.task === task)
  );
}

/** The attempt that a request is about: one that asks again adds a number to its key. */
function attemptOf({ key }: Request): string {
  return key.replace(/:\d+$/, '');
}

/** Whatever is at work may give something back: attempts what they don't use, masters what is left when they report. */
function mayStillCome(state: ExecutionState): boolean {
  if (state.reservations.size > 0) return true;
  const atWork = [...state.masters.values()].filter((master) => isAtWork(master, state));
  return atWork.some(({ name }) => isAboutToReport(name, state) || goesOn(name, state));
}

/** One that fell silent, and was let go of, gives nothing any more. */
function isAtWork({ name, activatedAt, reportedAt }: MasterState, { claims }: ExecutionState): boolean {
  return activatedAt !== undefined && reportedAt === undefined && claims.get(name)?.released !== true;
}

/** The coordinator reports last, and masters that propose changes wait for what all others would change. */
function isAboutToReport(name: MasterState['name'], state: ExecutionState): boolean {
  const claimed = state.pathClaims.get(name) ?? [];
  return name !== 'coordinator-master' && claimed.length === 0 && openTasks(name, state).length === 0;
}

/** Whether a master has a task that waits for nobody: one that asks for budget itself does. */
function goesOn(name: MasterState['name'], state: ExecutionState): boolean {
  const asking = new Set([...state.requests.values()].map(({ task }) => task));
  return openTasks(name, state).some(
    ({ declared: { id, needs } }) => !asking.has(id) && needs.every((need) => hasEnded(state.tasks.get(need))),
  );
}

function openTasks(name: MasterState['name'], state: ExecutionState): readonly TaskState[] {
  return [...state.tasks.values()].filter((task) => task.master === name && !hasEnded(task));
}

/** The last move bears the request's own key: with it, the request is answered. Whether all were made. */
async function carryOut(request: Request, moves: readonly Move[], context: MasterContext): Promise<boolean> {
  const { board, store, signal } = context;
  for (const [index, move] of moves.entries()) {
    const key = index === moves.length - 1 ? request.key : `${request.key}<${move.from}`;
    const answer = await store.move({ ...move, key, to: request.account });
    // What others did in this moment shows in the next events: then it is looked at again.
    if (!answer.granted) return false;
  }
  return board.until((state) => state.moves.has(request.key) || undefined, signal);
}

function byImportance(a: Request, b: Request): number {
  return priorities.indexOf(a.priority) - priorities.indexOf(b.priority) || compareText(a.key, b.key);
}
