import { hostname } from 'node:os';
import { fileBlobs } from '../coordination/file/blobs.ts';
import { isRedisAddress, parseStoreAddress, storeSecrets } from '../coordination/redis/address.ts';
import type { AttemptStore } from '../coordination/redis/attempt-store.ts';
import type { Blobs } from '../coordination/store.ts';
import { envelopeSchema, type Envelope } from '../protocol/result.ts';
import { canonicalJson } from '../shared/canonical.ts';
import { systemClock } from '../shared/clock.ts';
import { problem } from '../shared/errors.ts';
import { pause } from '../shared/pause.ts';

/** How a worker process holds its attempt. */
export interface HeldAttempt {
  readonly blobs: Blobs;
  /** Values that must never be printed. */
  readonly secrets: readonly string[];
  /** Set where the attempt has ended already, by a twin of this process: there is nothing left to do. */
  readonly ended: Envelope | undefined;
  /** Says how the attempt ended, once. Throws `stale-fence` where another process has taken it. */
  readonly finish: (envelope: Envelope) => Promise<void>;
  /** Lets go of the attempt as it is, so that nobody has to wait for its lease; from now on it is not finished here. */
  readonly giveBack: () => Promise<void>;
}

export interface AttemptOrder {
  readonly url: string;
  readonly execution: string;
  readonly worker: string;
  /** Another process has the attempt now: this one must stop. */
  readonly onLost: () => void;
}

/** Opens the store that the launcher names, and takes the attempt in it. Throws `bad-store-url` and the store's own. */
export async function holdAttempt(order: AttemptOrder): Promise<HeldAttempt> {
  if (order.url.startsWith('file:')) {
    const blobs = fileBlobs(order.url.slice('file:'.length));
    return { blobs, secrets: [], ended: undefined, finish: nothing, giveBack: nothing };
  }
  if (isRedisAddress(order.url)) return holdShared(order);
  throw problem('bad-store-url', 'CORTEX_STORE names neither a folder (file:…) nor Redis (redis://…)', {
    hint: 'This program is started by a Cortex launcher, not by hand.',
  });
}

const leaseMs = 30_000;
const nothing = (): Promise<void> => Promise.resolve();

/** Of two processes of one attempt one works: the other waits for its end, or for its lease to lapse. */
async function holdShared(order: AttemptOrder): Promise<HeldAttempt> {
  const { connectRedis } = await import('../coordination/redis/client.ts');
  const { openAttempt } = await import('../coordination/redis/attempt-store.ts');
  const address = parseStoreAddress(order.url);
  const attempt = openAttempt(await connectRedis(address, { loadsScripts: false, waitsForUser: true }), order);
  const secrets = storeSecrets(address);
  const owner = `${hostname()}-${process.pid}-${systemClock.now().toString(36)}`;
  for (;;) {
    const answer = await attempt.take(owner, leaseMs);
    if ('envelope' in answer) {
      const ended = envelopeSchema.parse(JSON.parse(answer.envelope));
      return { blobs: attempt, secrets, ended, finish: nothing, giveBack: nothing };
    }
    if ('fence' in answer) return { blobs: attempt, secrets, ended: undefined, ...held(attempt, answer.fence, order) };
    await pause(Math.min(1000, Math.max(50, answer.leftMs)));
  }
}

function held(
  attempt: AttemptStore,
  fence: number,
  { onLost }: AttemptOrder,
): Pick<HeldAttempt, 'finish' | 'giveBack'> {
  const stop = keepLease(() => attempt.renew(fence, leaseMs), onLost);
  let isGiven = false;
  return {
    finish: async (envelope) => {
      // Work that is broken off has no end that anybody should believe.
      if (isGiven) return new Promise(() => undefined);
      stop();
      await attempt.finish(fence, canonicalJson(envelope));
    },
    giveBack: async () => {
      isGiven = true;
      stop();
      await attempt.renew(fence, 0);
    },
  };
}

/** A lease that can't be renewed for its whole length is as good as lost: nobody waits for this process any more. */
function keepLease(renew: () => Promise<void>, onLost: () => void): () => void {
  let renewedAt = performance.now();
  const timer = setInterval(() => {
    renew().then(
      () => (renewedAt = performance.now()),
      (error: unknown) => {
        const stale = (error as { code?: unknown }).code === 'stale-fence';
        if (stale || performance.now() - renewedAt > leaseMs) onLost();
      },
    );
  }, leaseMs / 3);
  return () => clearInterval(timer);
}
