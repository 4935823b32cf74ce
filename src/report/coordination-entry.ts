import type { ExecutionState } from '../execution/execution-state.ts';
import type { Report } from '../protocol/report.ts';

type Coordination = NonNullable<Report['coordination']>;

/** What the coordinator had to do between masters; undefined where that was nothing. */
export function coordinationEntry(state: ExecutionState): Coordination | undefined {
  const entry = {
    budget_moves: budgetMoves(state),
    expired_handoffs: expiredHandoffs(state),
    silent_masters: silentMasters(state),
  };
  return Object.values(entry).some((list) => list.length > 0) ? entry : undefined;
}

/** A move of nothing only says that an account had enough again. */
function budgetMoves(state: ExecutionState): Coordination['budget_moves'] {
  return [...state.moves.values()]
    .filter(({ tokens, microDollars }) => tokens > 0 || microDollars > 0)
    .map(({ from, to, tokens, microDollars, reason }) => ({ from, to, tokens, usd: microDollars / 1_000_000, reason }));
}

function expiredHandoffs(state: ExecutionState): Coordination['expired_handoffs'] {
  return [...state.handoffs.values()].flatMap(({ requested: { from, to, task, need }, expired, pickedAt }) =>
    expired === undefined
      ? []
      : [{ from, to, task_id: task, need, reason: expired, picked_up_late: pickedAt !== undefined }],
  );
}

function silentMasters(state: ExecutionState): Coordination['silent_masters'] {
  return state.silences.map(({ master, owner, silentMs }) => ({ master, owner, silent_seconds: silentMs / 1000 }));
}
