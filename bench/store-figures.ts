import { rmSync } from 'node:fs';
import { Redis } from 'ioredis';
import { parseStoreAddress } from '../src/coordination/redis/address.ts';
import { connectRedis } from '../src/coordination/redis/client.ts';
import { openRedisStore, type RedisStore } from '../src/coordination/redis/redis-store.ts';
import type { NewEvent } from '../src/protocol/event.ts';
import { hasEngine, startServer, type Engine } from '../test/support/redis-servers.ts';
import { median } from './measure.ts';
import { benchStart } from './projection-figures.ts';

/** Commands a second, over all connections together. */
export interface StoreFigures {
  readonly rawXadd: number;
  readonly append: number;
  /** A bare script that does the least of a booking: look at one account, raise it, write an event. */
  readonly rawEvalsha: number;
  readonly reserve: number;
}

const connections = 64;
const perConnection = 150;
const turns = 7;
const id = 'CORTEX-EXEC-BENCH';
const master = 'security-master';

/** Ours and raw commands in turns, against a fresh server; undefined where the engine is not on this machine. */
export async function measureStore(engine: Engine): Promise<StoreFigures | undefined> {
  if (!hasEngine(engine)) return undefined;
  const server = await startServer(engine, { args: ['--appendfsync', 'everysec'] });
  const raw = await Promise.all(Array.from({ length: connections }, () => openRaw(server.url)));
  const ours = await Promise.all(Array.from({ length: connections }, () => openOurs(server.url)));
  try {
    await ours[0]?.store.append([benchStart([])]);
    return await inTurns(
      raw,
      ours.map(({ store }) => store),
    );
  } finally {
    raw.forEach((client) => client.disconnect());
    await Promise.all(ours.map((each) => each.close()));
    await server.stop();
    rmSync(server.directory, { recursive: true, force: true });
  }
}

async function inTurns(raw: readonly Redis[], ours: readonly RedisStore[]): Promise<StoreFigures> {
  const script = String(await raw[0]?.script('LOAD', bareBooking));
  let next = 0;
  const fresh = (): string => String((next += 1));
  const measured = {
    rawXadd: [] as number[],
    append: [] as number[],
    rawEvalsha: [] as number[],
    reserve: [] as number[],
  };
  for (let turn = 0; turn <= turns; turn += 1) {
    const rates = {
      rawXadd: await rateOf(raw, (client) => client.xadd('raw', '*', ...fieldsOf(phaseEvent(fresh())))),
      append: await rateOf(ours, (store) => store.append([phaseEvent(fresh())])),
      rawEvalsha: await rateOf(raw, (client) => client.evalsha(script, 2, 'books', 'raw', ...bookingOf(fresh()))),
      reserve: await rateOf(ours, (store) => store.reserve(booking(fresh()), { leaseMs: 60_000, fence: 0 })),
    };
    if (turn > 0) for (const name of Object.keys(rates) as (keyof typeof rates)[]) measured[name].push(rates[name]);
  }
  const { rawXadd, append, rawEvalsha, reserve } = measured;
  return { rawXadd: median(rawXadd), append: median(append), rawEvalsha: median(rawEvalsha), reserve: median(reserve) };
}

/** Each connection sends one command after the other, all of them at the same time. */
async function rateOf<T>(clients: readonly T[], send: (client: T) => Promise<unknown>): Promise<number> {
  const before = performance.now();
  await Promise.all(
    clients.map(async (client) => {
      for (let sent = 0; sent < perConnection; sent += 1) await send(client);
    }),
  );
  return (1000 * clients.length * perConnection) / (performance.now() - before);
}

async function openRaw(url: string): Promise<Redis> {
  const client = new Redis(url, { protocol: 3, replyMapping: 'legacy' });
  await client.ping();
  return client;
}

async function openOurs(url: string): Promise<{ readonly store: RedisStore; readonly close: () => Promise<void> }> {
  const client = await connectRedis(parseStoreAddress(url));
  const store = await openRedisStore({ client, id, mode: 'join' });
  return { store, close: () => store.close().then(client.close) };
}

function phaseEvent(key: string): NewEvent {
  const data = { phase: 'report', limitMs: 1000 } as const;
  return { id: `phase.started:${key}`, actor: 'cortex', fence: 0, type: 'phase.started', data };
}

function fieldsOf({ id: event, actor, fence, type, data }: NewEvent): string[] {
  return ['id', event, 'actor', actor, 'fence', String(fence), 'type', type, 'data', JSON.stringify(data)];
}

function booking(key: string): Parameters<RedisStore['reserve']>[0] {
  return { account: master, key, tokens: 10, microDollars: 10 };
}

function bookingOf(key: string): string[] {
  return ['10', ...fieldsOf({ ...phaseEvent(key), id: `budget.reserved:${key}` })];
}

const bareBooking = `
local used = tonumber(redis.call('HGET', KEYS[1], 'used') or '0')
if used + ARGV[1] > 1e15 then return 0 end
redis.call('HINCRBY', KEYS[1], 'used', ARGV[1])
redis.call('XADD', KEYS[2], '*', unpack(ARGV, 2))
return 1
`;
