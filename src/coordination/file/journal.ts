import type { Event, NewEvent } from '../../protocol/event.ts';
import { isoTime } from '../../shared/clock.ts';
import { bookEvent, emptyLedger, type Ledger } from '../ledger.ts';
import { checkEvent } from '../check-event.ts';
import { bookClaim, staleWriter, type Holder } from './claims.ts';
import type { EventLog } from './event-log.ts';

/** An event of the store itself; its id is made of its type and its key. */
export type OwnEvent = NewEvent extends infer E
  ? E extends NewEvent
    ? Omit<E, 'id'> & { key: string }
    : never
  : never;

/** The events of an execution with what they amount to for the store: its books and its claims. */
export interface Journal {
  readonly events: readonly Event[];
  readonly ledger: Ledger;
  readonly holders: Map<string, Holder>;
  /** Writes events durably; those with a known id are dropped. Throws `event-malformed`, `stale-fence`, `secret-is-a-word`. */
  readonly append: (given: readonly NewEvent[]) => Promise<readonly Event[]>;
  /**
   * Writes what the store has decided. Books and claims know it at once, so nothing can come between a decision and its
   * event; the promise waits for the disk, also for all that was decided before, and also where there is nothing to write.
   */
  readonly write: (own: readonly OwnEvent[]) => Promise<void>;
  /** Throws the error when all that it may rest on is on the disk: an answer must hold after a crash, also a refusal. */
  readonly refuse: (error: Error) => Promise<never>;
  /** Events from `fromSeq` on, as they become durable, until the signal aborts. */
  readonly follow: (fromSeq: number, signal: AbortSignal) => AsyncIterable<Event>;
}

/** A journal over an open log. */
export function openJournal(
  log: EventLog,
  { now, mask }: { readonly now: () => number; readonly mask: (text: string) => string },
): Journal {
  const known = new Set<string>();
  const events: Event[] = [...log.found];
  const ledger = emptyLedger();
  const holders = new Map<string, Holder>();
  const listeners = new Set<() => void>();
  const admit = (event: Event): void => {
    known.add(event.id);
    bookEvent(ledger, event);
    bookClaim(holders, event);
  };
  events.forEach(admit);
  let lastSeq = events.at(-1)?.seq ?? 0;

  const keep = async (checked: readonly NewEvent[]): Promise<readonly Event[]> => {
    const at = isoTime(now());
    const kept = checked.map((each, index) => ({ v: 1, seq: lastSeq + index + 1, at, ...each }) as Event);
    lastSeq += kept.length;
    kept.forEach(admit);
    // Also where nothing is new: what is known may still be on its way to the disk.
    await log.write(kept.map((event) => JSON.stringify(event)));
    for (const event of kept) events.push(event);
    for (const wake of listeners) wake();
    return kept;
  };
  const refuse = async (error: Error): Promise<never> => {
    await log.write([]);
    throw error;
  };
  return {
    events,
    ledger,
    holders,
    refuse,
    // All events of a call are judged before any is taken in: one that is refused leaves no trace of the others.
    append: async (given) => {
      const checked = given.map((each) => checkEvent(each, mask));
      const stale = checked.map((each) => staleWriter(holders, each)).find((error) => error !== undefined);
      if (stale) return refuse(stale);
      return keep(unknownOf(checked, known));
    },
    write: async (own) => {
      const named = own.map((each, index) => withId(each, { known, seq: lastSeq + index + 1 }));
      await keep(named.map((each) => checkEvent(each, mask)));
    },
    follow: (fromSeq, signal) => followEvents({ events, listeners, fromSeq, signal }),
  };
}

/** A key may come again where it was given back in between: its number then tells the two events apart. */
function withId(own: OwnEvent, at: { readonly known: ReadonlySet<string>; readonly seq: number }): NewEvent {
  const { key, ...event } = own;
  const id = `${own.type}:${key}`;
  return { ...event, id: at.known.has(id) ? `${id}:${at.seq}` : id } as NewEvent;
}

/** The first of each id that the store does not know yet. */
function unknownOf(given: readonly NewEvent[], known: ReadonlySet<string>): readonly NewEvent[] {
  const unknown = new Map<string, NewEvent>();
  for (const event of given) if (!known.has(event.id) && !unknown.has(event.id)) unknown.set(event.id, event);
  return [...unknown.values()];
}

async function* followEvents(from: {
  readonly events: readonly Event[];
  readonly listeners: Set<() => void>;
  readonly fromSeq: number;
  readonly signal: AbortSignal;
}): AsyncIterable<Event> {
  for (let next = 0; !from.signal.aborted;) {
    const event = from.events[next];
    if (!event) await nextEvent(from.listeners, from.signal);
    else {
      next += 1;
      if (event.seq >= from.fromSeq) yield event;
    }
  }
}

function nextEvent(listeners: Set<() => void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      listeners.delete(wake);
      signal.removeEventListener('abort', wake);
      resolve();
    };
    listeners.add(wake);
    signal.addEventListener('abort', wake, { once: true });
    if (signal.aborted) wake();
  });
}
