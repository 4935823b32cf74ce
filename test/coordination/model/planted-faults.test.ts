import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bookEvent, emptyLedger, expiredReservations, mayReserve } from '../../../src/coordination/ledger.ts';
import type { Booking, Claim, Store } from '../../../src/coordination/store.ts';
import type { NewEvent } from '../../../src/protocol/event.ts';
import { newEvent } from '../../support/events.ts';
import { checkStoreModel } from './check-store-model.ts';
import { openFileWorld } from './file-world.ts';

type Fault = (store: Store, clock: { readonly ms: number }) => Store;

/** A settlement that is said again is booked again, under another key. */
const bookingTwice: Fault = (store) => {
  const settled = new Map<string, number>();
  return {
    ...store,
    settle: (spent) => {
      const times = settled.get(spent.key) ?? 0;
      settled.set(spent.key, times + 1);
      return store.settle(times === 0 ? spent : { ...spent, key: `${spent.key} again` });
    },
  };
};

/** Who claims what it holds gets the claim that it has. */
const keepingTheFence: Fault = (store) => {
  const held = new Map<string, Claim>();
  return {
    ...store,
    claim: async (name, owner, leaseMs) => {
      const before = held.get(name);
      if (before?.owner === owner) return before;
      const answer = await store.claim(name, owner, leaseMs);
      if ('fence' in answer) held.set(name, answer);
      return answer;
    },
  };
};

/** Each master may spend what is its own, whatever the execution may. */
const forgettingTheExecution: Fault = (store, clock) => ({
  ...store,
  reserve: async (wanted, terms) => {
    const answer = await store.reserve(wanted, terms);
    if (answer.granted || !answer.reason.startsWith('the execution')) return answer;
    await store.append([reservedEvent(wanted, terms.fence, clock.ms + terms.leaseMs)]);
    return { granted: true };
  },
});

/** Looks, thinks, and then writes: another may have written in between. Where more is to do than that, it is as it should be. */
const decidingOnAnOldLog: Fault = (store, clock) => ({
  ...store,
  reserve: async (wanted, terms) => {
    const ledger = emptyLedger();
    for (const event of await store.read()) bookEvent(ledger, event);
    const isPlain = expiredReservations(ledger, clock.ms).length === 0 && !ledger.attempts.has(wanted.key);
    if (!isPlain || terms.fence !== 0 || !mayReserve(ledger, wanted).granted) return store.reserve(wanted, terms);
    await new Promise((resolve) => setImmediate(resolve));
    await store.append([reservedEvent(wanted, 0, clock.ms + terms.leaseMs)]);
    return { granted: true };
  },
});

const forgivingRelease: Fault = (store) => ({
  ...store,
  release: (claim) => store.release(claim).catch(() => undefined),
});

const shortRenewal: Fault = (store) => ({ ...store, renew: (claim) => store.renew(claim, 1) });

/** A move that is said again moves again, under another key. */
const movingTwice: Fault = (store) => {
  const moved = new Set<string>();
  return {
    ...store,
    move: async (move) => {
      if (moved.has(move.key)) return store.move({ ...move, key: `${move.key} again` });
      const answer = await store.move(move);
      if (answer.granted) moved.add(move.key);
      return answer;
    },
  };
};

/** What a stale fence kept out is written without one. */
const forgettingFences: Fault = (store) => ({
  ...store,
  append: (events) => store.append(events).catch(() => store.append(events.map((event) => ({ ...event, fence: 0 })))),
});

function reservedEvent(wanted: Booking, fence: number, expiresAtMs: number): NewEvent {
  const data = { ...wanted, expiresAt: new Date(expiresAtMs).toISOString() };
  return { ...newEvent('budget.reserved', data, wanted.key), actor: wanted.account, fence } as NewEvent;
}

/** Takes the last whole line away: it was acknowledged, and never lay on the disk. */
function loseLastLine(log: string): void {
  const lines = readFileSync(log, 'utf8').split('\n').slice(0, -1);
  writeFileSync(
    log,
    lines
      .slice(0, -1)
      .map((line) => `${line}\n`)
      .join(''),
  );
}

/** Which course shows a fault first depends on it, and so do the words that say so. */
const seed = 20_261_123;

describe('the model finds', () => {
  it.each([
    ['a ledger that books twice', { fault: bookingTwice }, /"key":"\w again"/],
    [
      'a claim that does not grow its fence',
      { fault: keepingTheFence },
      /claim.*said .*"fence":1.*and not .*"fence":2/,
    ],
    [
      'a reservation that forgets the execution’s limit',
      { fault: forgettingTheExecution },
      /said {"granted":true}, and not .*the execution has/,
    ],
    ['a reservation that decides on an old log', { fault: decidingOnAnOldLog }, /at once: .*reserve/],
    ['a release that takes a stale fence', { fault: forgivingRelease }, /release.* said "done", and not "stale-fence"/],
    ['a renewal that is too short', { fault: shortRenewal }, /the claims are .*"leftMs":1\b/],
    ['a move that happens twice', { fault: movingTwice }, /"key":"m\d again"/],
    ['an append that looks at no fence', { fault: forgettingFences }, /append.*, and not "stale-fence"/],
    ['an append that loses an event at a crash', { atCrash: loseLastLine }, /event \d+ is nothing/],
  ])('%s', async (_name, planted, found) => {
    const check = checkStoreModel({ open: () => openFileWorld(planted), runs: 500, seed });
    await expect(check).rejects.toThrow(/Counterexample/);
    await expect(check).rejects.toThrow(found);
  });
});
