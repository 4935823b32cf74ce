import type { Event } from '../../protocol/event.ts';
import { readPage } from './read-events.ts';
import { openTail, type TailOptions } from './tail.ts';

export interface Follower {
  /** Events from a number on, as they come, until the signal aborts or the store is closed. Throws `store-lost`. */
  readonly follow: (fromSeq: number, signal: AbortSignal) => AsyncIterable<Event>;
  readonly close: () => void;
}

/** Follows a log for all readers of this process: each reads what was, and shares what comes with the others. */
export function openFollower(options: TailOptions): Follower {
  const { client, steps, stream } = options;
  const closing = new AbortController();
  const tail = openTail(options, closing.signal);
  async function* follow(fromSeq: number, signal: AbortSignal): AsyncIterable<Event> {
    const ended = AbortSignal.any([signal, closing.signal]);
    for (let next = Math.max(1, fromSeq); !ended.aborted;) {
      const page = tail.latestFrom(next) ?? (await readPage(client, stream, next));
      if (page.length === 0) await tail.reaches(next, ended);
      for (const event of page) {
        if (ended.aborted) return;
        steps.saw(event.seq);
        next = event.seq + 1;
        yield event;
      }
    }
  }
  return { follow, close: () => closing.abort() };
}
