import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { aclRules } from '../../../src/coordination/redis/acl.ts';
import { openAttempt } from '../../../src/coordination/redis/attempt-store.ts';
import { familiarCommands } from '../../../src/coordination/redis/familiar-names.ts';
import type { RedisStore } from '../../../src/coordination/redis/redis-store.ts';
import { foldEvents } from '../../../src/execution/state.ts';
import { booking, launched, logOf, started } from '../../support/events.ts';
import { freePort, hasEngine, startServer, type Engine, type StoreServer } from '../../support/redis-servers.ts';
import { newId, note, redisWorld, until } from '../../support/redis-worlds.ts';
import { makeCertificates, startCluster, startSentinels, type Certificates, type TestCluster } from './topologies.ts';

const minute = 60_000;
const engines = (['redis', 'valkey'] as const satisfies readonly Engine[]).filter(hasEngine);
const idsOf = async (store: RedisStore): Promise<readonly string[]> => (await store.read()).map(({ id }) => id);

describe.each(engines)('%s behind TLS', (engine) => {
  const world = redisWorld();
  const name = 'redis.shop.example';
  let certificates: Certificates;
  let server: StoreServer;
  let port: number;
  beforeAll(async () => {
    certificates = makeCertificates(`DNS:${name}`);
    port = await freePort();
    server = await startServer(engine, { args: ['--tls-port', String(port), ...certificates.serverArgs] });
  });
  afterEach(world.close);
  afterAll(async () => {
    await server.remove();
    certificates.remove();
  });
  const trusting = (): string => `ca=${encodeURIComponent(certificates.ca)}`;

  it('takes events from a user who trusts its authority and names it', async () => {
    const admin = await world.connect(server.url);
    await admin.call('ACL', ['SETUSER', 'ada@shop', ...aclRules('master'), '>p/w?#%:']);
    const url = `rediss://ada%40shop:p%2Fw%3F%23%25%3A@127.0.0.1:${port}?${trusting()}&servername=${name}`;
    const { store } = await world.join(url, newId());
    await store.append([note('a')]);
    expect(await idsOf(store)).toEqual(['phase.started:a']);
  });

  it.each([
    ['whose authority nobody trusts', () => `servername=${name}`],
    ['whose certificate is for another name', trusting],
  ])('lets nobody in who meets a server %s, and says so at once', async (_what, query) => {
    const connected = world.connect(`rediss://127.0.0.1:${port}?${query()}`);
    await expect(connected).rejects.toMatchObject({ family: 'problem', code: 'store-access' });
  });

  it('says which file of certificates it can’t read', async () => {
    const connected = world.connect(`rediss://127.0.0.1:${port}?ca=/nowhere/ca.pem`);
    await expect(connected).rejects.toMatchObject({ family: 'problem', code: 'store-certificate' });
    await expect(connected).rejects.toThrow('/nowhere/ca.pem');
  });

  it('is not reached without TLS', async () => {
    const connected = world.connect(`redis://127.0.0.1:${port}`, { patienceMs: 300 });
    await expect(connected).rejects.toMatchObject({ family: 'outside', code: 'store-unreachable' });
  });

  it('refuses a wrong password without repeating it', async () => {
    const connected = world.connect(`rediss://ada:hunter22@127.0.0.1:${port}?${trusting()}&servername=${name}`);
    await expect(connected).rejects.toMatchObject({ family: 'problem', code: 'store-access' });
    await expect(connected).rejects.not.toThrow('hunter22');
  });
});

describe.each(engines)('%s watched by sentinels', (engine) => {
  it('keeps a client at work when the server dies and its replica takes over', async () => {
    const world = redisWorld();
    const watched = await startSentinels(engine);
    try {
      const id = newId();
      const { client, store } = await world.join(watched.url, id, { patienceMs: 30_000 });
      await store.append([started(), note('before')]);
      const claim = await store.claim('security-master', 'ada', minute);
      expect(await client.call('WAIT', [1, 5000])).toBe(1);
      await watched.first.stop();
      expect((await store.append([note('after')])).map(({ seq }) => seq)).toEqual([4]);
      expect(await store.claim('security-master', 'bob', minute)).toEqual({ heldBy: 'ada' });
      const fence = 'fence' in claim ? claim.fence : -1;
      expect(await store.reserve(booking('scan-1', 100), { leaseMs: minute, fence })).toEqual({ granted: true });
      const second = await world.join(watched.url, id);
      expect(await idsOf(second.store)).toEqual([
        'execution.started:',
        'phase.started:before',
        'claim.taken:security-master:1',
        'phase.started:after',
        'budget.reserved:scan-1',
      ]);
    } finally {
      await world.close();
      await watched.remove();
    }
  });
});

