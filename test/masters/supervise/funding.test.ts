import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ExecutionState } from '../../../src/execution/execution-state.ts';
import { foldEvents } from '../../../src/execution/state.ts';
import { fundingOf, shortfallOf, type Request } from '../../../src/masters/supervise/funding.ts';
import type { EventData, NewEvent } from '../../../src/protocol/event.ts';
import type { MasterName } from '../../../src/protocol/words.ts';
import { executionId, logOf, newEvent, started, timeOf } from '../../support/events.ts';

const money = (tokens: number): { tokens: number; microDollars: number } => ({ tokens, microDollars: tokens * 10 });
const asking = 'security-master';

/** A hundred thousand tokens, 25,000 of them the reserve; 75,000 are three masters'. A token costs ten micro-dollars. */
const opening = started({
  budget: { ...money(100_000), reserveTokens: 25_000, reserveMicroDollars: 250_000 },
  masters: [
    { name: asking, ...money(1000) },
    { name: 'cicd-master', ...money(40_000) },
    { name: 'testing-master', ...money(34_000) },
  ],
});

const stateOf = (...events: readonly NewEvent[]): ExecutionState => foldEvents(executionId, logOf(opening, ...events));

function request(tokens: number, microDollars = tokens * 10): Request {
  return { account: asking, key: 'scan-1', tokens, microDollars, task: 'scan', priority: 'high' };
}
const reported = (master: MasterName): NewEvent =>
  newEvent(
    'master.reported',
    { master, outcome: 'complete', done: 0, failed: 0, blocked: 0, skipped: 0, summary: '' },
    master,
  );
const settled = (account: MasterName, tokens: number, key = `${account}-spent`): NewEvent =>
  newEvent('budget.settled', { account, key, ...money(tokens) }, key);
const reserved = (account: MasterName, tokens: number, key = `${account}-held`): NewEvent =>
  newEvent('budget.reserved', { account, key, ...money(tokens), expiresAt: timeOf(60) }, key);
const moved = (from: EventData<'budget.moved'>['from'], tokens: number): NewEvent =>
  newEvent('budget.moved', { key: `from-${from}`, from, to: 'testing-master', ...money(tokens), reason: 'r' }, from);

/** The moves in short: who gives how many tokens. */
const fundsOf = (wanted: Request, ...events: readonly NewEvent[]): readonly string[] | undefined =>
  fundingOf(wanted, stateOf(...events))?.map(({ from, tokens }) => `${from} ${tokens}`);

describe('what a request lacks', () => {
  it.each<readonly [string, readonly NewEvent[], number]>([
    ['all but what its account has', [], 500],
    ['also what others of its account have set aside', [reserved(asking, 400)], 900],
    ['also what they have used', [settled(asking, 1000)], 1500],
    ['what an account is overdrawn by, too', [settled(asking, 1200)], 1700],
    ['nothing of what another account has set aside', [reserved('cicd-master', 400)], 500],
  ])('is %s', (_name, events, lacking) => {
    expect(shortfallOf(request(1500), stateOf(...events))).toEqual(money(lacking));
  });

  it('is nothing where it fits', () => {
    expect(shortfallOf(request(1000), stateOf())).toEqual(money(0));
  });

  it('may be money alone', () => {
    expect(shortfallOf(request(100, 12_000), stateOf())).toEqual({ tokens: 0, microDollars: 2000 });
  });

  it('is what the execution lacks, where its masters spent more than they had', () => {
    // Of 75,000 tokens 74,500 are gone; the asking master has used none of its 1000.
    const overspent = [settled('cicd-master', 40_500), settled('testing-master', 34_000)];
    expect(shortfallOf(request(900), stateOf(...overspent))).toEqual(money(400));
  });
});

