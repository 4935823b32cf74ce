/**
 * `coordination/` is the store that masters and workers share: one event log, one ledger, claims and blobs.
 * The file store lies here today; each further store passes the same contract suite. Imports `protocol` and `shared`.
 */
import type { Event, NewEvent } from '../protocol/event.ts';
import type { MasterName } from '../protocol/words.ts';

/** Artefacts by the SHA-256 of their bytes. */
export interface Blobs {
  /** Keeps the content and returns its hash; keeping it twice is harmless. */
  readonly putBlob: (content: string | Uint8Array) => Promise<string>;
  /** The bytes, their hash checked. Throws `blob-missing` (problem) or `blob-damaged` (outside). */
  readonly getBlob: (hash: string) => Promise<Uint8Array>;
}

/** A lease on a name, held by one owner at a time; the fence grows with each taking. */
export interface Claim {
  readonly name: string;
  readonly owner: string;
  readonly fence: number;
}

export interface Reservation {
  readonly account: MasterName;
  /** The attempt that spends; a key is reserved once and settled once, however often it is said. */
  readonly key: string;
  readonly tokens: number;
  readonly microDollars: number;
}

export type ReserveAnswer = { readonly granted: true } | { readonly granted: false; readonly reason: string };

/** The store of one execution. */
export interface Store extends Blobs {
  /** Writes events durably, in order; an id that is known is dropped. Returns the events as kept. */
  readonly append: (events: readonly NewEvent[]) => Promise<readonly Event[]>;
  /** All events so far, in order of `seq`. */
  readonly read: () => Promise<readonly Event[]>;
  /** Events from `fromSeq` on, as they become durable, until the signal aborts. */
  readonly follow: (fromSeq: number, signal: AbortSignal) => AsyncIterable<Event>;
  /** Takes a name, or says who holds it. An expired holder is replaced, and its fence goes stale. */
  readonly claim: (name: string, owner: string, leaseMs: number) => Promise<Claim | { readonly heldBy: string }>;
  readonly release: (claim: Claim) => Promise<void>;
  /** Sets aside what an attempt may spend, or refuses: never both, and never above a limit. */
  readonly reserve: (reservation: Reservation) => Promise<ReserveAnswer>;
  /** Books what an attempt has spent and gives the rest of its reservation back. */
  readonly settle: (reservation: Reservation) => Promise<void>;
  readonly close: () => Promise<void>;
}
