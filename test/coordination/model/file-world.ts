import { appendFileSync, cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFileStore, storePaths } from '../../../src/coordination/file/file-store.ts';
import type { Store } from '../../../src/coordination/store.ts';
import { logStart } from '../../support/events.ts';
import type { OpenedStore } from '../opened-store.ts';

/** In memory where the system has such a place: thousands of stores are opened, and none outlives its test. */
const place = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

interface Planted {
  /** Puts a fault into each store that is opened. */
  readonly fault?: (store: Store, clock: { readonly ms: number }) => Store;
  /** Does harm to the log that a crash leaves behind. */
  readonly atCrash?: (log: string) => void;
}

/** A file store that can crash: its next process finds what lay in the folder at that moment, and half a line more. */
export function openFileWorld({ fault = (store) => store, atCrash }: Planted = {}): Promise<OpenedStore> {
  const root = mkdtempSync(join(place, 'cortex-model-'));
  const clock = { ms: logStart };
  let lives = 0;
  let directory = join(root, '0');
  const open = (): Store => fault(openFileStore({ directory, clock: { now: () => clock.ms } }), clock);
  let store = open();
  const crash = async (): Promise<Store> => {
    const left = storePaths(directory).log;
    lives += 1;
    directory = join(root, String(lives));
    const { log } = storePaths(directory);
    cpSync(left, log);
    atCrash?.(log);
    appendFileSync(log, '{"v":1,"se');
    await store.close();
    return (store = open());
  };
  return Promise.resolve({
    store,
    clock,
    forgetsRenewals: true,
    crash,
    reopen: async () => {
      await store.close();
      return (store = open());
    },
    remove: async () => {
      await store.close();
      rmSync(root, { recursive: true });
    },
  });
}
