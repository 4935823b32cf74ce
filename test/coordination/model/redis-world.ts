import { parseStoreAddress } from '../../../src/coordination/redis/address.ts';
import { connectRedis, type RedisClient } from '../../../src/coordination/redis/client.ts';
import { executionKeys, stepKeys } from '../../../src/coordination/redis/keys.ts';
import { openRedisStore } from '../../../src/coordination/redis/redis-store.ts';
import type { Store } from '../../../src/coordination/store.ts';
import { logStart } from '../../support/events.ts';
import type { OpenedStore, OpenStore } from '../opened-store.ts';

/** A server on which worlds are opened, one after the other. */
export interface RedisWorlds {
  readonly open: OpenStore;
  readonly close: () => Promise<void>;
}

/** A connection of one process, by the number that the server knows it by. */
interface Line {
  readonly client: RedisClient;
  readonly number: number;
}

/** One process that uses the store. */
interface Process extends Line {
  readonly store: Store;
}

/** Redis stores that two processes share, and that crash: the server ends their connections, whatever is under way. */
export async function redisWorlds(url: string): Promise<RedisWorlds> {
  const address = parseStoreAddress(url);
  const server = await connectRedis(address);
  const idle: Line[] = [];
  let worlds = 0;
  const connect = async (): Promise<Line> => {
    const client = await connectRedis(address, { patienceMs: 2000 });
    return { client, number: Number(await client.call('CLIENT', ['ID'])) };
  };
  const open = async (): Promise<OpenedStore> => {
    const id = `model-${process.pid}-${Date.now()}-${(worlds += 1)}`;
    const clock = { ms: logStart };
    const processes: Process[] = [];
    const join = async (): Promise<Store> => {
      const line = idle.pop() ?? (await connect());
      const store = await openRedisStore({ client: line.client, id, mode: 'join', now: () => clock.ms });
      processes.push({ ...line, store });
      return store;
    };
    const end = async (): Promise<void> => {
      for (const { store, ...line } of processes.splice(0)) {
        await store.close();
        idle.push(line);
      }
    };
    return {
      store: await join(),
      clock,
      second: join,
      reopen: async () => {
        await end();
        return join();
      },
      crash: async () => {
        const dropped = processes.splice(0);
        const anew = Promise.all(dropped.map(connect));
        await Promise.all(dropped.map(({ number }) => server.call('CLIENT', ['KILL', 'ID', number])));
        // Closed before they can connect again: what they were not told, they must not try again.
        await Promise.all(dropped.map(({ client }) => client.close()));
        idle.push(...(await anew));
        return join();
      },
      remove: async () => {
        await end();
        await server.call('DEL', stepKeys(executionKeys(id)));
      },
    };
  };
  const close = async (): Promise<void> => {
    for (const { client } of [{ client: server }, ...idle]) await client.close();
  };
  return { open, close };
}
