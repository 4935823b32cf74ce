import { describe, expect, it } from 'vitest';
import type { Booking, BudgetAnswer, Store } from '../../src/coordination/store.ts';
import { booking, logStart, started } from '../support/events.ts';
import type { OpenedStore, OpenStore } from './opened-store.ts';
import { reservationContract } from './reservation-contract.ts';

const minute = 60_000;
const reserve = (store: Store, wanted: Booking, leaseMs = minute): Promise<BudgetAnswer> =>
  store.reserve(wanted, { leaseMs, fence: 0 });
const grants = async (store: Store, wanted: readonly Booking[]): Promise<number> =>
  (await Promise.all(wanted.map((each) => reserve(store, each)))).filter((answer) => answer.granted).length;
const idsOf = async (store: Store): Promise<readonly string[]> => (await store.read()).slice(1).map(({ id }) => id);

/** What every store keeps to when masters reserve and settle. */
export function budgetContract(fresh: OpenStore): void {
  // The security master may spend 500; the execution 1000, of which 100 are reserve.
  const funded = async (): Promise<OpenedStore> => {
    const world = await fresh();
    await world.store.append([started()]);
    return world;
  };
  reserveContract(fresh, funded);
  settleContract(funded);
  reservationContract(funded);
}

function reserveContract(fresh: OpenStore, funded: OpenStore): void {
  describe('budgets', () => {
    it('refuses all before the execution has said what may be spent', async () => {
      const { store } = await fresh();
      const reason = 'security-master has no account in this execution';
      expect(await reserve(store, booking('a', 0))).toEqual({ granted: false, reason });
      expect(await store.read()).toEqual([]);
    });

    it('grants up to the limit of the master, and not one token more', async () => {
      const { store } = await funded();
      expect(await reserve(store, booking('a', 499))).toEqual({ granted: true });
      expect(await reserve(store, booking('b', 2))).toEqual({
        granted: false,
        reason: 'security-master has 1 tokens left, 2 are needed',
      });
      expect(await reserve(store, booking('c', 1))).toEqual({ granted: true });
    });

    it('counts money as it counts tokens', async () => {
      const { store } = await funded();
      expect(await reserve(store, { ...booking('a', 1), microDollars: 5001 })).toEqual({
        granted: false,
        reason: 'security-master has 5000 micro-dollars left, 5001 are needed',
      });
    });

    it('leaves the reserve of the execution alone, whatever its masters may', async () => {
      const { store } = await fresh();
      const rich = { tokens: 1000, microDollars: 10_000 };
      await store.append([started({ masters: [{ name: 'security-master', ...rich }] })]);
      const spend = { account: 'security-master', tokens: 0, microDollars: 0 } as const;
      expect(await reserve(store, { ...spend, key: 'a', tokens: 901 })).toEqual({
        granted: false,
        reason: 'the execution has 900 tokens left, 901 are needed',
      });
      expect(await reserve(store, { ...spend, key: 'b', microDollars: 9001 })).toEqual({
        granted: false,
        reason: 'the execution has 9000 micro-dollars left, 9001 are needed',
      });
      expect(await reserve(store, { ...spend, key: 'c', tokens: 900, microDollars: 9000 })).toEqual({ granted: true });
    });

    it('never overbooks when many reserve at once', async () => {
      const { store } = await funded();
      const wanted = Array.from({ length: 20 }, (_, index) => booking(`k${index}`, 60));
      expect(await grants(store, wanted)).toBe(8);
    });

    it('reserves a key once, however often it is said', async () => {
      const { store } = await funded();
      const wanted = Array.from({ length: 5 }, () => booking('same', 200));
      expect(await grants(store, wanted)).toBe(5);
      expect(await reserve(store, booking('same', 10_000))).toEqual({ granted: true });
      expect(await idsOf(store)).toEqual(['budget.reserved:same']);
      expect(await reserve(store, booking('other', 300))).toEqual({ granted: true });
    });

    it('says in the log what is set aside, for whom and until when', async () => {
      const { store } = await funded();
      await reserve(store, booking('a', 200));
      const expiresAt = new Date(logStart + minute).toISOString();
      expect((await store.read())[1]).toMatchObject({
        id: 'budget.reserved:a',
        actor: 'security-master',
        fence: 0,
        type: 'budget.reserved',
        data: { ...booking('a', 200), expiresAt },
      });
    });

    it('says nothing in the log of what it refuses', async () => {
      const { store } = await funded();
      await reserve(store, booking('a', 501));
      expect(await idsOf(store)).toEqual([]);
    });

    it('keeps the books for the next process', async () => {
      const world = await funded();
      await reserve(world.store, booking('a', 300));
      await reserve(world.store, booking('b', 100));
      await world.store.settle(booking('b', 50));
      const again = await world.reopen();
      expect(await reserve(again, booking('c', 151))).toMatchObject({ granted: false });
      expect(await reserve(again, booking('c', 150))).toEqual({ granted: true });
    });
  });
}

function settleContract(funded: OpenStore): void {
  describe('a settlement', () => {
    it('gives back what was not spent when a key is settled, once', async () => {
      const { store } = await funded();
      await reserve(store, booking('a', 500));
      await store.settle(booking('a', 100));
      await store.settle(booking('a', 100));
      expect(await reserve(store, booking('b', 401))).toMatchObject({ granted: false });
      expect(await reserve(store, booking('b', 400))).toEqual({ granted: true });
      expect((await store.read()).filter(({ type }) => type === 'budget.settled')).toHaveLength(1);
    });

    it('gives a reservation back to the account that made it', async () => {
      const { store } = await funded();
      await reserve(store, booking('a', 500));
      await store.settle({ ...booking('a', 0), account: 'coordinator-master' });
      expect(await reserve(store, booking('b', 500))).toEqual({ granted: true });
    });

    it('counts what was spent above its reservation', async () => {
      const { store } = await funded();
      await reserve(store, booking('a', 100));
      await store.settle(booking('a', 450));
      expect(await reserve(store, booking('b', 51))).toMatchObject({ granted: false });
    });

    it('grants work that costs nothing also where an account is overdrawn', async () => {
      const { store } = await funded();
      await store.settle(booking('a', 501));
      expect(await reserve(store, booking('b', 0))).toEqual({ granted: true });
      expect(await reserve(store, booking('c', 1))).toEqual({
        granted: false,
        reason: 'security-master has 0 tokens left, 1 are needed',
      });
    });

    it('is an event of the account that spent', async () => {
      const { store } = await funded();
      await store.settle(booking('a', 40));
      expect((await store.read())[1]).toMatchObject({
        id: 'budget.settled:a',
        actor: 'security-master',
        fence: 0,
        type: 'budget.settled',
        data: booking('a', 40),
      });
    });

    it('stands, whatever is reserved or settled by its key later', async () => {
      const { store } = await funded();
      await store.settle(booking('a', 100));
      expect(await reserve(store, booking('a', 400))).toEqual({ granted: true });
      await store.settle(booking('a', 500));
      expect(await idsOf(store)).toEqual(['budget.settled:a']);
      expect(await reserve(store, booking('b', 400))).toEqual({ granted: true });
    });

    it('of a master without an account counts for the execution', async () => {
      const { store } = await funded();
      await store.settle({ ...booking('a', 600), account: 'testing-master' });
      expect(await reserve(store, booking('b', 301))).toEqual({
        granted: false,
        reason: 'the execution has 300 tokens left, 301 are needed',
      });
    });
  });
}
