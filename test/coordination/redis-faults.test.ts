import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { executionKeys } from '../../src/coordination/redis/keys.ts';
import type { Store } from '../../src/coordination/store.ts';
import { booking, started } from '../support/events.ts';
import { flakyProxy, type FlakyProxy } from '../support/flaky-proxy.ts';
import { startServer, type StoreServer } from '../support/redis-servers.ts';
import { stores } from '../support/stores.ts';
import { newId, note, redisWorld, until, type Participant } from '../support/redis-worlds.ts';

const minute = 60_000;
const terms = { leaseMs: minute, fence: 0 };

const nextOf = (store: Store, fromSeq: number): Promise<unknown> =>
  store.follow(fromSeq, new AbortController().signal)[Symbol.asyncIterator]().next();

describe.each(stores())('when $name has a bad day', ({ name }) => {
  const world = redisWorld();
  let server: StoreServer;
  let proxy: FlakyProxy;
  beforeAll(async () => {
    server = await startServer(name);
    proxy = await flakyProxy(server.port);
  });
  afterEach(async () => {
    proxy.delayMs = 0;
    proxy.mend();
    await world.close();
  });
  afterAll(async () => {
    await proxy.close();
    await server.remove();
  });
  /** A process that reaches the server through the proxy, and a person who looks directly. */
  const far = async (id = newId()): Promise<Participant & { readonly length: () => Promise<unknown> }> => {
    const near = await world.connect(server.url);
    const joined = await world.join(`redis://127.0.0.1:${proxy.port}`, id);
    return { ...joined, length: () => near.call('XLEN', [executionKeys(id).events]) };
  };

  it('acknowledges each of fifty appends once, however often the connection is cut', async () => {
    const { store } = await far();
    const kept = Array.from({ length: 50 }, async (_, key) => {
      if (key % 10 === 5) proxy.cut();
      const answer = store.append([note(key)]);
      if (key % 10 === 5) proxy.mend();
      return answer;
    });
    const seqs = (await Promise.all(kept)).map((events) => events.map(({ seq }) => seq));
    expect(seqs.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
    expect(await store.read()).toHaveLength(50);
  });

  it('returns what an earlier try has written, whose answer was lost', async () => {
    const { store, length } = await far();
    proxy.delayMs = minute;
    const answer = store.append([note('a'), note('b')]);
    await until(async () => (await length()) === 2);
    proxy.delayMs = 0;
    proxy.cut();
    proxy.mend();
    expect(await answer).toEqual(await store.read());
    expect(await length()).toBe(2);
  });

  it('takes a claim once where the answer was lost', async () => {
    const { store, length } = await far();
    proxy.delayMs = minute;
    const answer = store.claim('leg', 'ada', minute);
    await until(async () => (await length()) === 1);
    proxy.delayMs = 0;
    proxy.cut();
    proxy.mend();
    expect(await answer).toMatchObject({ fence: 1 });
    expect(await length()).toBe(1);
  });

  it('books a settlement once where the answer was lost', async () => {
    const { store, length } = await far();
    await store.append([started()]);
    proxy.delayMs = minute;
    const settled = store.settle(booking('a', 400));
    await until(async () => (await length()) === 2);
    proxy.delayMs = 0;
    proxy.cut();
    proxy.mend();
    await settled;
    expect(await store.reserve(booking('b', 101), terms)).toMatchObject({ granted: false });
    expect(await store.reserve(booking('b', 100), terms)).toEqual({ granted: true });
  });

  it('goes on, and shows followers all, after a connection that was dead without saying so', async () => {
    const { store } = await far();
    await store.append([note('a')]);
    const next = nextOf(store, 2);
    proxy.delayMs = minute;
    const answer = store.append([note('b')]);
    await new Promise((resolve) => setTimeout(resolve, 50));
    proxy.delayMs = 0;
    expect(await answer).toMatchObject([{ seq: 2 }]);
    expect(await next).toMatchObject({ value: { seq: 2 } });
  });

  it('waits for a server that stands still, and for one that is killed and comes back', async () => {
    const { store } = await world.join(server.url, newId());
    await store.append([note('a')]);
    const next = nextOf(store, 3);
    process.kill(server.pid() ?? 0, 'SIGSTOP');
    const late = store.append([note('b')]);
    await new Promise((resolve) => setTimeout(resolve, 700));
    process.kill(server.pid() ?? 0, 'SIGCONT');
    expect(await late).toMatchObject([{ seq: 2 }]);
    await server.stop('SIGKILL');
    const later = store.append([note('c')]);
    await server.start();
    expect(await later).toMatchObject([{ seq: 3 }]);
    expect(await next).toMatchObject({ value: { seq: 3 } });
    expect((await store.read()).map(({ seq }) => seq)).toEqual([1, 2, 3]);
  });

  it('has patience for as long as it was told, and not longer', async () => {
    const { store } = await world.join(`redis://127.0.0.1:${proxy.port}`, newId(), { patienceMs: 300 });
    const next = nextOf(store, 1);
    proxy.cut();
    await expect(store.append([note('a')])).rejects.toMatchObject({ code: 'store-unreachable' });
    await expect(next).rejects.toMatchObject({ code: 'store-unreachable' });
  });

  it.each([
    ['append', (store: Store) => store.append([note('z')])],
    ['read', (store: Store) => store.read()],
    ['claim', (store: Store) => store.claim('leg', 'ada', minute)],
    ['reserve', (store: Store) => store.reserve(booking('z', 1), terms)],
    ['settle', (store: Store) => store.settle(booking('z', 1))],
    ['follow', (store: Store) => nextOf(store, 3)],
  ])('says that all is lost when somebody empties it: %s', async (_verb, use) => {
    const { client, store } = await world.join(server.url, newId());
    await store.append([started(), note('a')]);
    await client.call('FLUSHALL', []);
    await expect(use(store)).rejects.toMatchObject({ family: 'outside', code: 'store-lost', retryable: false });
  });

  it('tells a follower who was waiting already that all is lost', async () => {
    const { client, store } = await world.join(server.url, newId());
    await store.append([note('a')]);
    const next = nextOf(store, 2);
    await client.call('FLUSHALL', []);
    await expect(next).rejects.toMatchObject({ code: 'store-lost' });
  });

  it.each(['events', 'ids', 'meta'] as const)('says that it is lost when %s alone has gone', async (part) => {
    const id = newId();
    const { client, store } = await world.join(server.url, id);
    await store.append([note('a')]);
    await client.call('DEL', [executionKeys(id)[part]]);
    await expect(store.append([note('b')])).rejects.toMatchObject({ code: 'store-lost' });
  });

  it('takes another execution of the same id, begun after all was lost, for another one', async () => {
    const id = newId();
    const { client, store } = await world.join(server.url, id);
    await client.call('FLUSHALL', []);
    const { store: second } = await world.join(server.url, id);
    await second.append([note('a')]);
    await expect(store.append([note('b')])).rejects.toMatchObject({ code: 'store-lost' });
  });

  it('says at once that it is full', async () => {
    const { client, store } = await world.join(server.url, newId());
    await client.call('CONFIG', ['SET', 'maxmemory', '1']);
    const refused = store.append([note('a')]);
    await expect(refused).rejects.toMatchObject({ family: 'outside', code: 'store-full' });
    await client.call('CONFIG', ['SET', 'maxmemory', '0']);
    expect(await store.append([note('a')])).toHaveLength(1);
  });

  it('says at once who may not come in or do something, and shows no password', async () => {
    const client = await world.connect(server.url);
    await client.call('ACL', ['SETUSER', 'guest', 'on', '>opensesame', '~*', '+ping', '+evalsha']);
    const wrong = world.connect(`redis://guest:letmein1@127.0.0.1:${server.port}`);
    await expect(wrong).rejects.toMatchObject({ family: 'problem', code: 'store-access' });
    await expect(wrong).rejects.toThrow(/guest:\*\*\*@.*WRONGPASS/);
    const guest = await world.connect(`redis://guest:opensesame@127.0.0.1:${server.port}`);
    await expect(guest.call('FLUSHALL', [])).rejects.toMatchObject({ code: 'store-access' });
    await expect(guest.call('FLUSHALL', [])).rejects.toThrow(/flushall/i);
    await expect(wrong).rejects.not.toThrow(/letmein1/);
  });

  it('goes into no other database than the one that it was told', async () => {
    const other = world.connect(`${server.url}/999`);
    await expect(other).rejects.toMatchObject({ family: 'problem', code: 'store-access' });
    await expect(other).rejects.toThrow(/DB index/);
  });

  it('stops waiting when its client is closed', async () => {
    const { client, store } = await far();
    proxy.cut();
    const answer = store.append([note('a')]);
    const outcome = answer.then(String, (error: { code: string }) => error.code);
    await client.close();
    expect(await outcome).toBe('store-unreachable');
  });

  it('counts what it could not send in passing, and fails nothing by it', async () => {
    const { client, store } = await far();
    client.fire('NO-SUCH-COMMAND', []);
    await store.append([note('a')]);
    expect(client.failures()).toBe(1);
  });
});
