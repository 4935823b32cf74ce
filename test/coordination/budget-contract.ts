import { describe, expect, it } from 'vitest';
import type { Reservation, Store } from '../../src/coordination/store.ts';
import { booking, started } from '../support/events.ts';
import type { OpenedStore } from './opened-store.ts';

/** What every store keeps to when masters reserve and settle. */
export function budgetContract(fresh: () => Promise<OpenedStore>): void {
  describe('budgets', () => {
    // The security master may spend 500; the execution 1000, of which 100 are reserve.
    const funded = async (): Promise<OpenedStore> => {
      const world = await fresh();
      await world.store.append([started()]);
      return world;
    };
    const grants = async (store: Store, wanted: readonly Reservation[]): Promise<number> =>
      (await Promise.all(wanted.map(store.reserve))).filter((answer) => answer.granted).length;

    it('refuses all before the execution has said what may be spent', async () => {
      const { store } = await fresh();
      expect(await store.reserve(booking('a', 0))).toMatchObject({ granted: false });
      expect(await store.read()).toEqual([]);
    });

    it('grants up to the limit of the master, and not one token more', async () => {
      const { store } = await funded();
      expect(await store.reserve(booking('a', 499))).toEqual({ granted: true });
      expect(await store.reserve(booking('b', 2))).toEqual({
        granted: false,
        reason: 'security-master has 1 tokens left, 2 are needed',
      });
      expect(await store.reserve(booking('c', 1))).toEqual({ granted: true });
    });

    it('counts money as it counts tokens', async () => {
      const { store } = await funded();
      expect(await store.reserve({ ...booking('a', 1), microDollars: 5001 })).toMatchObject({ granted: false });
    });

    it('leaves the reserve of the execution alone, whatever its masters may', async () => {
      const { store } = await fresh();
      const rich = { tokens: 1000, microDollars: 10_000 };
      await store.append([started({ masters: [{ name: 'security-master', ...rich }] })]);
      const spend = { account: 'security-master', tokens: 0, microDollars: 0 } as const;
      expect(await store.reserve({ ...spend, key: 'a', tokens: 901 })).toMatchObject({ granted: false });
      expect(await store.reserve({ ...spend, key: 'b', microDollars: 9001 })).toMatchObject({ granted: false });
      expect(await store.reserve({ ...spend, key: 'c', tokens: 900, microDollars: 9000 })).toEqual({ granted: true });
    });

    it('never overbooks when many reserve at once', async () => {
      const { store } = await funded();
      const wanted = Array.from({ length: 20 }, (_, index) => booking(`k${index}`, 60));
      expect(await grants(store, wanted)).toBe(8);
    });

    it('reserves a key once, however often it is said', async () => {
      const { store } = await funded();
      expect(
        await grants(
          store,
          Array.from({ length: 5 }, () => booking('same', 200)),
        ),
      ).toBe(5);
      expect(await store.reserve(booking('other', 300))).toEqual({ granted: true });
    });

    it('gives back what was not spent when a key is settled, once', async () => {
      const { store } = await funded();
      await store.reserve(booking('a', 500));
      await store.settle(booking('a', 100));
      await store.settle(booking('a', 100));
      expect(await store.reserve(booking('b', 401))).toMatchObject({ granted: false });
      expect(await store.reserve(booking('b', 400))).toEqual({ granted: true });
      expect((await store.read()).filter(({ type }) => type === 'budget.settled')).toHaveLength(1);
    });

    it('gives a reservation back to the account that made it', async () => {
      const { store } = await funded();
      await store.reserve(booking('a', 500));
      await store.settle({ ...booking('a', 0), account: 'coordinator-master' });
      expect(await store.reserve(booking('b', 500))).toEqual({ granted: true });
    });

    it('counts what was spent above its reservation', async () => {
      const { store } = await funded();
      await store.reserve(booking('a', 100));
      await store.settle(booking('a', 450));
      expect(await store.reserve(booking('b', 51))).toMatchObject({ granted: false });
    });

    it('grants work that costs nothing also where an account is overdrawn', async () => {
      const { store } = await funded();
      await store.settle(booking('a', 501));
      expect(await store.reserve(booking('b', 0))).toEqual({ granted: true });
      expect(await store.reserve(booking('c', 1))).toMatchObject({ granted: false });
    });

    it('keeps the books for the next process', async () => {
      const world = await funded();
      await world.store.reserve(booking('a', 300));
      await world.store.reserve(booking('b', 100));
      await world.store.settle(booking('b', 50));
      const again = await world.reopen();
      expect(await again.reserve(booking('c', 151))).toMatchObject({ granted: false });
      expect(await again.reserve(booking('c', 150))).toEqual({ granted: true });
    });
  });
}
