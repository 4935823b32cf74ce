import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseStoreAddress } from '../../../src/coordination/redis/address.ts';
import { openAttempt, type AttemptStore } from '../../../src/coordination/redis/attempt-store.ts';
import { connectRedis, type RedisClient } from '../../../src/coordination/redis/client.ts';
import { executionKeys } from '../../../src/coordination/redis/keys.ts';
import { stores } from '../../support/stores.ts';

const minute = 60_000;

describe.each(stores())('an attempt in $name', ({ url }) => {
  let client: RedisClient;
  beforeAll(async () => {
    client = await connectRedis(parseStoreAddress(url));
  });
  afterAll(() => client.close());

  function fresh(): { attempt: AttemptStore; clock: { ms: number }; key: string } {
    const execution = `CORTEX-EXEC-${randomUUID().toUpperCase()}`;
    const clock = { ms: Date.parse('2026-01-02T03:04:05Z') };
    const attempt = openAttempt(client, { execution, worker: 'scan-1', now: () => clock.ms });
    return { attempt, clock, key: executionKeys(execution).attempt('scan-1') };
  }

  it('goes to one process, and tells the others who holds it, and for how long', async () => {
    const { attempt, clock } = fresh();
    expect(await attempt.take('ada', minute)).toEqual({ fence: 1 });
    clock.ms += 1000;
    expect(await attempt.take('bob', minute)).toEqual({ heldBy: 'ada', leftMs: 59_000 });
  });

  it('goes to one of many that ask at once', async () => {
    const { attempt } = fresh();
    const answers = await Promise.all(['ada', 'bob', 'eve', 'joe'].map((owner) => attempt.take(owner, minute)));
    expect(answers.filter((answer) => 'fence' in answer)).toEqual([{ fence: 1 }]);
  });

  it('stays with its holder under the same fence, however often it asks', async () => {
    const { attempt, clock } = fresh();
    await attempt.take('ada', minute);
    clock.ms += minute - 1;
    expect(await attempt.take('ada', minute)).toEqual({ fence: 1 });
    clock.ms += minute - 1;
    expect(await attempt.take('bob', minute)).toEqual({ heldBy: 'ada', leftMs: 1 });
  });

  it('goes to the next one when its lease is over, and the first one is told so', async () => {
    const { attempt, clock } = fresh();
    await attempt.take('ada', minute);
    clock.ms += minute;
    expect(await attempt.take('bob', minute)).toEqual({ fence: 2 });
    const stale = { family: 'problem', code: 'stale-fence' };
    await expect(attempt.renew(1, minute)).rejects.toMatchObject(stale);
    await expect(attempt.finish(1, 'late')).rejects.toMatchObject(stale);
    expect(await attempt.readEnvelope()).toBeUndefined();
  });

  it('stays with a holder that renews it, also after its lease if nobody came', async () => {
    const { attempt, clock } = fresh();
    await attempt.take('ada', minute);
    clock.ms += 2 * minute;
    await attempt.renew(1, minute);
    clock.ms += minute - 1;
    expect(await attempt.take('bob', minute)).toEqual({ heldBy: 'ada', leftMs: 1 });
  });

  it('ends once, with the first envelope', async () => {
    const { attempt } = fresh();
    await attempt.take('ada', minute);
    await attempt.finish(1, '{"status":"done"}');
    await attempt.finish(1, '{"status":"other"}');
    expect(await attempt.readEnvelope()).toBe('{"status":"done"}');
    expect(await attempt.take('bob', minute)).toEqual({ envelope: '{"status":"done"}' });
    expect(await attempt.take('ada', minute)).toEqual({ envelope: '{"status":"done"}' });
    await expect(attempt.renew(1, minute)).rejects.toMatchObject({ code: 'stale-fence' });
  });

  it('is ended by exactly one of two processes that both believe to hold it', async () => {
    const { attempt, clock } = fresh();
    await attempt.take('ada', minute);
    clock.ms += minute;
    await attempt.take('bob', minute);
    const ends = await Promise.allSettled([attempt.finish(1, 'of ada'), attempt.finish(2, 'of bob')]);
    expect(ends.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(await attempt.readEnvelope()).toBe('of bob');
  });

  it('cannot be ended by somebody who never took it', async () => {
    await expect(fresh().attempt.finish(1, '{}')).rejects.toMatchObject({ code: 'stale-fence' });
  });

  it('takes an envelope of 16 KiB, counted in bytes, and no larger one', async () => {
    const { attempt } = fresh();
    await attempt.take('ada', minute);
    const tooLarge = attempt.finish(1, 'é'.repeat(8193));
    await expect(tooLarge).rejects.toMatchObject({ family: 'bug', code: 'envelope-too-large' });
    await attempt.finish(1, 'é'.repeat(8192));
    expect(await attempt.readEnvelope()).toHaveLength(8192);
  });

  it('lives as long as the execution', async () => {
    const { attempt, key } = fresh();
    await attempt.take('ada', minute);
    expect(Number(await client.call('PTTL', [key]))).toBeGreaterThan(13 * 24 * 3_600_000);
  });

  it('takes its time from the server where no clock is given', async () => {
    const execution = `CORTEX-EXEC-${randomUUID().toUpperCase()}`;
    const attempt = openAttempt(client, { execution, worker: 'scan-1' });
    await attempt.take('ada', minute);
    const answer = await attempt.take('bob', minute);
    expect('leftMs' in answer && answer.leftMs > minute / 2 && answer.leftMs <= minute).toBe(true);
  });

  it('keeps the artefacts of its execution', async () => {
    const { attempt } = fresh();
    expect(Buffer.from(await attempt.getBlob(await attempt.putBlob('hello'))).toString('utf8')).toBe('hello');
  });
});
