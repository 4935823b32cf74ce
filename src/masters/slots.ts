import type { Priority } from '../protocol/words.ts';

/** Places for workers that run at one time, given out by priority; who waits long grows more important. */
export interface Slots {
  /** Waits for a place. Rejects with the signal's reason when it aborts first. */
  readonly take: (
    wish: { readonly priority: Priority; readonly followers: number },
    signal: AbortSignal,
  ) => Promise<() => void>;
}

/** Weights of the queue policy; a task that others wait for counts a little more. */
const weights: Readonly<Record<Priority, number>> = { critical: 100, high: 75, medium: 50, low: 25 };
const perFollower = 5;
const perWaitedSecond = 1;

interface Waiting {
  readonly weight: number;
  readonly since: number;
  readonly go: () => void;
}

export function createSlots(count: number, now: () => number): Slots {
  let free = count;
  const waiting: Waiting[] = [];
  const next = (): void => {
    if (free === 0) return;
    const rank = (each: Waiting): number => each.weight + ((now() - each.since) / 1000) * perWaitedSecond;
    const best = waiting.reduce<Waiting | undefined>((a, b) => (a && rank(a) >= rank(b) ? a : b), undefined);
    if (!best) return;
    waiting.splice(waiting.indexOf(best), 1);
    free -= 1;
    best.go();
  };
  const release = once(() => {
    free += 1;
    next();
  });
  return {
    take: ({ priority, followers }, signal) =>
      new Promise((resolve, reject) => {
        signal.throwIfAborted();
        const entry: Waiting = {
          weight: weights[priority] + followers * perFollower,
          since: now(),
          go: () => {
            signal.removeEventListener('abort', abort);
            resolve(release());
          },
        };
        const abort = (): void => {
          waiting.splice(waiting.indexOf(entry), 1);
          reject(signal.reason as Error);
        };
        signal.addEventListener('abort', abort, { once: true });
        waiting.push(entry);
        queueMicrotask(next);
      }),
  };
}

/** Makes functions that do their work at the first call only. */
function once(work: () => void): () => () => void {
  return () => {
    let done = false;
    return () => {
      if (done) return;
      done = true;
      work();
    };
  };
}
