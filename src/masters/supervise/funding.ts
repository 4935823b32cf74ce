import type { ExecutionState, MasterState } from '../../execution/execution-state.ts';
import type { EventData } from '../../protocol/event.ts';
import { masterNames } from '../../protocol/words.ts';
import { isNothing, larger, minus, missing, nothing, plus, smaller, type Amount } from './amount.ts';

export type Request = EventData<'budget.requested'>;

export interface Move extends Amount {
  readonly from: MasterState['name'] | 'reserve' | 'person';
  readonly reason: string;
}

/** The reserve is given out in steps of so many tokens. */
const reserveStep = 10_000;

/** The moves that cover a request, or undefined where they would not. No amount at all means that it fits by now. */
export function fundingOf(request: Request, state: ExecutionState): readonly Move[] | undefined {
  if (isNothing(shortfallOf(request, state))) return [{ from: 'reserve', ...nothing, reason: 'enough has come back' }];
  const { moves, rest } = leftOver(request, state, lackOfMaster(request, state));
  // What goes from master to master leaves the execution's own limit as it is.
  const needed = larger(rest, lackOfExecution(request, state));
  if (isNothing(needed)) return moves;
  const drawn = drawReserve(needed, reserveLeft(state));
  return drawn && [...moves, drawn];
}

/** What a request lacks, on the account of its master or of the whole execution. */
export function shortfallOf(request: Request, state: ExecutionState): Amount {
  return larger(lackOfMaster(request, state), lackOfExecution(request, state));
}

function lackOfMaster(request: Request, state: ExecutionState): Amount {
  const master = state.masters.get(request.account);
  return missing(request, master ? leftOf(master, state) : nothing);
}

/** Workers may spend more than they had reserved: then the execution can be short where its masters are not. */
function lackOfExecution(request: Request, state: ExecutionState): Amount {
  const left = [...state.masters.values()].map((master) => leftOf(master, state)).reduce(plus, nothing);
  return missing(request, plus(left, unassigned(state)));
}

/** What of the execution's limit no master has: moves raise a master's share and, from outside, the limit with it. */
function unassigned({ started }: ExecutionState): Amount {
  if (!started) return nothing;
  const { tokens, microDollars, reserveTokens, reserveMicroDollars } = started.budget;
  const limit = { tokens: tokens - reserveTokens, microDollars: microDollars - reserveMicroDollars };
  return started.masters.reduce<Amount>(minus, limit);
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
    const given = master ? smaller(larger(leftOf(master, state), nothing), rest) : nothing;
    if (isNothing(given)) continue;
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

/** What is neither used nor set aside; below 0 where more was used than the account had. */
function leftOf(master: MasterState, state: ExecutionState): Amount {
  const reserved = [...state.reservations.values()].filter((each) => each.account === master.name);
  const used = { tokens: master.usedTokens, microDollars: master.usedMicroDollars };
  return reserved.reduce<Amount>(minus, minus(master, used));
}