describe.each(engines)('a cluster of three %s', (engine) => {
  const world = redisWorld();
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await startCluster(engine);
    for (const { url } of cluster.nodes) {
      const admin = await world.connect(url, { loadsScripts: false });
      for (const role of ['master', 'worker'] as const) {
        await admin.call('ACL', ['SETUSER', role, ...aclRules(role, { kind: 'cluster' }), '>secret']);
      }
    }
    await world.close();
  });
  afterEach(world.close);
  afterAll(() => cluster.remove());
  const urlOf = (role: string): string => cluster.url.replace('://', `://${role}:secret@`);

  it('does every step of an execution on one node, and spreads executions over its nodes', async () => {
    // Slots of `CORTEX-EXEC-0` to `-7`: whatever they are, eight of them don't all meet one third.
    const ids = Array.from({ length: 8 }, (_, index) => `CORTEX-EXEC-${index}`);
    const { client } = await world.join(urlOf('master'), newId());
    for (const id of ids) {
      const store = await world.open({ client, id, mode: 'new' });
      await store.append([started(), note('a')]);
      const claim = await store.claim('security-master', 'ada', minute);
      if (!('fence' in claim)) throw new Error('held');
      await store.renew(claim, minute);
      await store.reserve(booking('scan-1', 100), { leaseMs: minute, fence: claim.fence });
      await store.settle(booking('scan-1', 60));
      const taken = { from: 'reserve', to: 'security-master', tokens: 1, microDollars: 1, reason: 'r' } as const;
      expect(await store.move({ key: 'm', ...taken })).toEqual({ granted: true });
      const hash = await store.putBlob('x'.repeat(600_000));
      expect(await store.getBlob(hash)).toHaveLength(600_000);
      await store.release(claim);
      expect(await store.read()).toHaveLength(7);
    }
    const sizes = await Promise.all(
      cluster.nodes.map(async ({ url }) => (await world.connect(url, { loadsScripts: false })).call('DBSIZE', [])),
    );
    expect(sizes.filter((size) => Number(size) > 0).length).toBeGreaterThan(1);
  });

  it('shows a follower what another process writes', async () => {
    const id = newId();
    const [one, two] = [await world.join(urlOf('master'), id), await world.join(urlOf('master'), id)];
    const next = two.store.follow(1, new AbortController().signal)[Symbol.asyncIterator]().next();
    await one.store.append([note('a')]);
    expect((await next).value).toMatchObject({ id: 'phase.started:a' });
  });

  it('lets a worker hold its attempt', async () => {
    const id = newId();
    await world.join(urlOf('master'), id);
    const client = await world.connect(urlOf('worker'), { loadsScripts: false });
    const attempt = openAttempt(client, { execution: id, worker: 'scan-1' });
    expect(await attempt.take('ada', minute)).toEqual({ fence: 1 });
    await attempt.finish(1, '{}');
    expect(await attempt.readEnvelope()).toBe('{}');
  });

  it('takes the familiar names, each on the node that it belongs to', async () => {
    const client = await world.connect(urlOf('master'));
    const events = logOf(started(), { ...launched({ task: 'scan' }), actor: 'security-master' });
    const [, last] = events;
    if (!last) throw new Error('two events');
    const id = newId();
    for (const { command, args } of familiarCommands(last, foldEvents(id, events))) client.fire(command, args);
    const exporter = aclRules('exporter', { kind: 'cluster' });
    for (const { url } of cluster.nodes) {
      const admin = await world.connect(url, { loadsScripts: false });
      await admin.call('ACL', ['SETUSER', 'exporter', ...exporter, '>secret']);
    }
    const reader = await world.connect(urlOf('exporter'), { loadsScripts: false });
    await until(async () => (await reader.call('HGET', [`cortex:workers:${id}:scan-1`, 'status'])) === 'running');
    expect(client.failures()).toBe(0);
  });
});
