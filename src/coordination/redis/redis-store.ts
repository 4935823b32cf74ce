import type { Event } from '../../protocol/event.ts';
import { bug, problem } from '../../shared/errors.ts';
import type { Store } from '../store.ts';
import { openAppender, type AppendLimits } from './append-events.ts';
import { redisBlobs, type BlobLimits } from './blobs.ts';
import type { RedisClient } from './client.ts';
import { openFollower } from './follow-events.ts';
import { executionKeys, lifetimeMs, type ExecutionKeys } from './keys.ts';
import type { Latency } from './latency.ts';
import { ownData } from './own-events.ts';
import { pageEvents, readPage } from './read-events.ts';
import { redisBudgets } from './redis-budgets.ts';
import { redisClaims } from './redis-claims.ts';
import { openSteps, type Steps } from './steps.ts';
import { uniqueToken } from './token.ts';

export interface RedisLimits extends AppendLimits {
  /** How long keys are kept that nothing renews any more, in ms. */
  readonly lifetimeMs: number;
  readonly blobs: Partial<BlobLimits>;
}

export interface RedisStoreOptions {
  readonly client: RedisClient;
  readonly id: string;
  /** `new`: nobody may have used the id. `join`: created where it is not known. `existing`: only where it is known. */
  readonly mode: 'new' | 'join' | 'existing';
  /** A clock for tests, in ms since the epoch; without it the server's own counts. */
  readonly now?: () => number;
  /** Removes secrets from each event before it is written. */
  readonly mask?: (text: string) => string;
  readonly limits?: Partial<RedisLimits>;
  /** How long a follower waits on the server before it looks whether the log is still there, in ms. */
  readonly blockMs?: number;
}

/** The store over Redis, with what its commands took; the client outlives it. */
export type RedisStore = Store & { readonly latency: () => Latency };

const defaultLimits: RedisLimits = { eventBytes: 1024 * 1024, events: 250_000, lifetimeMs, blobs: {} };

/** Opens the store of one execution. Throws `execution-id-used`, `execution-unknown` and what the client throws. */
export async function openRedisStore(options: RedisStoreOptions): Promise<RedisStore> {
  const { client, id, blockMs = 5000, mask = (text) => text, now } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const keys = executionKeys(id);
  const incarnation = await findIncarnation(options, { keys, lifetimeMs: limits.lifetimeMs });
  const steps = openSteps({ client, id, keys, incarnation, lifetimeMs: limits.lifetimeMs, now });
  const appender = openAppender(steps, { limits, mask });
  const follower = openFollower({ client, steps, stream: keys.events, blockMs });
  const dataOf = ownData(mask);
  const store: Store = {
    ...redisBlobs(client, keys, limits.blobs),
    ...redisClaims(steps, dataOf),
    ...redisBudgets(steps, dataOf),
    append: appender.append,
    read: () => readAll(client, steps, keys.events),
    follow: follower.follow,
    close: async () => {
      follower.close();
      await appender.idle();
    },
  };
  return { ...untilClosed(store), latency: client.latency };
}

/** Creates the execution or finds it; its incarnation tells it from another of the same id, before or after a loss. */
async function findIncarnation(
  { client, id, mode }: RedisStoreOptions,
  { keys, lifetimeMs: lifetime }: { readonly keys: ExecutionKeys; readonly lifetimeMs: number },
): Promise<string> {
  if (mode === 'existing') {
    const found = await client.call('HGET', [keys.meta, 'incarnation']);
    if (typeof found === 'string') return found;
    throw problem('execution-unknown', `The store does not know ${id}`, {
      hint: 'Check the id and the store. An execution is forgotten two weeks after its last event.',
    });
  }
  const [word, incarnation] = (await client.run('open', [keys.meta], [uniqueToken(), lifetime])) as readonly string[];
  if (mode === 'join' || word === 'created') return String(incarnation);
  throw problem('execution-id-used', `The store knows ${id} already`, {
    hint: 'Start under another id, or go on with it (`--resume`).',
  });
}

async function readAll(client: RedisClient, steps: Steps, stream: string): Promise<readonly Event[]> {
  const events: Event[] = [];
  for (;;) {
    const page = await readPage(client, stream, events.length + 1);
    for (const event of page) events.push(event);
    if (page.length < pageEvents) break;
  }
  await steps.probe();
  steps.saw(events.length);
  return events;
}

/** The store, until it is closed: then every verb but reading a log to its end rejects with `store-closed` (bug). */
function untilClosed(store: Store): Store {
  let closed: Promise<void> | undefined;
  const open =
    <A extends readonly unknown[], R>(verb: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      if (closed) throw bug('store-closed', 'The store was used after it was closed');
      return verb(...args);
    };
  return {
    putBlob: open(store.putBlob),
    getBlob: open(store.getBlob),
    append: open(store.append),
    read: open(store.read),
    follow: store.follow,
    claim: open(store.claim),
    renew: open(store.renew),
    release: open(store.release),
    claims: open(store.claims),
    reserve: open(store.reserve),
    settle: open(store.settle),
    move: open(store.move),
    close: () => (closed ??= store.close()),
  };
}
