import { join } from 'node:path';
import type { Event, NewEvent } from '../../protocol/event.ts';
import { eventData } from '../../protocol/event.ts';
import type { Clock } from '../../shared/clock.ts';
import { isoTime } from '../../shared/clock.ts';
import { bug, problem } from '../../shared/errors.ts';
import { bookEvent, emptyLedger, mayReserve } from '../ledger.ts';
import type { Reservation, Store } from '../store.ts';
import { fileBlobs } from './blobs.ts';
import { openEventLog, type EventLog } from './event-log.ts';
import { takeLock } from './lock.ts';

/** Where the file store of an execution keeps its parts. */
export function storePaths(directory: string): { readonly log: string; readonly blobs: string; readonly lock: string } {
  return { log: join(directory, 'events.jsonl'), blobs: join(directory, 'blobs'), lock: join(directory, 'lock') };
}

interface Holder {
  owner: string;
  fence: number;
  expiresAtMs: number;
}

export interface FileStoreOptions {
  readonly directory: string;
  readonly clock: Clock;
  /** Removes secrets from each event before it is written. */
  readonly mask?: (text: string) => string;
}

/** The store of one execution in a folder, held by one process at a time. Throws `execution-in-use`, `log-damaged`. */
export function openFileStore(options: FileStoreOptions): Store {
  const paths = storePaths(options.directory);
  const lock = takeLock(paths.lock, options.clock.now);
  const log = openLog(paths.log, lock);
  const known = new Set<string>();
  const events: Event[] = [];
  const ledger = emptyLedger();
  const holders = new Map<string, Holder>();
  const listeners = new Set<() => void>();
  const mask = options.mask ?? same;

  const admit = (event: Event): void => {
    known.add(event.id);
    bookEvent(ledger, event);
    bookClaim(holders, event);
  };
  for (const event of log.found) {
    admit(event);
    events.push(event);
  }
  let lastSeq = events.at(-1)?.seq ?? 0;

  /** All events of a call are judged before any is taken in: one that is refused leaves no trace of the others. */
  const admitAll = (given: readonly NewEvent[]): readonly Event[] => {
    for (const each of given) refuseStaleFence(holders, each);
    const at = isoTime(options.clock.now());
    const kept = unknownOf(given, known).map((each, index) =>
      checked({ v: 1, seq: lastSeq + index + 1, at, ...each } as Event, mask),
    );
    lastSeq += kept.length;
    kept.forEach(admit);
    return kept;
  };

  const append = async (given: readonly NewEvent[]): Promise<readonly Event[]> => {
    const kept = admitAll(given);
    // Also where nothing is new: what is known may still be on its way to the disk.
    await log.write(kept.map((event) => JSON.stringify(event)));
    for (const event of kept) events.push(event);
    for (const wake of listeners) wake();
    return kept;
  };

  let closed: Promise<void> | undefined;
  const claim: Store['claim'] = async (name, owner, leaseMs) => {
    const held = holders.get(name);
    const now = options.clock.now();
    if (held && held.owner !== owner && held.expiresAtMs > now) return { heldBy: held.owner };
    const fence = (held?.fence ?? 0) + 1;
    const data = { claim: name, owner, expiresAt: isoTime(now + leaseMs) };
    await append([{ id: `claim.taken:${name}:${fence}`, actor: owner, fence, type: 'claim.taken', data }]);
    return { name, owner, fence };
  };

  return {
    ...fileBlobs(paths.blobs),
    append,
    read: () => Promise.resolve([...events]),
    follow: (fromSeq, signal) => followEvents({ events, listeners, fromSeq, signal }),
    claim,
    release: async (held) => {
      const data = { claim: held.name, owner: held.owner };
      await append([
        {
          id: `claim.released:${held.name}:${held.fence}`,
          actor: held.owner,
          fence: held.fence,
          type: 'claim.released',
          data,
        },
      ]);
    },
    reserve: async (wanted) => {
      const answer = mayReserve(ledger, wanted);
      if (answer.granted) await append([budgetEvent('budget.reserved', wanted)]);
      return answer;
    },
    settle: async (spent) => {
      await append([budgetEvent('budget.settled', spent)]);
    },
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

function budgetEvent(type: 'budget.reserved' | 'budget.settled', data: Reservation): NewEvent {
  return { id: `${type}:${data.key}`, actor: data.account, fence: 0, type, data };
}

function bookClaim(holders: Map<string, Holder>, event: Event): void {
  if (event.type === 'claim.taken') {
    const expiresAtMs = Date.parse(event.data.expiresAt);
    holders.set(event.data.claim, { owner: event.data.owner, fence: event.fence, expiresAtMs });
  }
  const held = event.type === 'claim.released' ? holders.get(event.data.claim) : undefined;
  if (held) held.expiresAtMs = 0;
}

/** A writer names its claim by its actor, a release the claim itself; fence 0 is for writers that hold none. */
function refuseStaleFence(holders: ReadonlyMap<string, Holder>, event: NewEvent): void {
  const claim = event.type === 'claim.released' ? event.data.claim : event.actor;
  const held = event.fence === 0 || event.type === 'claim.taken' ? undefined : holders.get(claim);
  if (!held || held.fence === event.fence) return;
  throw problem(
    'stale-fence',
    `${event.actor} wrote with fence ${event.fence}, but its claim is now at ${held.fence}`,
    {
      hint: 'Another process has taken over this leg. End this one.',
    },
  );
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
  const data: unknown = JSON.parse(JSON.stringify(event.data), (_key, value: unknown) =>
    typeof value === 'string' ? mask(value) : value,
  );
  if (eventData[event.type].safeParse(data).success) return { ...event, data } as Event;
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

function same(text: string): string {
  return text;
}
