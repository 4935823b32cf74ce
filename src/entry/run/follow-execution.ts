import type { RedisStore } from '../../coordination/redis/redis-store.ts';
import type { Event } from '../../protocol/event.ts';
import { CortexError } from '../../shared/errors.ts';
import { pause } from '../../shared/pause.ts';
import { openForReading, type Connection } from './shared-store.ts';

/** The events of a shared execution from its first, until it ends or nobody has held any of it for a whole lease. */
export async function* followExecution(connection: Connection, id: string, leaseMs: number): AsyncIterable<Event> {
  const store = await openWhenBegun(connection, id, leaseMs);
  const cut = new AbortController();
  const stopLooking = whenCutOff(store, leaseMs, () => cut.abort());
  try {
    yield* store.follow(1, cut.signal);
  } finally {
    stopLooking();
    await store.close();
  }
}

/** Whoever starts a run and watches it at once may be the faster: it is waited for. Throws `execution-unknown`. */
async function openWhenBegun(connection: Connection, id: string, waitMs: number): Promise<RedisStore> {
  for (let left = waitMs; ; left -= lookMs) {
    try {
      return await openForReading(connection, id);
    } catch (error) {
      if (left <= 0 || !(error instanceof CortexError) || error.code !== 'execution-unknown') throw error;
      await pause(lookMs);
    }
  }
}

const lookMs = 200;

function whenCutOff(store: RedisStore, leaseMs: number, cutOff: () => void): () => void {
  let silent = 0;
  const look = async (): Promise<void> => {
    const claims = await store.claims().catch(() => undefined);
    if (!claims) return;
    silent = claims.some((claim) => claim.leftMs > 0) ? 0 : silent + 1;
    if (silent >= 3) cutOff();
  };
  const timer = setInterval(() => void look(), leaseMs / 3);
  return () => clearInterval(timer);
}
