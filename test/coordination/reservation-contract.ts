import { describe, expect, it } from 'vitest';
import type { Booking, BudgetAnswer, Store } from '../../src/coordination/store.ts';
import { booking } from '../support/events.ts';
import { taken } from './claims-contract.ts';
import type { OpenStore } from './opened-store.ts';

const minute = 60_000;
const reserve = (store: Store, wanted: Booking, leaseMs = minute): Promise<BudgetAnswer> =>
  store.reserve(wanted, { leaseMs, fence: 0 });
const idsOf = async (store: Store): Promise<readonly string[]> => (await store.read()).slice(1).map(({ id }) => id);

/** What every store keeps to when reservations expire, and when they are made by the fence of a claim. */
export function reservationContract(funded: OpenStore): void {
  expiryContract(funded);
  fencedReserveContract(funded);
}

function expiryContract(funded: OpenStore): void {
  describe('a reservation whose time is up', () => {
    it('goes back to its account when the next one is asked for, and the log says so', async () => {
      const { store, clock } = await funded();
      await reserve(store, booking('a', 500));
      clock.ms += minute;
      expect(await reserve(store, booking('b', 500))).toEqual({ granted: true });
      const [, , expired, reserved] = await store.read();
      expect(expired).toMatchObject({
        id: 'budget.expired:a',
        actor: 'security-master',
        fence: 0,
        type: 'budget.expired',
        data: booking('a', 500),
      });
      expect(reserved).toMatchObject({ id: 'budget.reserved:b' });
    });

    it('is kept until the last millisecond', async () => {
      const { store, clock } = await funded();
      await reserve(store, booking('a', 500));
      clock.ms += minute - 1;
      expect(await reserve(store, booking('b', 1))).toMatchObject({ granted: false });
      expect(await idsOf(store)).toEqual(['budget.reserved:a']);
    });

    it('goes back also where the one who asks is refused, or known', async () => {
      const { store, clock } = await funded();
      await reserve(store, booking('a', 200), 1000);
      await reserve(store, booking('b', 200), minute);
      clock.ms += 1000;
      expect(await reserve(store, booking('b', 200))).toEqual({ granted: true });
      clock.ms += minute;
      expect(await reserve(store, booking('c', 501))).toMatchObject({ granted: false });
      expect((await idsOf(store)).slice(2)).toEqual(['budget.expired:a', 'budget.expired:b']);
    });

    it('goes back when a claim is renewed', async () => {
      const { store, clock } = await funded();
      const claim = await taken(store.claim('leg', 'ada', minute));
      await reserve(store, booking('a', 500), 1000);
      clock.ms += 1000;
      await store.renew(claim, minute);
      expect((await idsOf(store)).slice(2)).toEqual(['budget.expired:a']);
    });

    it('stays where it is while its work is settled in time', async () => {
      const { store, clock } = await funded();
      await reserve(store, booking('a', 500));
      await store.settle(booking('a', 100));
      clock.ms += minute;
      await reserve(store, booking('b', 400));
      expect(await idsOf(store)).toEqual(['budget.reserved:a', 'budget.settled:a', 'budget.reserved:b']);
    });

    it('may be reserved again, each event under an id of its own', async () => {
      const { store, clock } = await funded();
      for (const step of [minute, minute, 0]) {
        expect(await reserve(store, booking('a', 300))).toEqual({ granted: true });
        clock.ms += step;
      }
      expect(await idsOf(store)).toEqual([
        'budget.reserved:a',
        'budget.expired:a',
        'budget.reserved:a:4',
        'budget.expired:a:5',
        'budget.reserved:a:6',
      ]);
      expect(await reserve(store, booking('b', 201))).toMatchObject({ granted: false });
      expect(await reserve(store, booking('b', 200))).toEqual({ granted: true });
    });

    it('is booked when it is settled after all', async () => {
      const { store, clock } = await funded();
      await reserve(store, booking('a', 300));
      clock.ms += minute;
      await reserve(store, booking('b', 200));
      await store.settle(booking('a', 300));
      expect(await reserve(store, booking('c', 1))).toEqual({
        granted: false,
        reason: 'security-master has 0 tokens left, 1 are needed',
      });
    });

    it('goes back in the next process too', async () => {
      const world = await funded();
      await reserve(world.store, booking('a', 500));
      const again = await world.reopen();
      world.clock.ms += minute;
      expect(await reserve(again, booking('b', 500))).toEqual({ granted: true });
    });
  });
}

function fencedReserveContract(funded: OpenStore): void {
  describe('a reservation by the fence of a claim', () => {
    const stale = { family: 'problem', code: 'stale-fence' };
    const fenced = (store: Store, fence: number): Promise<BudgetAnswer> =>
      store.reserve(booking('a', 100), { leaseMs: minute, fence });

    it('is granted to who holds the claim of its account, and says so', async () => {
      const { store } = await funded();
      const { fence } = await taken(store.claim('security-master', 'ada', minute));
      expect(await fenced(store, fence)).toEqual({ granted: true });
      expect((await store.read()).at(-1)).toMatchObject({ type: 'budget.reserved', fence });
    });

    it('is refused to who has lost it or let it go, and nothing is written', async () => {
      const { store, clock } = await funded();
      await reserve(store, booking('old', 100), 1000);
      await store.claim('security-master', 'ada', 1000);
      clock.ms += 1000;
      const held = await taken(store.claim('security-master', 'bob', minute));
      await expect(fenced(store, 1)).rejects.toMatchObject(stale);
      await store.release(held);
      await expect(fenced(store, held.fence)).rejects.toMatchObject(stale);
      expect((await store.read()).filter(({ type }) => type.startsWith('budget.'))).toHaveLength(1);
    });

    it('is refused where nobody ever claimed the account', async () => {
      const { store } = await funded();
      await expect(fenced(store, 1)).rejects.toMatchObject(stale);
    });

    it('is refused by a stale fence also where its key is known', async () => {
      const { store } = await funded();
      await reserve(store, booking('a', 100));
      await expect(fenced(store, 7)).rejects.toMatchObject(stale);
    });
  });
}
