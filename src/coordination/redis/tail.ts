import type { Event } from '../../protocol/event.ts';
import type { RedisClient } from './client.ts';
import { awaitPage } from './read-events.ts';
import type { Steps } from './steps.ts';

export interface TailOptions {
  readonly client: RedisClient;
  readonly steps: Steps;
  readonly stream: string;
  /** How long one wait on the server lasts; after it, and after each lost connection, the log is looked for. */
  readonly blockMs: number;
}

/** The end of a log, where all followers of a process wait together. */
export interface Tail {
  /** The events that came last, from a number on; undefined where they don't begin with it or before. */
  readonly latestFrom: (next: number) => readonly Event[] | undefined;
  /** Resolves when the log has that number, or the signal aborts. Throws `store-lost` and what the client throws. */
  readonly reaches: (next: number, signal: AbortSignal) => Promise<void>;
}

interface Waiter {
  /** The number that it waits for. */
  readonly next: number;
  readonly settle: (error?: Error) => void;
}

/** Waits with one command at a time for whoever waits for least; nothing runs while nobody waits. */
export function openTail({ client, steps, stream, blockMs }: TailOptions, closing: AbortSignal): Tail {
  const waiters = new Set<Waiter>();
  let latest: readonly Event[] = [];
  let awaited = 0;
  let isReading = false;
  let interrupt = new AbortController();
  closing.addEventListener('abort', () => interrupt.abort(), { once: true });

  const readOn = async (): Promise<void> => {
    while (waiters.size > 0 && !closing.aborted) {
      awaited = Math.min(...[...waiters].map(({ next }) => next));
      const { signal } = interrupt;
      const page = await awaitPage(client, { stream, afterSeq: awaited - 1, blockMs, signal });
      if (page.length > 0) latest = page;
      else if (!signal.aborted) await steps.probe();
      const reached = latest.at(-1)?.seq ?? 0;
      for (const waiter of waiters) if (waiter.next <= reached) waiter.settle();
    }
  };
  const startReading = (): void => {
    isReading = true;
    readOn()
      .catch((error: Error) => waiters.forEach((waiter) => waiter.settle(error)))
      .finally(() => {
        isReading = false;
        if (waiters.size > 0 && !closing.aborted) startReading();
      });
  };
  const add = (waiter: Waiter): void => {
    waiters.add(waiter);
    if (!isReading) startReading();
    else if (waiter.next < awaited) {
      // What is being waited for would come too late for this one.
      interrupt.abort();
      interrupt = new AbortController();
    }
  };
  return {
    latestFrom: (next) => {
      const first = latest[0]?.seq ?? Infinity;
      return first <= next && next < first + latest.length ? latest.slice(next - first) : undefined;
    },
    reaches: (next, signal) =>
      new Promise((resolve, reject) => {
        const settle = (error?: Error): void => {
          waiters.delete(waiter);
          signal.removeEventListener('abort', onAbort);
          if (error) reject(error);
          else resolve();
        };
        const onAbort = (): void => settle();
        const waiter: Waiter = { next, settle };
        if (signal.aborted) return resolve();
        signal.addEventListener('abort', onAbort);
        add(waiter);
      }),
  };
}
