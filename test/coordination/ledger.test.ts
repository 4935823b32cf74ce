import { describe, expect, it } from 'vitest';
import { bookEvent, emptyLedger, expiredReservations, type Ledger } from '../../src/coordination/ledger.ts';
import type { NewEvent } from '../../src/protocol/event.ts';
import { booking, logOf, logStart, newEvent, reservation, started } from '../support/events.ts';

const none = { tokens: 0, microDollars: 0 };
const amount = (tokens: number): typeof none => ({ tokens, microDollars: tokens * 10 });

function books(...events: readonly NewEvent[]): Ledger {
  const ledger = emptyLedger();
  for (const event of logOf(started(), ...events)) bookEvent(ledger, event);
  return ledger;
}

const reserved = newEvent('budget.reserved', reservation('a', 300));
const settled = newEvent('budget.settled', booking('a', 120));
const expired = newEvent('budget.expired', booking('a', 300));

describe('the accounts of an execution', () => {
  it('are opened by its start: the budget less its reserve, the reserve, and one for each master', () => {
    const { execution, reserve, masters } = books();
    expect(execution).toEqual({ limit: amount(900), reserved: none, used: none });
    expect(reserve).toEqual({ limit: amount(100), reserved: none, used: none });
    expect([...masters].map(([name, { limit }]) => [name, limit])).toEqual([
      ['coordinator-master', amount(100)],
      ['security-master', amount(500)],
    ]);
  });

  it('are opened once: a start that is said again leaves what was spent in the books', () => {
    expect(books(settled, started()).execution.used).toEqual(amount(120));
  });

  it('hold a reservation on three levels, and no other master’s', () => {
    const { execution, masters, attempts } = books(reserved);
    expect(execution.reserved).toEqual(amount(300));
    expect(masters.get('security-master')?.reserved).toEqual(amount(300));
    expect(masters.get('coordinator-master')?.reserved).toEqual(none);
    expect(attempts.get('a')).toMatchObject({ limit: amount(300), reserved: amount(300), used: none, state: 'open' });
  });

  it('hold what an attempt used in place of its reservation, which stays its limit', () => {
    const { execution, masters, attempts } = books(reserved, settled);
    expect(execution).toMatchObject({ reserved: none, used: amount(120) });
    expect(masters.get('security-master')).toMatchObject({ reserved: none, used: amount(120) });
    expect(attempts.get('a')).toMatchObject({
      limit: amount(300),
      reserved: none,
      used: amount(120),
      state: 'settled',
    });
  });

  it('hold an attempt that was never reserved with no limit', () => {
    expect(books(settled).attempts.get('a')).toMatchObject({ limit: none, used: amount(120), state: 'settled' });
  });

  it('hold nothing of a reservation that expired', () => {
    const { execution, attempts } = books(reserved, expired);
    expect(execution).toEqual({ limit: amount(900), reserved: none, used: none });
    expect(attempts.get('a')).toMatchObject({ limit: amount(300), reserved: none, state: 'expired' });
  });

  it('leave a settled attempt alone when its reservation expires or comes again', () => {
    expect(books(reserved, settled, expired, reserved)).toEqual(books(reserved, settled));
  });

  it.each([
    ['coordinator-master', { execution: 900, reserve: 100, 'coordinator-master': 40 }],
    ['reserve', { execution: 960, reserve: 40, 'coordinator-master': 100 }],
    ['person', { execution: 960, reserve: 100, 'coordinator-master': 100 }],
  ] as const)('move: 60 tokens from %s to the security master', (from, expected) => {
    const moved = { key: 'm', from, to: 'security-master', ...amount(60), reason: 'r' } as const;
    const { execution, reserve, masters } = books(newEvent('budget.moved', moved), newEvent('budget.moved', moved));
    expect({
      execution: execution.limit.tokens,
      reserve: reserve.limit.tokens,
      'coordinator-master': masters.get('coordinator-master')?.limit.tokens,
      'security-master': masters.get('security-master')?.limit.tokens,
    }).toEqual({ ...expected, 'security-master': 560 });
  });
});

describe('reservations whose time is up', () => {
  it('are those that are open at that moment or after it, the longest overdue first', () => {
    const until = (key: string, second: number): NewEvent =>
      newEvent('budget.reserved', { ...booking(key, 1), expiresAt: new Date(logStart + second * 1000).toISOString() });
    const gone = newEvent('budget.settled', booking('gone', 1));
    const ledger = books(until('late', 3), until('b', 2), until('a', 2), until('first', 1), until('gone', 1), gone);
    const keysAt = (ms: number): readonly string[] => expiredReservations(ledger, logStart + ms).map(({ key }) => key);
    expect(keysAt(999)).toEqual([]);
    expect(keysAt(2000)).toEqual(['first', 'a', 'b']);
    expect(keysAt(60_000)).toEqual(['first', 'a', 'b', 'late']);
  });
});
