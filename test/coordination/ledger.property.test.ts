import fc from 'fast-check';
import { describe, it } from 'vitest';
import { bookEvent, emptyLedger, type Account, type Ledger } from '../../src/coordination/ledger.ts';
import type { NewEvent } from '../../src/protocol/event.ts';
import type { MasterName } from '../../src/protocol/words.ts';
import { logOf, newEvent, started, timeOf } from '../support/events.ts';

const key = fc.constantFrom('a', 'b', 'c', 'd');
const account = fc.constantFrom<MasterName>('coordinator-master', 'security-master', 'testing-master');
const amount = { tokens: fc.nat(500), microDollars: fc.nat(5000) };
const booking = fc.record({ account, key, ...amount });
const from = fc.oneof(account, fc.constantFrom('reserve' as const, 'person' as const));

/** Events about money in any order, as no store would write them: repeated, out of turn, of accounts that are not there. */
const moneyEvents: fc.Arbitrary<readonly NewEvent[]> = fc.array(
  fc.oneof(
    booking.map((data) => newEvent('budget.reserved', { ...data, expiresAt: timeOf(1) })),
    booking.map((data) => newEvent('budget.settled', data)),
    booking.map((data) => newEvent('budget.expired', data)),
    fc
      .record({ key, from, to: account, ...amount, reason: fc.constant('r') })
      .map((data) => newEvent('budget.moved', data)),
    fc.constant(started()),
  ),
);

function booksOf(given: readonly NewEvent[]): Ledger {
  const ledger = emptyLedger();
  for (const event of logOf(started(), ...given)) bookEvent(ledger, event);
  return ledger;
}

function sum(accounts: Iterable<Account>, of: 'reserved' | 'used'): number {
  return [...accounts].reduce((total, each) => total + each[of].tokens, 0);
}

describe('the books', () => {
  it('of the execution are those of its attempts, whatever the log says in whatever order', () => {
    fc.assert(
      fc.property(moneyEvents, (given) => {
        const { execution, attempts } = booksOf(given);
        return (['reserved', 'used'] as const).every((of) => execution[of].tokens === sum(attempts.values(), of));
      }),
    );
  });

  it('of a master are those of its attempts', () => {
    fc.assert(
      fc.property(moneyEvents, (given) => {
        const { masters, attempts } = booksOf(given);
        return [...masters].every(([name, books]) => {
          const own = [...attempts.values()].filter(({ master }) => master === name);
          return books.reserved.tokens === sum(own, 'reserved') && books.used.tokens === sum(own, 'used');
        });
      }),
    );
  });

  it('change by no event that is said a second time in a row', () => {
    fc.assert(
      fc.property(moneyEvents, (given) => {
        const once = booksOf(given);
        const twice = booksOf(given.flatMap((event) => [event, event]));
        return JSON.stringify(plain(once)) === JSON.stringify(plain(twice));
      }),
    );
  });
});

function plain(ledger: Ledger): unknown {
  return { ...ledger, masters: [...ledger.masters], attempts: [...ledger.attempts], moved: [...ledger.moved] };
}
