import { isoTime } from '../../shared/clock.ts';
import { expiredReservations, isReserved, mayMove, mayReserve, type Ledger } from '../ledger.ts';
import type { Booking, BudgetAnswer, BudgetMove, Store } from '../store.ts';
import { staleOf } from './claims.ts';
import type { Journal, OwnEvent } from './journal.ts';

/** What is asked of the books: whether they know it already, whether it may be, and the event that says that it is. */
interface Question {
  readonly isKnown: boolean;
  readonly judge: () => BudgetAnswer;
  readonly event: OwnEvent;
}

/** The books of a store, over its journal: reserve, settle and move, each one step. */
export function fileBudgets(journal: Journal, now: () => number): Pick<Store, 'reserve' | 'settle' | 'move'> {
  const { ledger, holders } = journal;
  const answer = async (ask: () => Question): Promise<BudgetAnswer> => {
    const givenBack = journal.write(expiries(ledger, now()));
    const { isKnown, judge, event } = ask();
    const verdict: BudgetAnswer = isKnown ? { granted: true } : judge();
    await Promise.all([givenBack, journal.write(verdict.granted && !isKnown ? [event] : [])]);
    return verdict;
  };
  return {
    reserve: async (wanted, { leaseMs, fence }) => {
      const stale = fence === 0 ? undefined : staleOf(holders, wanted.account, fence);
      if (stale) return journal.refuse(stale);
      return answer(() => ({
        isKnown: isReserved(ledger, wanted.key),
        judge: () => mayReserve(ledger, wanted),
        event: reserved(wanted, fence, isoTime(now() + leaseMs)),
      }));
    },
    settle: async (spent) => {
      const isKnown = ledger.attempts.get(spent.key)?.state === 'settled';
      await journal.write(isKnown ? [] : [booked('budget.settled', spent)]);
    },
    move: (move) =>
      answer(() => ({
        isKnown: ledger.moved.has(move.key),
        judge: () => mayMove(ledger, move),
        event: moved(move),
      })),
  };
}

/** The events that give back what was reserved and not settled in time. */
export function expiries(ledger: Ledger, nowMs: number): readonly OwnEvent[] {
  return expiredReservations(ledger, nowMs).map((each) => booked('budget.expired', each));
}

function reserved(wanted: Booking, fence: number, expiresAt: string): OwnEvent {
  const data = { ...bookingOf(wanted), expiresAt };
  return { key: wanted.key, actor: wanted.account, fence, type: 'budget.reserved', data };
}

function booked(type: 'budget.settled' | 'budget.expired', booking: Booking): OwnEvent {
  return { key: booking.key, actor: booking.account, fence: 0, type, data: bookingOf(booking) };
}

function moved({ key, from, to, tokens, microDollars, reason }: BudgetMove): OwnEvent {
  const data = { key, from, to, tokens, microDollars, reason };
  return { key, actor: 'coordinator-master', fence: 0, type: 'budget.moved', data };
}

function bookingOf({ account, key, tokens, microDollars }: Booking): Booking {
  return { account, key, tokens, microDollars };
}
