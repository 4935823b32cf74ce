import type { Change } from './object-store.ts';

/** What has changed, in order, by versions that only grow. */
export interface History {
  readonly version: () => number;
  /** The next version: the one of the change that is about to be recorded. */
  readonly step: () => number;
  /** Keeps a change under the version of the last step, and tells it. */
  readonly record: (change: Omit<Change, 'version'>) => void;
  /** Changes after a version; undefined where they are no longer known. */
  readonly since: (version: number) => readonly Change[] | undefined;
  /** Forgets all so far: what was read before is too old from now on, also where nothing has changed since. */
  readonly compact: () => void;
  readonly oldest: () => number;
  readonly onChange: (listener: (change: Change) => void) => () => void;
}

export function openHistory(): History {
  const listeners = new Set<(change: Change) => void>();
  let changes: Change[] = [];
  let version = 1;
  let oldest = 1;
  return {
    version: () => version,
    step: () => (version += 1),
    record: (change) => {
      const recorded = { ...change, version };
      changes.push(recorded);
      for (const listener of listeners) listener(recorded);
    },
    since: (from) => (from < oldest ? undefined : changes.slice(firstAfter(changes, from))),
    compact: () => {
      changes = [];
      version += 1;
      oldest = version;
    },
    oldest: () => oldest,
    onChange: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

function firstAfter(changes: readonly Change[], version: number): number {
  let low = 0;
  let high = changes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((changes[middle]?.version ?? 0) > version) high = middle;
    else low = middle + 1;
  }
  return low;
}
