import { afterEach, describe, expect, it } from 'vitest';
import type { Store } from '../../src/coordination/store.ts';
import type { Event } from '../../src/protocol/event.ts';
import { logStart, newEvent } from '../support/events.ts';
import { budgetContract } from './budget-contract.ts';
import { claimsContract } from './claims-contract.ts';
import { movesContract } from './moves-contract.ts';
import type { OpenedStore, OpenStore } from './opened-store.ts';

const minute = 60_000;
const phase = (name: 'preflight' | 'activation' | 'report', key = name): ReturnType<typeof newEvent> =>
  newEvent('phase.started', { phase: name, limitMs: minute }, key);

/** The first `count` events that a follower sees. */
async function follow(store: Store, fromSeq: number, count: number): Promise<readonly Event[]> {
  const abort = new AbortController();
  const seen: Event[] = [];
  for await (const event of store.follow(fromSeq, abort.signal)) {
    seen.push(event);
    if (seen.length === count) abort.abort();
  }
  return seen;
}

/** What every store keeps to, whatever lies behind it. */
export function storeContract(name: string, open: OpenStore): void {
  describe(`${name}, as a store`, () => {
    const opened: OpenedStore[] = [];
    const fresh = async (): Promise<OpenedStore> => {
      const world = await open();
      opened.push(world);
      return world;
    };
    afterEach(async () => {
      for (const world of opened.splice(0)) await world.remove();
    });

    describe('events', () => {
      it('numbers them from 1 without gaps, and says when it kept them', async () => {
        const { store, clock } = await fresh();
        await store.append([phase('preflight'), phase('activation')]);
        clock.ms += 5000;
        await store.append([phase('report')]);
        expect((await store.read()).map(({ seq, at }) => [seq, at])).toEqual([
          [1, new Date(logStart).toISOString()],
          [2, new Date(logStart).toISOString()],
          [3, new Date(logStart + 5000).toISOString()],
        ]);
      });

      it('numbers those of many writers at once without gaps', async () => {
        const { store } = await fresh();
        await Promise.all(
          Array.from({ length: 50 }, (_, key) => store.append([phase('report', String(key) as 'report')])),
        );
        expect((await store.read()).map(({ seq }) => seq)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
      });

      it('drops an id that it knows, and returns only what it kept', async () => {
        const { store } = await fresh();
        await store.append([phase('preflight')]);
        const kept = await store.append([phase('preflight'), phase('report'), phase('report')]);
        expect(kept.map(({ id, seq }) => [id, seq])).toEqual([['phase.started:report', 2]]);
        expect(await store.read()).toHaveLength(2);
      });

      it('keeps them, and the ids that it knows, for the next process', async () => {
        const world = await fresh();
        const kept = await world.store.append([phase('preflight')]);
        const again = await world.reopen();
        expect(await again.read()).toEqual(kept);
        expect(await again.append([phase('preflight')])).toEqual([]);
        expect((await again.append([phase('report')])).map(({ seq }) => seq)).toEqual([2]);
      });

      it('keeps none of a call of which one is malformed, and takes the good ones later', async () => {
        const { store } = await fresh();
        const malformed = newEvent('phase.started', { phase: 'preflight', limitMs: -1 }, 'bad');
        await expect(store.append([phase('report'), malformed])).rejects.toMatchObject({ code: 'event-malformed' });
        expect(await store.read()).toEqual([]);
        expect((await store.append([phase('report')])).map(({ seq }) => seq)).toEqual([1]);
      });

      it('refuses an event that could not be read again, also one that it knows', async () => {
        const { store } = await fresh();
        await store.append([phase('report')]);
        for (const broken of [{ id: '' }, { fence: -1 }, { data: { phase: 'report', limitMs: 1, more: 1 } }]) {
          const given = { ...phase('report'), ...broken } as ReturnType<typeof phase>;
          await expect(store.append([given])).rejects.toMatchObject({ family: 'bug', code: 'event-malformed' });
        }
        expect(await store.read()).toHaveLength(1);
      });

      it('numbers and dates them itself, whatever else their writer says', async () => {
        const { store } = await fresh();
        const copied = { ...phase('report'), seq: 7, at: 'yesterday' };
        await store.append([copied]);
        expect(await store.read()).toEqual([
          { v: 1, seq: 1, at: new Date(logStart).toISOString(), ...phase('report') },
        ]);
      });
    });

    describe('following', () => {
      it('shows what was there and what comes, in order, from the number asked for', async () => {
        const { store } = await fresh();
        await store.append([phase('preflight'), phase('activation')]);
        const seen = follow(store, 2, 3);
        await store.append([phase('report')]);
        await store.append([phase('report', 'again' as 'report')]);
        expect((await seen).map(({ seq }) => seq)).toEqual([2, 3, 4]);
      });

      it('shows every event to each follower', async () => {
        const { store } = await fresh();
        const both = [follow(store, 1, 2), follow(store, 1, 2)];
        await store.append([phase('preflight'), phase('report')]);
        for (const seen of await Promise.all(both)) expect(seen).toEqual(await store.read());
      });

      it('ends when its signal aborts, also while nothing happens', async () => {
        const { store } = await fresh();
        const abort = new AbortController();
        const next = store.follow(1, abort.signal)[Symbol.asyncIterator]().next();
        abort.abort();
        expect(await next).toEqual({ done: true, value: undefined });
      });

      it('ends between two events when its signal aborts there', async () => {
        const { store } = await fresh();
        await store.append([phase('preflight'), phase('activation'), phase('report')]);
        expect((await follow(store, 1, 2)).map(({ seq }) => seq)).toEqual([1, 2]);
      });
    });

    claimsContract(fresh);
    budgetContract(fresh);
    movesContract(fresh);

    describe('blobs', () => {
      // `printf hello | sha256sum`
      const hello = '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824';

      it('keeps content under its SHA-256', async () => {
        const { store } = await fresh();
        const hash = await store.putBlob('hello');
        expect(hash).toBe(hello);
        expect(Buffer.from(await store.getBlob(hash)).toString('utf8')).toBe('hello');
      });

      it('keeps any bytes, also none, and the same twice', async () => {
        const { store } = await fresh();
        for (const bytes of [new Uint8Array(), Uint8Array.of(0, 255, 10, 13, 0)]) {
          const hash = await store.putBlob(bytes);
          expect(await store.putBlob(bytes)).toBe(hash);
          expect(Uint8Array.from(await store.getBlob(hash))).toEqual(bytes);
        }
      });

      it('says which artefact is missing', async () => {
        const { store } = await fresh();
        await expect(store.getBlob('0'.repeat(64))).rejects.toMatchObject({ family: 'problem', code: 'blob-missing' });
      });

      it('keeps blobs for the next process', async () => {
        const world = await fresh();
        const hash = await world.store.putBlob('hello');
        const again = await world.reopen();
        expect(Buffer.from(await again.getBlob(hash)).toString('utf8')).toBe('hello');
      });
    });

    it('takes nothing more once it is closed, and closes once', async () => {
      const { store } = await fresh();
      await store.append([phase('preflight')]);
      await Promise.all([store.close(), store.close()]);
      await expect(store.append([phase('report')])).rejects.toMatchObject({ code: 'store-closed' });
    });
  });
}
