import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { cachedBlobs } from '../../coordination/file/cached-blobs.ts';
import { takeLock } from '../../coordination/file/lock.ts';
import { openLogCopy } from '../../coordination/file/log-copy.ts';
import type { Blobs } from '../../coordination/store.ts';
import type { Event } from '../../protocol/event.ts';
import { resultSchema } from '../../protocol/result.ts';
import { systemClock } from '../../shared/clock.ts';
import { CortexError } from '../../shared/errors.ts';
import { runPaths } from './paths.ts';

/** What a process keeps of a shared execution in its own folder: enough to report what was done when the store is lost. */
export interface OwnCopy extends Blobs {
  /** Takes the next event of the whole log. Throws `store-lost` where it differs from what was taken before. */
  readonly take: (event: Event) => void;
  /** Fetches what a completed task brought, in the background; what can't be fetched is left. */
  readonly keepResult: (event: Event) => void;
  readonly close: () => Promise<void>;
}

/** Whether the folder has a copy of the execution's log from before. */
export function hasCopy(out: string, id: string): boolean {
  const { log } = runPaths(out, id);
  return existsSync(log) && statSync(log).size > 0;
}

/** Where several processes share a folder too, the first has its copy in the usual place, each other one beside it. */
export function openOwnCopy(
  far: Blobs,
  place: { readonly out: string; readonly id: string; readonly leg: string },
): OwnCopy {
  const paths = runPaths(place.out, place.id);
  const lock = tryLock(paths.lock);
  const log = openLogCopy(lock ? paths.log : join(paths.store, 'legs', place.leg, 'events.jsonl'));
  const blobs = cachedBlobs(far, paths.blobs);
  const fetching = new Set<Promise<void>>();
  return {
    ...blobs,
    take: log.take,
    keepResult: (event) => {
      if (event.type !== 'task.completed') return;
      const fetched = fetchResult(event.data.result, blobs)
        .catch(() => undefined)
        .finally(() => fetching.delete(fetched));
      fetching.add(fetched);
    },
    close: async () => {
      await Promise.all(fetching);
      log.close();
      lock?.release();
    },
  };
}

/** A result with its evidence. */
async function fetchResult(hash: string, blobs: Blobs): Promise<void> {
  const result = resultSchema.parse(JSON.parse(Buffer.from(await blobs.getBlob(hash)).toString('utf8')));
  for (const evidence of result.evidence) await blobs.getBlob(evidence.sha256);
}

function tryLock(path: string): { readonly release: () => void } | undefined {
  try {
    return takeLock(path, systemClock.now);
  } catch (error) {
    if (error instanceof CortexError && error.code === 'execution-in-use') return undefined;
    throw error;
  }
}
