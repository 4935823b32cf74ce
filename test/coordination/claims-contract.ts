import { describe, expect, it } from 'vitest';
import type { Claim, Store } from '../../src/coordination/store.ts';
import { logStart, newEvent } from '../support/events.ts';
import type { OpenStore } from './opened-store.ts';

const minute = 60_000;
const stale = { family: 'problem', code: 'stale-fence' };

/** The claim, where the name was free. */
export async function taken(claim: ReturnType<Store['claim']>): Promise<Claim> {
  const answer = await claim;
  if ('heldBy' in answer) throw new Error(`held by ${answer.heldBy}`);
  return answer;
}

/** What every store keeps to when processes claim names, renew and release them. */
export function claimsContract(fresh: OpenStore): void {
  takingContract(fresh);
  leaseContract(fresh);
  releaseContract(fresh);
  fenceContract(fresh);
}

function takingContract(fresh: OpenStore): void {
  describe('claims', () => {
    it('give a name to one owner, and tell the others who holds it', async () => {
      const { store } = await fresh();
      expect(await store.claim('leg', 'ada', minute)).toEqual({ name: 'leg', owner: 'ada', fence: 1 });
      expect(await store.claim('leg', 'bob', minute)).toEqual({ heldBy: 'ada' });
    });

    it('give it to one of many who ask at once', async () => {
      const { store } = await fresh();
      const answers = await Promise.all(['ada', 'bob', 'eve'].map((owner) => store.claim('leg', owner, minute)));
      expect(answers.filter((answer) => 'fence' in answer)).toHaveLength(1);
    });

    it('say in the log who took a name, by which fence and until when', async () => {
      const { store } = await fresh();
      await store.claim('leg', 'ada', minute);
      const data = { claim: 'leg', owner: 'ada', expiresAt: new Date(logStart + minute).toISOString() };
      expect(await store.read()).toMatchObject([
        { id: 'claim.taken:leg:1', actor: 'ada', fence: 1, type: 'claim.taken', data },
      ]);
    });

    it('give a name to its own holder again, with a higher fence', async () => {
      const { store } = await fresh();
      await store.claim('leg', 'ada', minute);
      expect(await store.claim('leg', 'ada', minute)).toEqual({ name: 'leg', owner: 'ada', fence: 2 });
    });

    it('give it to the next one after it was released or has lapsed, with a higher fence', async () => {
      const { store, clock } = await fresh();
      const first = await taken(store.claim('leg', 'ada', minute));
      await store.release(first);
      const second = await taken(store.claim('leg', 'bob', minute));
      clock.ms += minute;
      const third = await taken(store.claim('leg', 'eve', minute));
      expect([first.fence, second.fence, third.fence]).toEqual([1, 2, 3]);
    });

    it('hold until the last millisecond of the lease', async () => {
      const { store, clock } = await fresh();
      await store.claim('leg', 'ada', minute);
      clock.ms += minute - 1;
      expect(await store.claim('leg', 'bob', minute)).toEqual({ heldBy: 'ada' });
    });

    it('are kept for the next process', async () => {
      const world = await fresh();
      await world.store.claim('leg', 'ada', minute);
      const again = await world.reopen();
      expect(await again.claim('leg', 'bob', minute)).toEqual({ heldBy: 'ada' });
      expect(await again.claims()).toEqual([{ name: 'leg', owner: 'ada', fence: 1, leftMs: minute }]);
    });
  });
}

function leaseContract(fresh: OpenStore): void {
  describe('leases', () => {
    it('that are renewed count from then on, without an event', async () => {
      const { store, clock } = await fresh();
      const claim = await taken(store.claim('leg', 'ada', minute));
      clock.ms += minute - 1;
      await store.renew(claim, minute);
      clock.ms += minute - 1;
      expect(await store.claim('leg', 'bob', minute)).toEqual({ heldBy: 'ada' });
      expect(await store.read()).toHaveLength(1);
    });

    it('that have lapsed are renewed as long as nobody has taken the name', async () => {
      const { store, clock } = await fresh();
      const claim = await taken(store.claim('leg', 'ada', minute));
      clock.ms += 2 * minute;
      await store.renew(claim, minute);
      expect(await store.claim('leg', 'bob', minute)).toEqual({ heldBy: 'ada' });
    });

    it('may be renewed to less than they had', async () => {
      const { store, clock } = await fresh();
      await store.renew(await taken(store.claim('leg', 'ada', minute)), 10);
      clock.ms += 10;
      expect(await store.claim('leg', 'bob', minute)).toMatchObject({ owner: 'bob' });
    });

    it('are not renewed for one who lost the claim, let it go or never had it', async () => {
      const { store, clock } = await fresh();
      const lost = await taken(store.claim('leg', 'ada', minute));
      clock.ms += minute;
      const released = await taken(store.claim('leg', 'bob', minute));
      await expect(store.renew(lost, minute)).rejects.toMatchObject(stale);
      await store.release(released);
      await expect(store.renew(released, minute)).rejects.toMatchObject(stale);
      await expect(store.renew({ ...released, name: 'other' }, minute)).rejects.toMatchObject(stale);
      expect(await store.claims()).toEqual([]);
    });

    it('are listed by name with the time they have left, those that lapsed too', async () => {
      const { store, clock } = await fresh();
      await store.claim('b', 'bob', 3000);
      await store.claim('a', 'ada', 1000);
      await store.release(await taken(store.claim('c', 'eve', minute)));
      clock.ms += 2000;
      expect(await store.claims()).toEqual([
        { name: 'a', owner: 'ada', fence: 1, leftMs: -1000 },
        { name: 'b', owner: 'bob', fence: 1, leftMs: 1000 },
      ]);
    });
  });
}

