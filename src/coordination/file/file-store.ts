import { join } from 'node:path';
import type { NewEvent } from '../../protocol/event.ts';
import { isoTime, type Clock } from '../../shared/clock.ts';
import { mayReserve } from '../ledger.ts';
import type { Claim, Reservation, Store } from '../store.ts';
import { fileBlobs } from './blobs.ts';
import { openEventLog, type EventLog } from './event-log.ts';
import { openJournal, type Journal } from './journal.ts';
import { takeLock } from './lock.ts';

/** Where the file store of an execution keeps its parts. */
export function storePaths(directory: string): { readonly log: string; readonly blobs: string; readonly lock: string } {
  return { log: join(directory, 'events.jsonl'), blobs: join(directory, 'blobs'), lock: join(directory, 'lock') };
}

export interface FileStoreOptions {
  readonly directory: string;
  readonly clock: Clock;
  /** Removes secrets from each event before it is written. */
  readonly mask?: (text: string) => string;
}

/** The store of one execution in a folder, held by one process at a time. Throws `execution-in-use`, `log-damaged`. */
export function openFileStore(options: FileStoreOptions): Store {
  const { now } = options.clock;
  const paths = storePaths(options.directory);
  const lock = takeLock(paths.lock, now);
  const log = openLog(paths.log, lock);
  const journal = openJournal(log, { now, mask: options.mask ?? ((text) => text) });
  let closed: Promise<void> | undefined;
  return {
    ...fileBlobs(paths.blobs),
    append: journal.append,
    read: () => Promise.resolve([...journal.events]),
    follow: journal.follow,
    claim: (name, owner, leaseMs) => claim(journal, { name, owner, now: now(), leaseMs }),
    release: async (held) => {
      await journal.append([released(held)]);
    },
    reserve: async (wanted) => {
      const answer = mayReserve(journal.ledger, wanted);
      if (answer.granted) await journal.append([budgetEvent('budget.reserved', wanted)]);
      return answer;
    },
    settle: async (spent) => {
      await journal.append([budgetEvent('budget.settled', spent)]);
    },
    close: () => (closed ??= log.close().finally(lock.release)),
  };
}

async function claim(
  journal: Journal,
  wanted: { readonly name: string; readonly owner: string; readonly now: number; readonly leaseMs: number },
): ReturnType<Store['claim']> {
  const { name, owner, now, leaseMs } = wanted;
  const held = journal.holders.get(name);
  if (held && held.owner !== owner && held.expiresAtMs > now) return { heldBy: held.owner };
  const fence = (held?.fence ?? 0) + 1;
  const data = { claim: name, owner, expiresAt: isoTime(now + leaseMs) };
  await journal.append([{ id: `claim.taken:${name}:${fence}`, actor: owner, fence, type: 'claim.taken', data }]);
  return { name, owner, fence };
}

function released(held: Claim): NewEvent {
  const { name, owner, fence } = held;
  return {
    id: `claim.released:${name}:${fence}`,
    actor: owner,
    fence,
    type: 'claim.released',
    data: { claim: name, owner },
  };
}

/** A log that can't be opened is nobody's: its folder is let go. */
function openLog(path: string, lock: { readonly release: () => void }): EventLog {
  try {
    return openEventLog(path);
  } catch (error) {
    lock.release();
    throw error;
  }
}

function budgetEvent(type: 'budget.reserved' | 'budget.settled', data: Reservation): NewEvent {
  return { id: `${type}:${data.key}`, actor: data.account, fence: 0, type, data };
}
