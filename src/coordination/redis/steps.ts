import type { CortexError } from '../../shared/errors.ts';
import { outside } from '../../shared/errors.ts';
import { staleFence } from '../stale-fence.ts';
import type { RedisClient, Value } from './client.ts';
import { stepKeys, type ExecutionKeys } from './keys.ts';
import type { ScriptName } from './lua-scripts.ts';

/** How many of the keys each step needs, in the order of `stepKeys`. */
const keyCounts = { append: 5, claim: 4, claims: 4, release: 4, renew: 7, book: 9 } as const;
export type StepName = keyof typeof keyCounts & ScriptName;

/** What a step answers: a word, then what `lua/` says of it. */
export type Reply = readonly [string, ...unknown[]];

/** Steps over the log of one execution, each with what the caller knows of it, so that none goes on over a lost one. */
export interface Steps {
  /** Runs a step. Throws `store-lost`, `stale-fence` and what the client throws. */
  readonly run: (name: StepName, args: readonly Value[]) => Promise<Reply>;
  /** Says that this process has seen an event: from now on a log without it is a lost one. */
  readonly saw: (seq: number) => void;
  /** Looks whether the log is still there, with all that was seen of it. Throws `store-lost`. */
  readonly probe: () => Promise<void>;
}

export interface StepOptions {
  readonly client: RedisClient;
  readonly id: string;
  readonly keys: ExecutionKeys;
  readonly incarnation: string;
  readonly lifetimeMs: number;
  /** A clock for tests, in ms since the epoch; without it the server's own counts. */
  readonly now: (() => number) | undefined;
}

/** Steps over the log of an execution that exists. */
export function openSteps({ client, id, keys, incarnation, lifetimeMs, now }: StepOptions): Steps {
  const all = stepKeys(keys);
  const stayAlive = keepAlive(client, { keys: all, lifetimeMs });
  let known = 0;
  return {
    run: async (name, args) => {
      stayAlive();
      const clock = now ? Math.trunc(now()) : '';
      const reply = (await client.run(name, all.slice(0, keyCounts[name]), [
        incarnation,
        known,
        lifetimeMs,
        clock,
        ...args,
      ])) as Reply;
      if (reply[0] === 'lost') throw storeLost(id);
      if (reply[0] === 'stale') throw staleOf(reply);
      return reply;
    },
    saw: (seq) => {
      if (seq > known) known = seq;
    },
    probe: async () => {
      const expected = known;
      const [found, length] = await Promise.all([
        client.call('HGET', [keys.meta, 'incarnation']),
        client.call('XLEN', [keys.events]),
      ]);
      if (found !== incarnation || Number(length) < expected) throw storeLost(id);
    },
  };
}

/** The error of `{'stale', name, fence, fence that it is at, whether it was let go of}`. */
export function staleOf([, name, fence, current, released]: Reply): CortexError {
  const held = { fence: Number(current), released: released === 1 };
  return staleFence(String(name), Number(fence), current === '' ? undefined : held);
}

/** The error of a log that is gone, or shorter than it was. */
export function storeLost(id: string): CortexError {
  return outside('store-lost', `Redis no longer has what it acknowledged of ${id}`, {
    hint: `It lost its data, or went back to an older state. \`cortex report ${id}\` rebuilds the report from this leg's own copy of the log.`,
  });
}

/** Renews the lifetime of the keys, now and then: the best effort of each process that takes part is enough. */
function keepAlive(
  client: RedisClient,
  { keys, lifetimeMs }: { readonly keys: readonly string[]; readonly lifetimeMs: number },
): () => void {
  let renewedAt = -Infinity;
  return () => {
    const now = performance.now();
    if (now - renewedAt < lifetimeMs / 14) return;
    renewedAt = now;
    client.run('keep', keys, [lifetimeMs]).catch(() => undefined);
  };
}
