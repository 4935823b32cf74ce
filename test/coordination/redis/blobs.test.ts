import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseStoreAddress } from '../../../src/coordination/redis/address.ts';
import { redisBlobs, type BlobLimits } from '../../../src/coordination/redis/blobs.ts';
import { connectRedis, type RedisClient } from '../../../src/coordination/redis/client.ts';
import { executionKeys, type ExecutionKeys } from '../../../src/coordination/redis/keys.ts';
import type { Blobs } from '../../../src/coordination/store.ts';
import { sha256 } from '../../../src/shared/canonical.ts';
import { stores } from '../../support/stores.ts';

const chunk = 256 * 1024;

describe.each(stores())('blobs in $name', ({ url }) => {
  let client: RedisClient;
  beforeAll(async () => {
    client = await connectRedis(parseStoreAddress(url));
  });
  afterAll(() => client.close());

  function fresh(limits: Partial<BlobLimits> = {}): { keys: ExecutionKeys; blobs: Blobs } {
    const keys = executionKeys(`CORTEX-EXEC-${randomUUID().toUpperCase()}`);
    return { keys, blobs: redisBlobs(client, keys, limits) };
  }
  const isWhole = async (key: string): Promise<boolean> => (await client.call('HEXISTS', [key, 'bytes'])) === 1;

  it.each([0, 1, chunk - 1, chunk, chunk + 1, 9 * chunk + 7])('come back as they were, of %i bytes', async (bytes) => {
    const { blobs } = fresh();
    const content = randomBytes(bytes);
    const hash = await blobs.putBlob(content);
    expect(hash).toBe(sha256(content));
    expect(content.equals(await blobs.getBlob(hash))).toBe(true);
  });

  it('lie in pieces of 256 KiB, and live as long as the execution', async () => {
    const { keys, blobs } = fresh();
    const key = keys.blob(await blobs.putBlob(randomBytes(2 * chunk + 5)));
    const sizes = await Promise.all(['0', '1', '2'].map((index) => client.call('HSTRLEN', [key, index])));
    expect(sizes).toEqual([chunk, chunk, 5]);
    expect(await client.call('HLEN', [key])).toBe(4);
    for (const each of [key, keys.blobBytes]) {
      expect(Number(await client.call('PTTL', [each]))).toBeGreaterThan(13 * 24 * 3_600_000);
    }
  });

  it('are kept once, by two writers at the same time too', async () => {
    const { keys, blobs } = fresh();
    const content = randomBytes(6 * chunk);
    const hashes = await Promise.all([blobs.putBlob(content), blobs.putBlob(content), blobs.putBlob(content)]);
    expect(new Set(hashes)).toEqual(new Set([sha256(content)]));
    expect(content.equals(await blobs.getBlob(sha256(content)))).toBe(true);
    expect(await client.call('GET', [keys.blobBytes])).toBe(String(6 * chunk));
  });

  it('are missing while they are not whole, and are finished by whoever puts them again', async () => {
    const { keys, blobs } = fresh();
    const content = randomBytes(3 * chunk);
    const hash = sha256(content);
    const second = content.subarray(chunk, 2 * chunk);
    await client.run('blob-put', [keys.blob(hash), keys.blobBytes], [3 * chunk, 3, 1, second, 60_000, 1e9]);
    expect(await isWhole(keys.blob(hash))).toBe(false);
    await expect(blobs.getBlob(hash)).rejects.toMatchObject({ family: 'problem', code: 'blob-missing' });
    await blobs.putBlob(content);
    expect(content.equals(await blobs.getBlob(hash))).toBe(true);
    expect(await client.call('GET', [keys.blobBytes])).toBe(String(3 * chunk));
  });

  it('say when a piece is lost, and when their content is not what the name says', async () => {
    const { keys, blobs } = fresh();
    const [lost, changed] = [randomBytes(2 * chunk), randomBytes(2 * chunk)];
    await client.call('HDEL', [keys.blob(await blobs.putBlob(lost)), '1']);
    await client.call('HSET', [keys.blob(await blobs.putBlob(changed)), '1', 'x'.repeat(chunk)]);
    await expect(blobs.getBlob(sha256(lost))).rejects.toMatchObject({ code: 'blob-missing' });
    await expect(blobs.getBlob(sha256(changed))).rejects.toMatchObject({ family: 'outside', code: 'blob-damaged' });
  });

  it('believe no size that a writer could not have had', async () => {
    const { keys, blobs } = fresh();
    const hash = await blobs.putBlob('hello');
    await client.call('HSET', [keys.blob(hash), 'bytes', '1e15']);
    await expect(blobs.getBlob(hash)).rejects.toMatchObject({ code: 'blob-damaged' });
  });

  it('are refused above the size of one, and nothing of them is kept', async () => {
    const { keys, blobs } = fresh({ blobBytes: 10 });
    await blobs.putBlob('x'.repeat(10));
    const refused = blobs.putBlob('x'.repeat(11));
    await expect(refused).rejects.toMatchObject({ family: 'problem', code: 'blob-too-large' });
    expect(await client.call('GET', [keys.blobBytes])).toBe('10');
  });

  it('are refused above the size of all, but what is there may be put again', async () => {
    const { blobs } = fresh({ executionBytes: 20 });
    await blobs.putBlob('a'.repeat(12));
    await expect(blobs.putBlob('b'.repeat(9))).rejects.toMatchObject({ family: 'outside', code: 'store-full' });
    expect(await blobs.putBlob('a'.repeat(12))).toBe(sha256('a'.repeat(12)));
    await blobs.putBlob('c'.repeat(8));
  });
});
