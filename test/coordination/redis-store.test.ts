import { afterEach, describe, expect, it } from 'vitest';
import { parseStoreAddress } from '../../src/coordination/redis/address.ts';
import { connectRedis, type RedisClient } from '../../src/coordination/redis/client.ts';
import { executionKeys } from '../../src/coordination/redis/keys.ts';
import { openRedisStore } from '../../src/coordination/redis/redis-store.ts';
import type { Store } from '../../src/coordination/store.ts';
import type { Event } from '../../src/protocol/event.ts';
import { booking, logStart, newEvent, started } from '../support/events.ts';
import { stores } from '../support/stores.ts';
import { newId, note, redisWorld, until } from '../support/redis-worlds.ts';
import { storeContract } from './store-contract.ts';

const minute = 60_000;

async function firstOf(store: Store, count: number): Promise<readonly Event[]> {
  const seen: Event[] = [];
  for await (const event of store.follow(1, new AbortController().signal)) {
    seen.push(event);
    if (seen.length === count) break;
  }
  return seen;
}

it('says how long it had patience where nobody listens, and where', async () => {
  const nobody = connectRedis(parseStoreAddress('redis://ada:secret@127.0.0.1:1/3'), { patienceMs: 200 });
  await expect(nobody).rejects.toMatchObject({ family: 'outside', code: 'store-unreachable', retryable: true });
  await expect(nobody).rejects.toThrow(/redis:\/\/ada:\*\*\*@127\.0\.0\.1:1\/3 .*0\.2 s.*ECONNREFUSED/);
});

it('takes no id that would end the hash tag of its keys', () => {
  expect(() => executionKeys('a}:b')).toThrow(expect.objectContaining({ code: 'execution-id-malformed' }));
});

