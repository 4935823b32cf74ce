import type { Booking, BudgetAnswer, Store } from '../store.ts';
import type { Value } from './client.ts';
import { groupCommit } from './group-commit.ts';
import type { OwnData } from './own-events.ts';
import { staleOf, type Reply, type Steps } from './steps.ts';

/** A wish as `lua/book.lua` reads it: its kind, then what it is about. */
type Wish = readonly Value[];

/** How many wishes go in one step: while Redis works on one group, the next is made ready. */
const groupWishes = 32;

/** The books of a store: wishes that come together go in one step, each answered alone. */
export function redisBudgets(steps: Steps, dataOf: OwnData): Pick<Store, 'reserve' | 'settle' | 'move'> {
  const { push } = groupCommit<Wish, Reply>({
    sizeOf: () => 1,
    maxSize: groupWishes,
    maxGroups: 2,
    commit: async (wishes) => {
      const [, seq, ...answers] = await steps.run('book', [wishes.length, ...wishes.flat()]);
      steps.saw(Number(seq));
      return (answers as readonly Reply[]).map((answer) => (answer[0] === 'stale' ? staleOf(answer) : answer));
    },
  });
  /** A step gives back a bounded number of reservations; where there are more, the wish is said again. */
  const ask = async (wish: Wish): Promise<BudgetAnswer> => {
    for (;;) {
      const [word, reason] = await push(wish);
      if (word === 'granted') return { granted: true };
      if (word === 'refused') return { granted: false, reason: String(reason) };
    }
  };
  return {
    reserve: async (wanted, { leaseMs, fence }) => {
      const { account, key, tokens, microDollars } = wanted;
      const data = dataOf('budget.reserved', bookingOf(wanted));
      return ask(['reserve', account, key, tokens, microDollars, data, Math.trunc(leaseMs), fence]);
    },
    settle: async (spent) => {
      const { account, key, tokens, microDollars } = spent;
      await push(['settle', account, key, tokens, microDollars, dataOf('budget.settled', bookingOf(spent))]);
    },
    move: async ({ key, from, to, tokens, microDollars, reason }) => {
      const data = dataOf('budget.moved', { key, from, to, tokens, microDollars, reason });
      return ask(['move', key, from, to, tokens, microDollars, data]);
    },
  };
}

function bookingOf({ account, key, tokens, microDollars }: Booking): Booking {
  return { account, key, tokens, microDollars };
}
