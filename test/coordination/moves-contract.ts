import { describe, expect, it } from 'vitest';
import type { Booking, BudgetAnswer, BudgetMove, Store } from '../../src/coordination/store.ts';
import { booking, started } from '../support/events.ts';
import type { OpenedStore, OpenStore } from './opened-store.ts';

const minute = 60_000;
const terms = { leaseMs: minute, fence: 0 };

const move = (tokens: number, overrides: Partial<BudgetMove> = {}): BudgetMove => ({
  key: 'm1',
  from: 'coordinator-master',
  to: 'security-master',
  tokens,
  microDollars: tokens * 10,
  reason: 'it asked for more',
  ...overrides,
});
const refused = (reason: string): BudgetAnswer => ({ granted: false, reason });
const reserve = (store: Store, wanted: Booking): Promise<BudgetAnswer> => store.reserve(wanted, terms);
const ofCoordinator = (key: string, tokens: number): Booking => ({
  ...booking(key, tokens),
  account: 'coordinator-master',
});

/** What every store keeps to when budget is moved. */
export function movesContract(fresh: OpenStore): void {
  // The coordinator may spend 100, the security master 500; the execution 900, beside a reserve of 100.
  const funded = async (): Promise<OpenedStore> => {
    const world = await fresh();
    await world.store.append([started()]);
    return world;
  };
  masterMovesContract(funded);
  sourcesContract(funded);
  movedOnceContract(fresh, funded);
}

function masterMovesContract(funded: OpenStore): void {
  describe('budget that moves from master to master', () => {
    it('is no longer the one’s, and is the other’s', async () => {
      const { store } = await funded();
      expect(await store.move(move(60))).toEqual({ granted: true });
      expect(await reserve(store, ofCoordinator('a', 41))).toEqual(
        refused('coordinator-master has 40 tokens left, 41 are needed'),
      );
      expect(await reserve(store, booking('b', 561))).toEqual(
        refused('security-master has 560 tokens left, 561 are needed'),
      );
      expect(await reserve(store, booking('c', 560))).toEqual({ granted: true });
    });

    it('does not raise what the execution may spend', async () => {
      const { store } = await funded();
      await store.settle({ ...booking('spent', 400), account: 'testing-master' });
      await store.move(move(100));
      expect(await reserve(store, booking('a', 501))).toEqual(
        refused('the execution has 500 tokens left, 501 are needed'),
      );
    });

    it('is only what is neither set aside nor spent', async () => {
      const { store } = await funded();
      await reserve(store, ofCoordinator('a', 30));
      await store.settle(ofCoordinator('b', 50));
      expect(await store.move(move(21))).toEqual(refused('coordinator-master has 20 tokens left, 21 are needed'));
      expect(await store.move(move(20))).toEqual({ granted: true });
    });

    it('counts money as it counts tokens', async () => {
      const { store } = await funded();
      expect(await store.move(move(1, { microDollars: 1001 }))).toEqual(
        refused('coordinator-master has 1000 micro-dollars left, 1001 are needed'),
      );
    });

    it('includes what a reservation gave back whose time is up', async () => {
      const { store, clock } = await funded();
      await reserve(store, ofCoordinator('a', 100));
      clock.ms += minute;
      expect(await store.move(move(100))).toEqual({ granted: true });
      expect((await store.read()).map(({ id }) => id).slice(-2)).toEqual(['budget.expired:a', 'budget.moved:m1']);
    });

    it('is refused where a master has no account', async () => {
      const { store } = await funded();
      const none = refused('testing-master has no account in this execution');
      expect(await store.move(move(1, { from: 'testing-master' }))).toEqual(none);
      expect(await store.move(move(1, { to: 'testing-master' }))).toEqual(none);
    });
  });
}

function sourcesContract(funded: OpenStore): void {
  describe('budget that comes from elsewhere', () => {
    it('leaves the reserve, and raises what execution and master may spend', async () => {
      const { store } = await funded();
      expect(await store.move(move(101, { from: 'reserve' }))).toEqual(
        refused('the reserve has 100 tokens left, 101 are needed'),
      );
      expect(await store.move(move(60, { from: 'reserve' }))).toEqual({ granted: true });
      expect(await store.move(move(41, { key: 'm2', from: 'reserve' }))).toEqual(
        refused('the reserve has 40 tokens left, 41 are needed'),
      );
      expect(await reserve(store, booking('a', 560))).toEqual({ granted: true });
    });

    it.each(['reserve', 'person'] as const)('raises the execution’s limit where it comes from %s', async (from) => {
      const { store } = await funded();
      await store.settle({ ...booking('spent', 900), account: 'testing-master' });
      expect(await reserve(store, booking('a', 1))).toEqual(refused('the execution has 0 tokens left, 1 are needed'));
      await store.move(move(10, { from }));
      expect(await reserve(store, booking('b', 11))).toEqual(
        refused('the execution has 10 tokens left, 11 are needed'),
      );
      expect(await reserve(store, booking('c', 10))).toEqual({ granted: true });
    });

    it('of a person is as much as the person gives', async () => {
      const { store } = await funded();
      expect(await store.move(move(1_000_000, { from: 'person' }))).toEqual({ granted: true });
      expect(await reserve(store, booking('a', 1_000_500))).toEqual({ granted: true });
    });
  });
}

function movedOnceContract(fresh: OpenStore, funded: OpenStore): void {
  describe('a move', () => {
    it('happens once per key, however often it is said, and is one event', async () => {
      const { store } = await funded();
      const answers = await Promise.all([1, 2, 3].map(() => store.move(move(60))));
      expect(answers).toEqual([{ granted: true }, { granted: true }, { granted: true }]);
      expect((await store.read()).slice(1)).toMatchObject([
        { id: 'budget.moved:m1', actor: 'coordinator-master', fence: 0, type: 'budget.moved', data: move(60) },
      ]);
      expect(await reserve(store, ofCoordinator('a', 40))).toEqual({ granted: true });
    });

    it('that was refused may be asked again', async () => {
      const { store } = await funded();
      expect(await store.move(move(101))).toMatchObject({ granted: false });
      expect(await store.move(move(100))).toEqual({ granted: true });
    });

    it('is refused before the execution has said what may be spent', async () => {
      const { store } = await fresh();
      expect(await store.move(move(1, { from: 'person' }))).toEqual(
        refused('security-master has no account in this execution'),
      );
      expect(await store.read()).toEqual([]);
    });

    it('is remembered by the next process', async () => {
      const world = await funded();
      await world.store.move(move(60));
      const again = await world.reopen();
      expect(await again.move(move(60))).toEqual({ granted: true });
      expect(await reserve(again, booking('a', 561))).toEqual(
        refused('security-master has 560 tokens left, 561 are needed'),
      );
      expect(await reserve(again, ofCoordinator('b', 40))).toEqual({ granted: true });
    });
  });
}
