import type { ExecutionState, MasterState } from '../../execution/execution-state.ts';
import type { EventData } from '../../protocol/event.ts';
import { masterNames, priorities } from '../../protocol/words.ts';
import { compareText } from '../../shared/canonical.ts';
import type { MasterContext } from '../context.ts';
import { hasEnded } from '../task-run.ts';
import { askPerson } from './ask-person.ts';

export type Request = EventData<'budget.requested'>;

/** Tokens and micro-dollars. */
export interface Amount {
  readonly tokens: number;
  readonly microDollars: number;
}

export interface Move extends Amount {
  readonly from: MasterState['name'] | 'reserve' | 'person';
  readonly reason: string;
}

/** The reserve is given out in steps of so many tokens. */
const reserveStep = 10_000;

/**
 * Answers who asked for budget, the most important first: with what is free again, with what masters left over that have
 * reported, out of the reserve. Else the request waits, as long as something may still come back; at last a person decides.
 */
export async function answerRequests(context: MasterContext): Promise<void> {
  const { board } = context;
  for (const request of [...board.state.requests.values()].sort(byImportance)) {
    const moves = fundingOf(request, board.state);
    if (moves) await carryOut(request, moves, context);
    else if (!mayStillCome(request, board.state)) await askPerson(request, shortfallOf(request, board.state), context);
  }
}

/** The moves that cover a request, or undefined where they would not. No amount at all means that it fits by now. */
export function fundingOf(request: Request, state: ExecutionState): readonly Move[] | undefined {
  const lacking = shortfallOf(request, state);
  if (isCovered(lacking)) return [{ from: 'reserve', tokens: 0, microDollars: 0, reason: 'enough has come back' }];
  const { moves, rest } = leftOver(request, state, lacking);
  if (isCovered(rest)) return moves;
  const drawn = drawReserve(rest, reserveLeft(state));
  return drawn && [...moves, drawn];
}

/** What an account lacks for a request. */
export function shortfallOf(request: Request, state: ExecutionState): Amount {
  const master = state.masters.get(request.account);
  const free = master ? freeOf(master, state) : { tokens: 0, microDollars: 0 };
  return {
    tokens: Math.max(0, request.tokens - free.tokens),
    microDollars: Math.max(0, request.microDollars - free.microDollars),
  };
}

function leftOver(
  request: Request,
  state: ExecutionState,
  lacking: Amount,
): { readonly moves: readonly Move[]; readonly rest: Amount } {
  const moves: Move[] = [];
  let rest = lacking;
  const givers = masterNames.filter((name) => name !== request.account && state.masters.get(name)?.reportedAt);
  for (const from of givers) {
    const master = state.masters.get(from);
    const given = master ? smaller(freeOf(master, state), rest) : undefined;
    if (!given || isCovered(given)) continue;
    moves.push({ from, ...given, reason: `${from} has reported, and did not use it` });
    rest = minus(rest, given);
  }
  return { moves, rest };
}

/** As many steps as are needed, or all that is left where that is enough; money as it is needed. */
function drawReserve(rest: Amount, left: Amount): Move | undefined {
  if (left.tokens < rest.tokens || left.microDollars < rest.microDollars) return undefined;
  const tokens = Math.min(left.tokens, Math.ceil(rest.tokens / reserveStep) * reserveStep);
  return { from: 'reserve', tokens, microDollars: rest.microDollars, reason: 'out of the reserve' };
}

function reserveLeft(state: ExecutionState): Amount {
  const { reserveTokens = 0, reserveMicroDollars = 0 } = state.started?.budget ?? {};
  const drawn = [...state.moves.values()].filter((move) => move.from === 'reserve');
  return drawn.reduce<Amount>(minus, { tokens: reserveTokens, microDollars: reserveMicroDollars });
}

/** Attempts at work may give something back, and so may masters that have not reported; work of low priority lets others go first. */
function mayStillCome(request: Request, state: ExecutionState): boolean {
  if (state.reservations.size > 0) return true;
  const isMinor = priorities.indexOf(request.priority) >= priorities.indexOf('medium');
  return (
    isMinor && [...state.tasks.values()].some((task) => !hasEnded(task) && isBefore(task.declared, request, state))
  );
}

/** A task of higher priority that can go on by itself: one that asks for budget too waits for nobody. */
function isBefore(
  {
    id,
    priority,
    needs,
  }: { readonly id: string; readonly priority: Request['priority']; readonly needs: readonly string[] },
  request: Request,
  state: ExecutionState,
): boolean {
  const asks = [...state.requests.values()].some((each) => each.task === id);
  const waits = needs.some((need) => !hasEnded(state.tasks.get(need)));
  return !asks && !waits && priorities.indexOf(priority) < priorities.indexOf(request.priority);
}

/** The last move bears the request's own key: with it, the request is answered. */
async function carryOut(request: Request, moves: readonly Move[], { store }: MasterContext): Promise<void> {
  for (const [index, move] of moves.entries()) {
    const key = index === moves.length - 1 ? request.key : `${request.key}<${move.from}`;
    const answer = await store.move({ ...move, key, to: request.account });
    // What others did in this moment shows in the next events: then it is looked at again.
    if (!answer.granted) return;
  }
}

function freeOf(
  { name, tokens, microDollars, usedTokens, usedMicroDollars }: MasterState,
  state: ExecutionState,
): Amount {
  const reserved = [...state.reservations.values()].filter((each) => each.account === name);
  const free = reserved.reduce<Amount>(minus, {
    tokens: tokens - usedTokens,
    microDollars: microDollars - usedMicroDollars,
  });
  return { tokens: Math.max(0, free.tokens), microDollars: Math.max(0, free.microDollars) };
}

function isCovered({ tokens, microDollars }: Amount): boolean {
  return tokens === 0 && microDollars === 0;
}

function smaller(a: Amount, b: Amount): Amount {
  return { tokens: Math.min(a.tokens, b.tokens), microDollars: Math.min(a.microDollars, b.microDollars) };
}

function minus(a: Amount, b: Amount): Amount {
  return { tokens: a.tokens - b.tokens, microDollars: a.microDollars - b.microDollars };
}

function byImportance(a: Request, b: Request): number {
  return priorities.indexOf(a.priority) - priorities.indexOf(b.priority) || compareText(a.key, b.key);
}
