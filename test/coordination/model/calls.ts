import type {
  BudgetAnswer,
  BudgetMove,
  Booking,
  Claim,
  ReservationTerms,
  Store,
} from '../../../src/coordination/store.ts';
import type { Event, NewEvent } from '../../../src/protocol/event.ts';
import { CortexError } from '../../../src/shared/errors.ts';

/** One call of a store, as data: it can be made, and it can be worked out on paper. */
export type Call =
  | { readonly does: 'append'; readonly events: readonly NewEvent[] }
  | { readonly does: 'claim'; readonly name: string; readonly owner: string; readonly leaseMs: number }
  | { readonly does: 'renew'; readonly claim: Claim; readonly leaseMs: number }
  | { readonly does: 'release'; readonly claim: Claim }
  | { readonly does: 'reserve'; readonly wanted: Booking; readonly terms: ReservationTerms }
  | { readonly does: 'settle'; readonly spent: Booking }
  | { readonly does: 'move'; readonly move: BudgetMove };

/** What a call came to; a stale fence is an answer like others, each further error is a fault of the store. */
export type Answer = readonly Event[] | Claim | { readonly heldBy: string } | BudgetAnswer | 'done' | 'stale-fence';

/** Makes the call. */
export async function perform(store: Store, call: Call): Promise<Answer> {
  try {
    return await made(store, call);
  } catch (error) {
    if (error instanceof CortexError && error.code === 'stale-fence') return 'stale-fence';
    throw error;
  }
}

async function made(store: Store, call: Call): Promise<Answer> {
  switch (call.does) {
    case 'append':
      return store.append(call.events);
    case 'claim':
      return store.claim(call.name, call.owner, call.leaseMs);
    case 'renew':
      return done(store.renew(call.claim, call.leaseMs));
    case 'release':
      return done(store.release(call.claim));
    case 'reserve':
      return store.reserve(call.wanted, call.terms);
    case 'settle':
      return done(store.settle(call.spent));
    case 'move':
      return store.move(call.move);
  }
}

async function done(call: Promise<void>): Promise<'done'> {
  await call;
  return 'done';
}
