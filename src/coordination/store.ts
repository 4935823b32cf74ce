/**
 * `coordination/` is the store that masters and workers share: one event log, one ledger, claims and blobs.
 * A folder or Redis: both pass one contract suite. Imports `execution`, `protocol` and `shared`.
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

/** A claim as it stands now, by the store's own clock. */
export interface HeldClaim extends Claim {
  /** Milliseconds that its lease still has; below 0 it has lapsed, and anybody may take the name. */
  readonly leftMs: number;
}

/** What one attempt may spend, or has spent, on the account of its master. */
export interface Booking {
  readonly account: MasterName;
  /** The attempt that spends; a key is reserved once and settled once, however often it is said. */
  readonly key: string;
  readonly tokens: number;
  readonly microDollars: number;
}

export interface ReservationTerms {
  /** After that many milliseconds without a settlement the reservation goes back to its account. */
  readonly leaseMs: number;
  /** Fence of the master's claim; 0 where it holds none. */
  readonly fence: number;
}

/** Budget that goes to a master's account; a key moves once, however often it is said. */
export interface BudgetMove {
  readonly key: string;
  /** `reserve` is the execution's own; `person` is new money, beyond the plan's. */
  readonly from: MasterName | 'reserve' | 'person';
  readonly to: MasterName;
  readonly tokens: number;
  readonly microDollars: number;
  readonly reason: string;
}

export type BudgetAnswer = { readonly granted: true } | { readonly granted: false; readonly reason: string };

/** The store of one execution. Time in it is the store's own: no two processes have to agree on a clock. */
export interface Store extends Blobs {
  /** Writes events durably, in order; an id that is known is dropped. Returns the events as kept. */
  readonly append: (events: readonly NewEvent[]) => Promise<readonly Event[]>;
  /** All events so far, in order of `seq`. */
  readonly read: () => Promise<readonly Event[]>;
  /** Events from `fromSeq` on, as they become durable, until the signal aborts. */
  readonly follow: (fromSeq: number, signal: AbortSignal) => AsyncIterable<Event>;
  /** Takes a name, or says who holds it. A lapsed holder is replaced, and its fence goes stale. */
  readonly claim: (name: string, owner: string, leaseMs: number) => Promise<Claim | { readonly heldBy: string }>;
  /** Gives a claim its lease anew; a lapsed one too, as long as nobody has taken it. Throws `stale-fence`. */
  readonly renew: (claim: Claim, leaseMs: number) => Promise<void>;
  readonly release: (claim: Claim) => Promise<void>;
  /** Every name that was ever claimed and not let go of, in order of names. */
  readonly claims: () => Promise<readonly HeldClaim[]>;
  /** Sets aside what an attempt may spend, or refuses: never both, and never above a limit. Throws `stale-fence`. */
  readonly reserve: (wanted: Booking, terms: ReservationTerms) => Promise<BudgetAnswer>;
  /** Books what an attempt has spent and gives the rest of its reservation back. What was spent is never refused. */
  readonly settle: (spent: Booking) => Promise<void>;
  /** Moves budget that is neither spent nor set aside, in one step, or refuses. */
  readonly move: (move: BudgetMove) => Promise<BudgetAnswer>;
  readonly close: () => Promise<void>;
}
