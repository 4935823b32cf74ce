import { Redis } from 'ioredis';
import { parseStoreAddress } from '../src/coordination/redis/address.ts';
import { connectRedis } from '../src/coordination/redis/client.ts';
import { executionKeys, lifetimeMs, stepKeys } from '../src/coordination/redis/keys.ts';
import { scripts } from '../src/coordination/redis/lua-scripts.ts';
import { openRedisStore, type RedisStore } from '../src/coordination/redis/redis-store.ts';
import type { NewEvent } from '../src/protocol/event.ts';
import { hasEngine, startServer, type Engine } from '../test/support/redis-servers.ts';
import { median } from './measure.ts';
import { benchStart } from './projection-figures.ts';

/** Commands a second, over all callers together. */
export interface StoreFigures {
  readonly rawXadd: number;
  readonly append: number;
  /** The very step of a reservation, sent raw. */
  readonly rawStep: number;
  /** A bare script that does the least of a booking: look at one account, raise it, write an event. */
  readonly rawLeast: number;
  readonly reserve: number;
}

/** Callers that each send one command after the other, all at the same time. */
export interface Load {
  readonly connections: number;
  readonly callersEach: number;
}

const commandsPerTurn = 6400;
const turns = 7;
const id = 'CORTEX-EXEC-BENCH';
const master = 'security-master';
const keys = stepKeys(executionKeys(id));

/** Ours and raw commands in turns, against a fresh server; undefined where the engine is not on this machine. */
export async function measureStore(engine: Engine, load: Load): Promise<StoreFigures | undefined> {
  if (!hasEngine(engine)) return undefined;
  const server = await startServer(engine, { args: ['--appendfsync', 'everysec'] });
  const each = Array.from({ length: load.connections });
  const raw = await Promise.all(each.map(() => openRaw(server.url)));
  const ours = await Promise.all(each.map(() => openOurs(server.url)));
  try {
    await ours[0]?.store.append([benchStart([])]);
    return await inTurns({ raw, ours: ours.map(({ store }) => store), load });
  } finally {
    raw.forEach((client) => client.disconnect());
    await Promise.all(ours.map((opened) => opened.close()));
    await server.remove();
  }
}

async function inTurns(clients: {
  readonly raw: readonly Redis[];
  readonly ours: readonly RedisStore[];
  readonly load: Load;
}): Promise<StoreFigures> {
  const { raw, ours, load } = clients;
  const script = String(await raw[0]?.script('LOAD', bareBooking));
  const incarnation = String(await raw[0]?.hget(executionKeys(id).meta, 'incarnation'));
  const step = (key: string): string[] => [incarnation, '0', String(lifetimeMs), '', '1', ...stepOf(key), '0'];
  let next = 0;
  const fresh = (): string => String((next += 1));
  const measured = {
    rawXadd: [] as number[],
    append: [] as number[],
    rawStep: [] as number[],
    rawLeast: [] as number[],
    reserve: [] as number[],
  };
  const rateOf = rateUnder(load);
  for (let turn = 0; turn <= turns; turn += 1) {
    const rates = {
      rawXadd: await rateOf(raw, (client) => client.xadd('raw', '*', ...fieldsOf(phaseEvent(fresh())))),
      append: await rateOf(ours, (store) => store.append([phaseEvent(fresh())])),
      rawStep: await rateOf(raw, (client) => client.evalsha(scripts.book.sha1, keys.length, ...keys, ...step(fresh()))),
      rawLeast: await rateOf(raw, (client) => client.evalsha(script, 2, 'books', 'raw', ...bookingOf(fresh()))),
      reserve: await rateOf(ours, (store) => store.reserve(booking(fresh()), { leaseMs: 60_000, fence: 0 })),
    };
    if (turn > 0) for (const name of Object.keys(rates) as (keyof typeof rates)[]) measured[name].push(rates[name]);
  }
  return {
    rawXadd: median(measured.rawXadd),
    append: median(measured.append),
    rawStep: median(measured.rawStep),
    rawLeast: median(measured.rawLeast),
    reserve: median(measured.reserve),
  };
}

function rateUnder({
  connections,
  callersEach,
}: Load): <T>(clients: readonly T[], send: (client: T) => Promise<unknown>) => Promise<number> {
  const perCaller = Math.ceil(commandsPerTurn / (connections * callersEach));
  return async (clients, send) => {
    const callers = clients.flatMap((client) => Array.from({ length: callersEach }, () => client));
    const before = performance.now();
    await Promise.all(
      callers.map(async (client) => {
        for (let sent = 0; sent < perCaller; sent += 1) await send(client);
      }),
    );
    return (1000 * callers.length * perCaller) / (performance.now() - before);
  };
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

function stepOf(key: string): string[] {
  return ['reserve', master, key, '10', '10', JSON.stringify(booking(key)), '60000', '0'];
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
