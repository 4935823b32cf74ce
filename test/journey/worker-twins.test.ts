import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openAttempt } from '../../src/coordination/redis/attempt-store.ts';
import type { RedisClient } from '../../src/coordination/redis/client.ts';
import { executionKeys } from '../../src/coordination/redis/keys.ts';
import type { RedisStore } from '../../src/coordination/redis/redis-store.ts';
import { envelopeSchema, resultSchema } from '../../src/protocol/result.ts';
import { flakyProxy } from '../support/flaky-proxy.ts';
import { startServer, type StoreServer } from '../support/redis-servers.ts';
import { newId, redisWorld, until } from '../support/redis-worlds.ts';
import { stores } from '../support/stores.ts';
import { putTask, startWorker, type AttemptRequest, type WorkerEnd } from '../support/worker-process.ts';

const worker = 'scan-1';

describe.each(stores())('processes of one attempt, over $name', ({ name, url }) => {
  const redis = redisWorld();
  let execution: string;
  let client: RedisClient;
  let store: RedisStore;
  let request: AttemptRequest;
  beforeEach(async () => {
    execution = newId();
    ({ client, store } = await redis.join(url, execution));
    request = { url, execution, worker, document: await putTask(store) };
  });
  afterEach(redis.close);

  const twins = (given: AttemptRequest = request): Promise<readonly WorkerEnd[]> =>
    Promise.all([startWorker(given).ended, startWorker(given).ended]);
  const holderOf = (): Promise<unknown> => client.call('HGET', [executionKeys(execution).attempt(worker), 'owner']);

  it('two at once: one works, and both end with its envelope', async () => {
    const both = await twins();
    expect(both).toMatchObject([
      { code: 0, stderr: '' },
      { code: 0, stderr: '' },
    ]);
    // Only who has worked says what came out.
    expect(both.filter(({ stdout }) => stdout !== '')).toHaveLength(1);
    const [first, second] = both.map(({ envelope }) => envelope);
    expect(first).toBe(second);
    const { result } = envelopeSchema.parse(JSON.parse(first ?? ''));
    const { findings } = resultSchema.parse(
      JSON.parse(Buffer.from(await store.getBlob(result ?? '')).toString('utf8')),
    );
    // The shop's only workflow has unsafe places.
    expect(findings.length).toBeGreaterThan(0);
  });

  it('one that comes later does nothing, and ends with the envelope of before', async () => {
    const before = await startWorker(request).ended;
    expect(await startWorker(request).ended).toEqual({ ...before, stdout: '' });
  });

  it('of an attempt that fails end with its failure alike', async () => {
    const both = await twins({ ...request, document: await putTask(store, { capability: 'no-such' }) });
    expect(both.map(({ code }) => code)).toEqual([64, 64]);
    expect(both.filter(({ stdout }) => stdout !== '')).toHaveLength(1);
    expect(both[0]?.envelope).toBe(both[1]?.envelope);
  });

  it('attempts of other names and executions are none of its business', async () => {
    const second = await startWorker({ ...request, worker: 'scan-2' }).ended;
    const first = await startWorker(request).ended;
    expect([first, second].map(({ stdout }) => stdout !== '')).toEqual([true, true]);
  });

  it('one whose attempt was taken by another leaves nothing behind', async () => {
    const proxy = await flakyProxy(Number(new URL(url).port));
    // Slow enough to be overtaken while it works.
    proxy.delayMs = 200;
    const slow = startWorker({ ...request, url: `redis://127.0.0.1:${proxy.port}` });
    await until(async () => (await holderOf()) !== null);
    const later = openAttempt(client, { execution, worker, now: () => Date.now() + 60_000 });
    expect(await later.take('another', 60_000)).toEqual({ fence: 2 });
    expect(await slow.ended).toMatchObject({ code: 75, envelope: undefined, leftovers: [] });
    expect(await later.readEnvelope()).toBeUndefined();
    await proxy.close();
  });

  it('one whose launcher has gone gives its attempt back: the next one does not wait for its lease', async () => {
    const proxy = await flakyProxy(Number(new URL(url).port));
    proxy.delayMs = 200;
    const orphan = startWorker({ ...request, url: `redis://127.0.0.1:${proxy.port}` });
    await until(async () => (await holderOf()) !== null);
    orphan.orphan();
    expect(await orphan.ended).toMatchObject({ code: 75, envelope: undefined, leftovers: [] });
    const start = performance.now();
    expect(await startWorker(request).ended).toMatchObject({ code: 0 });
    expect(performance.now() - start).toBeLessThan(10_000);
    await proxy.close();
  });

  describe('whose user is not there yet', () => {
    let server: StoreServer;
    beforeAll(async () => {
      server = await startServer(name);
    });
    afterAll(() => server.remove());

    it('waits for it, and works then', async () => {
      const own = await redis.join(server.url, execution);
      const document = await putTask(own.store);
      const early = startWorker({ ...request, document, url: `redis://late:s3cret@127.0.0.1:${server.port}` });
      const refusals = async (): Promise<number> => ((await own.client.call('ACL', ['LOG'])) as unknown[]).length;
      await until(async () => (await refusals()) > 0);
      await own.client.call('ACL', ['SETUSER', 'late', 'on', '>s3cret', '~*', '+@all']);
      expect(await early.ended).toMatchObject({ code: 0, stderr: '' });
    });
  });
});
