import type { Event, NewEvent } from '../../protocol/event.ts';
import { eventData } from '../../protocol/event.ts';
import { isoTime } from '../../shared/clock.ts';
import { bug, problem } from '../../shared/errors.ts';
import { bookEvent, emptyLedger, type Ledger } from '../ledger.ts';
import { bookClaim, refuseStaleFence, type Holder } from './claims.ts';
import type { EventLog } from './event-log.ts';

/** The events of an execution with what they amount to for the store: its books and its claims. */
export interface Journal {
  readonly events: readonly Event[];
  readonly ledger: Ledger;
  readonly holders: ReadonlyMap<string, Holder>;
  /** Writes events durably; those with a known id are dropped. Throws `stale-fence`, `secret-is-a-word`. */
  readonly append: (given: readonly NewEvent[]) => Promise<readonly Event[]>;
  /** Events from `fromSeq` on, as they become durable, until the signal aborts. */
  readonly follow: (fromSeq: number, signal: AbortSignal) => AsyncIterable<Event>;
}

/** A journal over an open log. */
export function openJournal(
  log: EventLog,
  options: { readonly now: () => number; readonly mask: (text: string) => string },
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

  /** All events of a call are judged before any is taken in: one that is refused leaves no trace of the others. */
  const admitAll = (given: readonly NewEvent[]): readonly Event[] => {
    for (const each of given) refuseStaleFence(holders, each);
    const at = isoTime(options.now());
    const kept = unknownOf(given, known).map((each, index) =>
      checked({ v: 1, seq: lastSeq + index + 1, at, ...each } as Event, options.mask),
    );
    lastSeq += kept.length;
    kept.forEach(admit);
    return kept;
  };

  const append: Journal['append'] = async (given) => {
    const kept = admitAll(given);
    // Also where nothing is new: what is known may still be on its way to the disk.
    await log.write(kept.map((event) => JSON.stringify(event)));
    for (const event of kept) events.push(event);
    for (const wake of listeners) wake();
    return kept;
  };
  return {
    events,
    ledger,
    holders,
    append,
    follow: (fromSeq, signal) => followEvents({ events, listeners, fromSeq, signal }),
  };
}

/** The first of each id that the store does not know yet. */
function unknownOf(given: readonly NewEvent[], known: ReadonlySet<string>): readonly NewEvent[] {
  const unknown = new Map<string, NewEvent>();
  for (const event of given) if (!known.has(event.id) && !unknown.has(event.id)) unknown.set(event.id, event);
  return [...unknown.values()];
}

/** The event as it is kept: of the shape of its kind, its texts masked. */
function checked(event: Event, mask: (text: string) => string): Event {
  const outcome = eventData[event.type].safeParse(event.data);
  if (!outcome.success) {
    throw bug(
      'event-malformed',
      `${event.type} (${event.id}) does not have the shape of its kind: ${outcome.error.message}`,
    );
  }
  const text = JSON.stringify(event.data);
  const data: unknown = JSON.parse(text, (_key, value: unknown) => (typeof value === 'string' ? mask(value) : value));
  if (JSON.stringify(data) === text || eventData[event.type].safeParse(data).success)
    return { ...event, data } as Event;
  throw problem(
    'secret-is-a-word',
    `A secret of the environment is also a word of ${event.type}, which can't be written without it`,
    {
      hint: 'Look for a variable whose name speaks of a secret (TOKEN, PASSWORD, KEY…) and whose value is a common word, and take it out.',
    },
  );
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
