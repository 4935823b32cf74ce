import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseStoreAddress } from '../../../src/coordination/redis/address.ts';
import type { RedisClient } from '../../../src/coordination/redis/client.ts';
import type { RedisStore } from '../../../src/coordination/redis/redis-store.ts';
import { followExecution } from '../../../src/entry/run/follow-execution.ts';
import { newId, note, redisWorld } from '../../support/redis-worlds.ts';
import { stores } from '../../support/stores.ts';

const leaseMs = 300;

describe.each(stores())('an execution that is followed from elsewhere, over $name', ({ url }) => {
  const redis = redisWorld();
  let id: string;
  let store: RedisStore;
  let client: RedisClient;
  beforeEach(async () => {
    id = newId();
    ({ store } = await redis.join(url, id));
    client = await redis.connect(url);
  });
  afterEach(redis.close);

  const follow = (): AsyncIterable<{ readonly id: string }> =>
    followExecution({ address: parseStoreAddress(url), inside: undefined, client, mask: (text) => text }, id, leaseMs);
  /** The ids that a follower sees until it is told that nothing more will come. */
  async function seen(onSeen: (count: number) => unknown = () => undefined): Promise<readonly string[]> {
    const ids: string[] = [];
    for await (const event of follow()) {
      ids.push(event.id);
      await onSeen(ids.length);
    }
    return ids;
  }

  it('is seen from its first event on, and as it goes on', async () => {
    await store.append([note('a'), note('b')]);
    const ids = await seen((count) => (count === 2 ? store.append([note('c')]) : undefined));
    expect(ids).toEqual([note('a').id, note('b').id, note('c').id]);
  });

  it('is given up once nobody has held any of it for a whole lease', async () => {
    await store.append([note('a')]);
    const start = performance.now();
    await seen();
    expect(performance.now() - start).toBeGreaterThan(leaseMs * 0.9);
  });

  it('is not given up while anybody holds any of it', async () => {
    const claim = await store.claim('security-master', 'ada', 4 * leaseMs);
    const start = performance.now();
    const ids = await seen();
    // Four leases that it is held, and one more that nobody does; timers may come a little early.
    expect(performance.now() - start).toBeGreaterThan(4.5 * leaseMs);
    expect([ids.length, 'fence' in claim]).toEqual([1, true]);
  });

  it('is not waited for where the store does not know it', async () => {
    id = newId();
    await expect(seen()).rejects.toMatchObject({ family: 'problem', code: 'execution-unknown' });
  });

  it('that is looked away from is followed no more', async () => {
    await store.append([note('a'), note('b')]);
    for await (const event of follow()) {
      expect(event.id).toBe(note('a').id);
      break;
    }
    expect(await client.call('PING', [])).toBe('PONG');
  });
});
