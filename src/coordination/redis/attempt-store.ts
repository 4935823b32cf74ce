import { bug, problem } from '../../shared/errors.ts';
import type { Blobs } from '../store.ts';
import { redisBlobs } from './blobs.ts';
import type { RedisClient } from './client.ts';
import { executionKeys, lifetimeMs } from './keys.ts';

/** What an asker learns of an attempt: it is theirs, another process has it, or it has ended. */
export type TakeAnswer =
  | { readonly fence: number }
  /** `leftMs` is what the other's lease still has. */
  | { readonly heldBy: string; readonly leftMs: number }
  | { readonly envelope: string };

/** The store as far as a worker reaches it: artefacts by hash, and its own attempt. */
export interface AttemptStore extends Blobs {
  /** Takes the attempt for a process; `owner` names that process alone. Asking again as the holder changes nothing. */
  readonly take: (owner: string, leaseMs: number) => Promise<TakeAnswer>;
  /** Gives the lease anew. Throws `stale-fence` where another has taken the attempt, or it has ended. */
  readonly renew: (fence: number, leaseMs: number) => Promise<void>;
  /** Ends the attempt. The first envelope stays, however often it is said. Throws `stale-fence`, `envelope-too-large`. */
  readonly finish: (fence: number, envelope: string) => Promise<void>;
  /** The envelope of an attempt that has ended. */
  readonly readEnvelope: () => Promise<string | undefined>;
}

const maxEnvelopeBytes = 16 * 1024;

/** The store of one worker attempt. `now`, in ms since the epoch, stands in for the server's clock. */
export function openAttempt(
  client: RedisClient,
  attempt: { readonly execution: string; readonly worker: string; readonly now?: () => number },
): AttemptStore {
  const { execution, worker, now } = attempt;
  const keys = executionKeys(execution);
  const key = keys.attempt(worker);
  const clock = (): string => (now ? String(now()) : '');
  const refuseStale = (reply: unknown): void => {
    if ((reply as readonly string[])[0] === 'stale') throw stale(worker);
  };
  return {
    ...redisBlobs(client, keys),
    take: async (owner, leaseMs) =>
      readAnswer(await client.run('attempt-take', [key], [owner, leaseMs, lifetimeMs, clock()])),
    renew: async (fence, leaseMs) =>
      refuseStale(await client.run('attempt-renew', [key], [fence, leaseMs, lifetimeMs, clock()])),
    finish: async (fence, envelope) => {
      refuseLarge(envelope, worker);
      refuseStale(await client.run('attempt-finish', [key], [fence, envelope, lifetimeMs]));
    },
    readEnvelope: async () => ((await client.call('HGET', [key, 'envelope'])) as string | null) ?? undefined,
  };
}

function readAnswer(reply: unknown): TakeAnswer {
  const [outcome, first = '', second = ''] = reply as readonly string[];
  if (outcome === 'taken') return { fence: Number(first) };
  return outcome === 'held' ? { heldBy: first, leftMs: Number(second) } : { envelope: first };
}

function refuseLarge(envelope: string, worker: string): void {
  const bytes = Buffer.byteLength(envelope, 'utf8');
  if (bytes <= maxEnvelopeBytes) return;
  throw bug('envelope-too-large', `The envelope of ${worker} has ${bytes} bytes, at most ${maxEnvelopeBytes} fit`);
}

function stale(worker: string): Error {
  return problem('stale-fence', `The attempt ${worker} belongs to another process, or has ended`, {
    hint: 'Nothing is to be done: the process that holds the attempt goes on with it.',
  });
}
