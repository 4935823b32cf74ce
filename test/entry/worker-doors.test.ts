import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAttempt, type AttemptStore } from '../../src/coordination/redis/attempt-store.ts';
import { holdAttempt, type HeldAttempt } from '../../src/entry/worker-doors.ts';
import type { Envelope } from '../../src/protocol/result.ts';
import { noUsage } from '../../src/protocol/result.ts';
import { canonicalJson, sha256 } from '../../src/shared/canonical.ts';
import { newId, redisWorld } from '../support/redis-worlds.ts';
import { stores } from '../support/stores.ts';

const worker = 'scan-1';
const envelope: Envelope = {
  v: 1,
  worker,
  attempt: 1,
  status: 'done',
  exitCode: 0,
  result: sha256('result'),
  usage: noUsage,
  resources: { cpuMs: 1, peakBytes: 1 },
};
const minute = 60_000;

describe('an attempt over a folder', () => {
  it('has the folder’s artefacts, and nobody to share it with', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cortex-blobs-'));
    const held = await holdAttempt({ url: `file:${folder}`, execution: '', worker, onLost: () => undefined });
    const hash = await held.blobs.putBlob('kept');
    expect(Buffer.from(await held.blobs.getBlob(hash)).toString('utf8')).toBe('kept');
    await Promise.all([held.finish(envelope), held.giveBack()]);
    expect([held.ended, held.secrets]).toEqual([undefined, []]);
    rmSync(folder, { recursive: true });
  });

  it.each(['', 'coordination', 'http://127.0.0.1', 's3://bucket'])('is not looked for at %j', async (url) => {
    await expect(holdAttempt({ url, execution: '', worker, onLost: () => undefined })).rejects.toMatchObject({
      family: 'problem',
      code: 'bad-store-url',
    });
  });
});

describe.each(stores())('an attempt that processes share, over $name', ({ url }) => {
  const redis = redisWorld();
  let execution: string;
  /** The attempt as another process sees it, whose clock may be ahead. */
  let other: (aheadMs?: number) => AttemptStore;
  beforeEach(async () => {
    execution = newId();
    const client = await redis.connect(url);
    other = (aheadMs = 0) => openAttempt(client, { execution, worker, now: () => Date.now() + aheadMs });
  });
  afterEach(redis.close);
  const hold = (): Promise<HeldAttempt> => holdAttempt({ url, execution, worker, onLost: () => undefined });

  it('is held by one, for half a minute at a time', async () => {
    const held = await hold();
    const answer = await other().take('other', minute);
    if (!('leftMs' in answer)) throw new Error('it was free');
    expect(answer.leftMs).toBeGreaterThan(20_000);
    expect(answer.leftMs).toBeLessThanOrEqual(30_000);
    await held.giveBack();
  });

  it('that has ended is ended for whoever comes: with the envelope of who did it', async () => {
    const held = await hold();
    await held.finish(envelope);
    const late = await hold();
    expect(late.ended).toEqual(envelope);
    await late.finish({ ...envelope, exitCode: 70 });
    await late.giveBack();
    expect(await other().readEnvelope()).toBe(canonicalJson(envelope));
  });

  it('is waited for while another has it, and taken over when that one ends', async () => {
    await other().take('other', minute);
    const waiting = hold();
    await other().finish(1, canonicalJson(envelope));
    expect((await waiting).ended).toEqual(envelope);
  });

  it('that another has taken meanwhile is not ended here', async () => {
    const held = await hold();
    expect(await other(minute).take('other', minute)).toEqual({ fence: 2 });
    await expect(held.finish(envelope)).rejects.toMatchObject({ code: 'stale-fence' });
    await expect(held.giveBack()).rejects.toMatchObject({ code: 'stale-fence' });
    expect(await other().readEnvelope()).toBeUndefined();
  });

  it('that is given back is free at once', async () => {
    const held = await hold();
    await held.giveBack();
    expect(await other().take('other', minute)).toEqual({ fence: 2 });
  });

  it('that is given back is not ended here any more, whatever the work came to', async () => {
    const held = await hold();
    await held.giveBack();
    const finished = held.finish(envelope).then(() => 'finished');
    expect(await Promise.race([finished, hold().then(() => 'held again')])).toBe('held again');
    expect(await other().readEnvelope()).toBeUndefined();
  });
});