function releaseContract(fresh: OpenStore): void {
  describe('a release', () => {
    it('lets the name go, and says so in the log', async () => {
      const { store } = await fresh();
      await store.release(await taken(store.claim('leg', 'ada', minute)));
      expect((await store.read())[1]).toMatchObject({
        id: 'claim.released:leg:1',
        actor: 'ada',
        fence: 1,
        type: 'claim.released',
        data: { claim: 'leg', owner: 'ada' },
      });
      expect(await store.claim('leg', 'bob', minute)).toMatchObject({ owner: 'bob', fence: 2 });
    });

    it('that is said again says nothing', async () => {
      const { store } = await fresh();
      const claim = await taken(store.claim('leg', 'ada', minute));
      await store.release(claim);
      await store.release(claim);
      expect(await store.read()).toHaveLength(2);
    });

    it('lets a claim go that has lapsed and that nobody took', async () => {
      const { store, clock } = await fresh();
      const claim = await taken(store.claim('leg', 'ada', minute));
      clock.ms += minute;
      await store.release(claim);
      expect(await store.claims()).toEqual([]);
    });

    it('of an owner who lost the claim does not let it go for the one who holds it', async () => {
      const { store, clock } = await fresh();
      const old = await taken(store.claim('leg', 'ada', minute));
      clock.ms += minute;
      await store.claim('leg', 'bob', minute);
      await expect(store.release(old)).rejects.toMatchObject(stale);
      expect(await store.claim('leg', 'eve', minute)).toEqual({ heldBy: 'bob' });
    });

    it('of a name that nobody ever took is refused', async () => {
      const { store } = await fresh();
      await expect(store.release({ name: 'leg', owner: 'ada', fence: 1 })).rejects.toMatchObject(stale);
    });
  });
}

function fenceContract(fresh: OpenStore): void {
  describe('fences', () => {
    const written = (store: Store, actor: string, fence: number): ReturnType<Store['append']> =>
      store.append([
        { ...newEvent('phase.started', { phase: 'report', limitMs: 1 }, `${actor}${fence}`), actor, fence },
      ]);

    it('let the holder write, and whoever holds none', async () => {
      const { store } = await fresh();
      const { fence } = await taken(store.claim('leg', 'ada', minute));
      expect(await written(store, 'leg', fence)).toHaveLength(1);
      expect(await written(store, 'leg', 0)).toHaveLength(1);
      expect(await written(store, 'nobody claimed this', 7)).toHaveLength(1);
    });

    it('let the holder write after the lease has lapsed, as long as nobody took the name', async () => {
      const { store, clock } = await fresh();
      const { fence } = await taken(store.claim('leg', 'ada', minute));
      clock.ms += 2 * minute;
      expect(await written(store, 'leg', fence)).toHaveLength(1);
    });

    it('of a claim that was lost are refused', async () => {
      const { store, clock } = await fresh();
      const old = await taken(store.claim('leg', 'ada', minute));
      clock.ms += minute;
      const now = await taken(store.claim('leg', 'bob', minute));
      await expect(written(store, 'leg', old.fence)).rejects.toMatchObject(stale);
      await expect(written(store, 'leg', now.fence + 1)).rejects.toMatchObject(stale);
      expect(await written(store, 'leg', now.fence)).toHaveLength(1);
    });

    it('of a claim that was released are refused, also by the next process', async () => {
      const world = await fresh();
      const claim = await taken(world.store.claim('leg', 'ada', minute));
      await world.store.release(claim);
      await expect(written(world.store, 'leg', claim.fence)).rejects.toMatchObject(stale);
      const again = await world.reopen();
      await expect(written(again, 'leg', claim.fence)).rejects.toMatchObject(stale);
    });

    it('that are stale keep the whole call out of the log', async () => {
      const { store } = await fresh();
      await store.claim('leg', 'ada', minute);
      const good = newEvent('phase.started', { phase: 'report', limitMs: 1 }, 'good');
      await expect(
        store.append([good, { ...good, id: 'phase.started:bad', actor: 'leg', fence: 9 }]),
      ).rejects.toMatchObject(stale);
      expect(await store.read()).toHaveLength(1);
      expect(await store.append([good])).toHaveLength(1);
    });

    it('that are stale keep the call out also where the id is known, or said twice in it', async () => {
      const { store } = await fresh();
      await store.claim('leg', 'ada', minute);
      const good = { ...newEvent('phase.started', { phase: 'report', limitMs: 1 }, 'good'), actor: 'leg', fence: 1 };
      await expect(store.append([good, { ...good, fence: 9 }])).rejects.toMatchObject(stale);
      expect(await store.append([good])).toHaveLength(1);
      await expect(store.append([{ ...good, fence: 9 }])).rejects.toMatchObject(stale);
    });
  });
}
