import { join } from 'node:path';
import type { Clock } from '../../shared/clock.ts';
import type { Store } from '../store.ts';
import { fileBlobs } from './blobs.ts';
import { fileBudgets } from './budgets.ts';
import { openEventLog, type EventLog } from './event-log.ts';
import { openJournal } from './journal.ts';
import { fileLeases } from './leases.ts';
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
    ...fileLeases(journal, now),
    ...fileBudgets(journal, now),
    close: () => (closed ??= log.close().finally(lock.release)),
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
