import { systemClock } from '../../shared/clock.ts';
import type { RedisClient } from './client.ts';

/** What a server says of itself, by field; undefined where this user may not ask. */
export type ServerInfo = ReadonlyMap<string, string> | undefined;

export async function readServerInfo(client: RedisClient): Promise<ServerInfo> {
  const text = await client.call('INFO', []).then(String, () => undefined);
  if (text === undefined) return undefined;
  const pairs = text.split(/\r?\n/).flatMap((line) => {
    const colon = line.indexOf(':');
    return colon < 1 ? [] : [[line.slice(0, colon), line.slice(colon + 1)] as const];
  });
  return new Map(pairs);
}

/** Which server it is, and its version where it tells that. */
export function engineOf(info: NonNullable<ServerInfo>): {
  readonly name: 'Redis' | 'Valkey';
  readonly version: string | undefined;
} {
  const valkey = info.get('valkey_version');
  return valkey === undefined
    ? { name: 'Redis', version: info.get('redis_version') }
    : { name: 'Valkey', version: valkey };
}

/** Milliseconds that the store's clock is ahead of this machine's. */
export async function clockAheadMs(client: RedisClient): Promise<number> {
  const before = systemClock.now();
  const [seconds = '0', micros = '0'] = (await client.call('TIME', [])) as readonly string[];
  const after = systemClock.now();
  return Math.round(Number(seconds) * 1000 + Number(micros) / 1000 - (before + after) / 2);
}