describe('a request is funded', () => {
  it('by nothing at all where enough has come back', () => {
    expect(fundsOf(request(1000))).toEqual(['reserve 0']);
  });

  it('by what a master that has reported did not use', () => {
    expect(fundsOf(request(5000), settled('cicd-master', 30_000), reported('cicd-master'))).toEqual([
      'cicd-master 4000',
    ]);
  });

  it('by several of them, in the order of the masters, each with all it has but the last', () => {
    const both = [reported('testing-master'), reported('cicd-master'), settled('cicd-master', 39_000)];
    expect(fundsOf(request(5000), ...both)).toEqual(['cicd-master 1000', 'testing-master 3000']);
  });

  it('by no master that is still at work', () => {
    expect(fundsOf(request(5000))).toEqual(['reserve 10000']);
  });

  it('by nothing that a master has set aside or overdrawn', () => {
    const held = [reported('cicd-master'), reserved('cicd-master', 40_000)];
    expect(fundsOf(request(5000), ...held)).toEqual(['reserve 10000']);
    expect(fundsOf(request(5000), reported('cicd-master'), settled('cicd-master', 41_000))).toEqual(['reserve 10000']);
  });

  it.each([
    [2000, 10_000],
    [11_000, 10_000],
    [11_001, 20_000],
    [21_001, 25_000],
    [26_000, 25_000],
  ])('for %i tokens out of the reserve in steps of 10,000, or with all that is left of it: %i', (wanted, drawn) => {
    expect(fundsOf(request(wanted))).toEqual([`reserve ${drawn}`]);
  });

  it('with money as it is needed, not in steps', () => {
    expect(fundingOf(request(1500), stateOf())).toMatchObject([{ tokens: 10_000, microDollars: 5000 }]);
  });

  it('by masters first, and the rest by the reserve', () => {
    const left = [reported('cicd-master'), settled('cicd-master', 39_000)];
    expect(fundsOf(request(5000), ...left)).toEqual(['cicd-master 1000', 'reserve 10000']);
  });

  it('not at all where the reserve does not cover it, and nothing of it is touched', () => {
    expect(fundsOf(request(26_001))).toBeUndefined();
  });

  it('not by what was drawn from the reserve before', () => {
    expect(fundsOf(request(6000), moved('reserve', 20_000))).toEqual(['reserve 5000']);
    expect(fundsOf(request(6001), moved('reserve', 20_000))).toBeUndefined();
  });

  it('not with the money of others where only the tokens are there', () => {
    expect(fundsOf(request(2000, 10_000 + 250_001))).toBeUndefined();
  });
});

describe('whatever the books say', () => {
  const amount = fc.record({ tokens: fc.nat(50_000), microDollars: fc.nat(500_000) });
  const account = fc.constantFrom<MasterName>(asking, 'cicd-master', 'testing-master');
  const entry = fc.tuple(account, amount, fc.constantFrom('settled', 'reserved', 'reported', 'drawn'), fc.uuid());
  const events = fc.array(
    entry.map(([master, spend, what, key]): NewEvent => {
      if (what === 'reported') return reported(master);
      const booking = { account: master, key, ...spend };
      if (what === 'settled') return newEvent('budget.settled', booking, key);
      if (what === 'reserved') return newEvent('budget.reserved', { ...booking, expiresAt: timeOf(60) }, key);
      // A store moves no more than there is: three draws of up to 8000 tokens at most.
      const few = { tokens: spend.tokens % 4000, microDollars: spend.microDollars % 40_000 };
      return newEvent('budget.moved', { key, from: 'reserve', to: master, ...few, reason: 'r' }, key);
    }),
    { maxLength: 6 },
  );

  it('what is moved covers the request, takes nothing that is used or set aside, and no more of the reserve than there is', () => {
    fc.assert(
      fc.property(events, amount, (given, wanted) => {
        const state = stateOf(...given);
        const moves = fundingOf({ ...request(0), ...wanted }, state);
        for (const what of ['tokens', 'microDollars'] as const) {
          const sum = (from: (name: string) => boolean): number =>
            (moves ?? []).filter((move) => from(move.from)).reduce((total, move) => total + move[what], 0);
          const freeOf = (name: MasterName): number => freeIn(state, name, what);
          const isCovered = freeOf(asking) + sum(() => true) >= wanted[what];
          expect(moves === undefined || wanted[what] === 0 || isCovered).toBe(true);
          for (const name of ['cicd-master', 'testing-master'] as const)
            expect(sum((from) => from === name)).toBeLessThanOrEqual(Math.max(0, freeOf(name)));
          expect(sum((from) => from === 'reserve')).toBeLessThanOrEqual(reserveIn(state, what));
          expect(sum((from) => from === asking)).toBe(0);
        }
      }),
      { numRuns: 500 },
    );
  });
});

function freeIn(state: ExecutionState, name: MasterName, what: 'tokens' | 'microDollars'): number {
  const master = state.masters.get(name);
  const used = what === 'tokens' ? master?.usedTokens : master?.usedMicroDollars;
  const held = [...state.reservations.values()].filter(({ account }) => account === name);
  return held.reduce((left, each) => left - each[what], (master?.[what] ?? 0) - (used ?? 0));
}

function reserveIn(state: ExecutionState, what: 'tokens' | 'microDollars'): number {
  const drawn = [...state.moves.values()].filter(({ from }) => from === 'reserve');
  return drawn.reduce((left, each) => left - each[what], what === 'tokens' ? 25_000 : 250_000);
}