describe.each(stores())('the store over $name', ({ name, url }) => {
  const world = redisWorld();
  afterEach(world.close);

  storeContract(name, async () => {
    const own = redisWorld();
    const client = await own.connect(url);
    const clock = { ms: logStart };
    const id = newId();
    const now = (): number => clock.ms;
    const existing = async (over: RedisClient): Promise<Store> => own.open({ client: over, id, mode: 'existing', now });
    let store: Store = await own.open({ client, id, mode: 'new', now });
    return {
      store,
      clock,
      reopen: async () => {
        await store.close();
        return (store = await existing(client));
      },
      crash: async () => existing(await own.connect(url)),
      second: async () => existing(await own.connect(url)),
      remove: own.close,
    };
  });

  it('gives an id to one execution, and knows only those that were begun', async () => {
    const client = await world.connect(url);
    const id = newId();
    const open = (mode: 'new' | 'join' | 'existing'): Promise<unknown> => openRedisStore({ client, id, mode });
    await expect(open('existing')).rejects.toMatchObject({ family: 'problem', code: 'execution-unknown' });
    await open('new');
    await expect(open('new')).rejects.toMatchObject({ family: 'problem', code: 'execution-id-used' });
    await Promise.all([open('join'), open('existing')]);
  });

  it('numbers the events of two processes without gaps, and shows each process those of the other', async () => {
    const id = newId();
    const [one, two] = [await world.join(url, id), await world.join(url, id)];
    const seen = [firstOf(one.store, 40), firstOf(two.store, 40)];
    for (let key = 0; key < 20; key++) {
      await Promise.all([one.store.append([note(`one-${key}`)]), two.store.append([note(`two-${key}`)])]);
    }
    const log = await one.store.read();
    expect(log.map(({ seq }) => seq)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
    for (const each of await Promise.all(seen)) expect(each).toEqual(log);
  });

  it('keeps the order of each of eight processes that write at once', async () => {
    const id = newId();
    const first = await world.join(url, id);
    const all = [first, ...(await Promise.all(Array.from({ length: 7 }, () => world.join(url, id))))];
    await Promise.all(
      all.map(({ store }, writer) =>
        Promise.all(Array.from({ length: 25 }, (_, key) => store.append([note(`${writer}-${key}`)]))),
      ),
    );
    const ids = (await first.store.read()).map((event) => event.id.split(':')[1] ?? '');
    expect(ids).toHaveLength(200);
    for (const writer of all.keys()) {
      const own = ids.filter((each) => each.startsWith(`${writer}-`)).map((each) => Number(each.split('-')[1]));
      expect(own).toEqual(Array.from({ length: 25 }, (_, key) => key));
    }
  });

  it('refuses one call of a group, and keeps the others', async () => {
    const { store } = await world.join(url, newId());
    const claim = await store.claim('leg', 'ada', minute);
    await store.claim('leg', 'ada', minute);
    const fence = 'fence' in claim ? claim.fence : 0;
    const stale = store.append([note('b'), { ...note('stale'), actor: 'leg', fence }, note('c')]);
    const outcomes = await Promise.allSettled([store.append([note('a')]), stale, store.append([note('d')])]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    await expect(stale).rejects.toMatchObject({ code: 'stale-fence' });
    const kept = (await store.read()).filter(({ type }) => type === 'phase.started');
    expect(kept.map(({ id }) => id)).toEqual(['phase.started:a', 'phase.started:d']);
  });

  it('refuses an event that is too large, and one beyond what a log may have', async () => {
    const client = await world.connect(url);
    const store = await world.open({ client, id: newId(), mode: 'new', limits: { events: 2, eventBytes: 200 } });
    const large = newEvent('execution.resumed', { relaunching: ['x'.repeat(200)] });
    await expect(store.append([note('a'), large])).rejects.toMatchObject({ code: 'event-too-large' });
    await store.append([note('a')]);
    await expect(store.append([note('b'), note('c')])).rejects.toMatchObject({ family: 'problem', code: 'log-full' });
    expect(await store.append([note('b')])).toMatchObject([{ seq: 2 }]);
  });

  it('tells time as ISO 8601, also on the last day of a leap year’s February', async () => {
    const client = await world.connect(url);
    const clock = { ms: 0 };
    const store = await world.open({ client, id: newId(), mode: 'new', now: () => clock.ms });
    const moments = [
      '1970-01-01T00:00:00.000Z',
      '1999-12-31T23:59:59.999Z',
      '2000-02-29T12:00:00.001Z',
      '2024-02-29T23:59:59.990Z',
      '2026-03-01T00:00:00.100Z',
      '2100-02-28T09:08:07.060Z',
      '2100-03-01T00:00:00.000Z',
    ];
    for (const moment of moments) {
      clock.ms = Date.parse(moment);
      await store.append([note(moment)]);
    }
    expect((await store.read()).map(({ at }) => at)).toEqual(moments);
  });

  it('gives all back that has expired, however much it is', async () => {
    const client = await world.connect(url);
    const clock = { ms: logStart };
    const store = await world.open({ client, id: newId(), mode: 'new', now: () => clock.ms });
    await store.append([started()]);
    const terms = { leaseMs: minute, fence: 0 };
    await Promise.all(Array.from({ length: 250 }, (_, key) => store.reserve(booking(`k${key}`, 2), terms)));
    expect(await store.reserve(booking('late', 500), terms)).toMatchObject({ granted: false });
    clock.ms += minute;
    expect(await store.reserve(booking('late', 500), terms)).toEqual({ granted: true });
    expect((await store.read()).filter(({ type }) => type === 'budget.expired')).toHaveLength(250);
  });

  it('goes on where the server has forgotten the scripts; who may not load them waits for one who may', async () => {
    const id = newId();
    const { client, store } = await world.join(url, id);
    const guest = await world.join(url, id, { loadsScripts: false });
    await client.call('SCRIPT', ['FLUSH']);
    const waiting = guest.store.append([note('guest')]);
    await expect(Promise.race([waiting, client.call('PING', [])])).resolves.toBe('PONG');
    expect(await store.append([note('host')])).toHaveLength(1);
    expect(await waiting).toHaveLength(1);
  });

  it('shows a follower what comes, also one who asks for less than another waits for', async () => {
    const { store } = await world.join(url, newId());
    const far = store.follow(3, new AbortController().signal)[Symbol.asyncIterator]().next();
    const near = store.follow(1, new AbortController().signal)[Symbol.asyncIterator]().next();
    await store.append([note('a')]);
    expect((await near).value).toMatchObject({ seq: 1 });
    await store.append([note('b'), note('c')]);
    expect((await far).value).toMatchObject({ seq: 3 });
  });

  it('keeps each key of an execution under one hash tag, and none for ever', async () => {
    const id = newId();
    const { client, store } = await world.join(url, id);
    await store.append([started()]);
    const claim = await store.claim('security-master', 'ada', minute);
    if (!('fence' in claim)) throw new Error('held');
    await store.renew(claim, minute);
    await store.reserve(booking('a', 10), { leaseMs: minute, fence: claim.fence });
    await store.reserve(booking('b', 10), { leaseMs: minute, fence: 0 });
    await store.settle(booking('b', 5));
    const move = { key: 'm', from: 'reserve', to: 'security-master', tokens: 1, microDollars: 1, reason: 'r' } as const;
    await store.move(move);
    await store.putBlob('content');
    await store.release(claim);
    const keys = (await client.call('KEYS', [`*${id}*`])) as readonly string[];
    const names = keys.map((key) => key.slice(`cortex:{${id}}:`.length));
    expect(keys).toEqual(names.map((each) => `cortex:{${id}}:${each}`));
    expect(names.map((each) => each.replace(/^blob:.*/, 'blob')).sort()).toEqual(
      [
        'accounts',
        'blob',
        'blob-bytes',
        'claims',
        'events',
        'expiry',
        'ids',
        'meta',
        'moves',
        'open',
        'settled',
      ].sort(),
    );
    const days = 24 * 3_600_000;
    for (const key of keys) expect(await client.call('PTTL', [key]), key).toSatisfy((ms: number) => ms > 13 * days);
  });

  it('measures what its commands take', async () => {
    const { client, store } = await world.join(url, newId());
    const before = client.latency().commands;
    await store.append([note('a')]);
    await until(() => client.latency().commands > before);
    const { meanMs, p95Ms, maxMs } = store.latency();
    expect(meanMs).toBeGreaterThan(0);
    expect(p95Ms).toBeLessThanOrEqual(maxMs);
  });
});
