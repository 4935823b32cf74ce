// Blobs as workers of another make would reach them: files by their hash, or hashes of chunks in Redis.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export const sha256 = (text) => createHash('sha256').update(text).digest('hex');

export async function openBlobs(url, execution) {
  return url.startsWith('file:') ? inFolder(url.slice('file:'.length)) : inRedis(url, execution);
}

function inFolder(folder) {
  const pathOf = (hash) => join(folder, hash.slice(0, 2), hash);
  const put = async (text) => {
    const path = pathOf(sha256(text));
    if (existsSync(path)) return sha256(text);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.${process.pid}`, text);
    renameSync(`${path}.${process.pid}`, path);
    return sha256(text);
  };
  return { get: async (hash) => readFileSync(pathOf(hash), 'utf8'), put };
}

/** What these workers keep fits into one chunk. */
async function inRedis(url, execution) {
  const { Redis } = await import('ioredis');
  const redis = new Redis(url, { replyMapping: 'legacy', enableReadyCheck: false });
  await untilItAnswers(redis);
  const keyOf = (hash) => `cortex:{${execution}}:blob:${hash}`;
  const get = async (hash) => {
    const text = [];
    for (let chunk; (chunk = await redis.hgetBuffer(keyOf(hash), String(text.length))) !== null;) text.push(chunk);
    if (text.length === 0) throw new Error(`there is no blob ${hash}`);
    return Buffer.concat(text).toString('utf8');
  };
  const put = async (text) => {
    await redis.hset(keyOf(sha256(text)), { 0: text, bytes: Buffer.byteLength(text) });
    await redis.pexpire(keyOf(sha256(text)), 3_600_000);
    return sha256(text);
  };
  return { get, put };
}

/** A server that has just started again may not know its users yet. */
async function untilItAnswers(redis) {
  for (let tries = 0; tries < 100; tries += 1) {
    const answer = await redis.ping().catch(() => undefined);
    if (answer === 'PONG') return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the store does not answer');
}
