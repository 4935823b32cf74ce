import { randomUUID } from 'node:crypto';
import { parseStoreAddress } from '../../src/coordination/redis/address.ts';
import { connectRedis, type ClientOptions, type RedisClient } from '../../src/coordination/redis/client.ts';
import { openRedisStore, type RedisStore, type RedisStoreOptions } from '../../src/coordination/redis/redis-store.ts';
import type { NewEvent } from '../../src/protocol/event.ts';
import { newEvent } from './events.ts';

/** A process that takes part in an execution: its store, and the client under it. */
export interface Participant {
  readonly client: RedisClient;
  readonly store: RedisStore;
}

/** Clients and stores that one test opens, and lets go of together. */
export interface RedisWorld {
  readonly connect: (url: string, options?: ClientOptions) => Promise<RedisClient>;
  readonly open: (options: RedisStoreOptions) => Promise<RedisStore>;
  /** Another process of the execution. */
  readonly join: (url: string, id: string, options?: ClientOptions) => Promise<Participant>;
  readonly close: () => Promise<void>;
}

export function newId(): string {
  return `CORTEX-EXEC-${randomUUID()}`;
}

/** An event whose id is made of a key. */
export function note(key: string | number): NewEvent {
  return newEvent('phase.started', { phase: 'report', limitMs: 1 }, String(key));
}

export function redisWorld(): RedisWorld {
  const clients: RedisClient[] = [];
  const opened: RedisStore[] = [];
  const connect: RedisWorld['connect'] = async (url, options = {}) => {
    const client = await connectRedis(parseStoreAddress(url), { commandMs: 500, patienceMs: 10_000, ...options });
    clients.push(client);
    return client;
  };
  const open: RedisWorld['open'] = async (options) => {
    const store = await openRedisStore({ blockMs: 100, ...options });
    opened.push(store);
    return store;
  };
  return {
    connect,
    open,
    join: async (url, id, options) => {
      const client = await connect(url, options);
      return { client, store: await open({ client, id, mode: 'join' }) };
    },
    close: async () => {
      await Promise.all(opened.splice(0).map((store) => store.close()));
      await Promise.all(clients.splice(0).map((client) => client.close()));
    },
  };
}

/** Waits until a condition holds, looking again every few milliseconds. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
}
