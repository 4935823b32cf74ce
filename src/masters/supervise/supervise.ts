import type { ExecutionState } from '../../execution/execution-state.ts';
import { CortexError } from '../../shared/errors.ts';
import { within } from '../board.ts';
import type { MasterContext } from '../context.ts';
import { failAbandoned } from './abandoned.ts';
import { answerRequests, type Promised } from './budgets.ts';
import { expireHandoffs } from './handoffs.ts';
import { settleClaims } from './paths.ts';
import { answerQuestions } from './questions.ts';
import { nameSilent } from './silence.ts';

/**
 * The coordinator's live part: until every other master has reported and its own has said what it would change, it looks
 * at each event, and now and then at the clock, and does what is due. All it does is known by its id: two coordinators for a moment do nothing twice.
 */
export async function supervise(context: MasterContext, signal: AbortSignal): Promise<void> {
  const { board } = context;
  const lookMs = context.leaseMs / 3;
  const promised: Promised = new Map();
  try {
    for (let looked = -Infinity; !isOver(board.state);) {
      const seen = board.state.lastSeq;
      await answerQuestions(context);
      await answerRequests(context, promised);
      await settleClaims(context);
      await expireHandoffs(context);
      if (context.shared && context.now() - looked >= lookMs) {
        looked = context.now();
        await nameSilent(context);
      }
      await within(board, (state) => (state.lastSeq > seen ? true : undefined), { ms: lookMs, signal });
    }
  } catch (error) {
    // Those whom nobody runs any more can't say so themselves. Not where this process was cut off: another supervises.
    if (context.shared && isDeadline(signal.reason)) await failAbandoned(context, othersReported);
    throw error;
  }
}

/** The coordinator's own tasks may ask, too: it claims its paths after the last of them. */
function isOver(state: ExecutionState): boolean {
  return state.pathsSettled !== undefined && othersReported(state);
}

function isDeadline(reason: unknown): boolean {
  return reason instanceof CortexError && reason.code === 'deadline-passed';
}

/** Whether every master but the coordinator has reported. */
function othersReported(state: ExecutionState): boolean {
  const others = [...state.masters.values()].filter((master) => master.name !== 'coordinator-master');
  return others.every((master) => master.reportedAt !== undefined);
}
