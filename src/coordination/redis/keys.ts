import { bug } from '../../shared/errors.ts';

/** Every key of one execution. All share one hash tag, so that one step may touch several of them in a cluster too. */
export interface ExecutionKeys {
  /** Hash: `incarnation`, made when the execution was created. */
  readonly meta: string;
  /** Stream: one entry an event, its id the event's number. */
  readonly events: string;
  /** Hash: number of each event by its id. */
  readonly ids: string;
  /** Hash: holder of each name, as `claim.lua` writes it. */
  readonly claims: string;
  /** Hash of whole numbers: `<account>.<limit|reserved|used>.<tokens|microDollars>`. */
  readonly accounts: string;
  /** Hash: booking of each open reservation by its key. */
  readonly open: string;
  /** Sorted set: the same keys by when they expire, in ms since the epoch. */
  readonly expiry: string;
  /** Hash: booking of each settlement by its key. */
  readonly settled: string;
  /** Hash: each move of budget by its key. */
  readonly moves: string;
  /** Bytes of all blobs together. */
  readonly blobBytes: string;
  readonly blob: (hash: string) => string;
  readonly attempt: (worker: string) => string;
}

/** How long a key is kept that nothing renews any more: two weeks, in ms. */
export const lifetimeMs = 14 * 24 * 3_600_000;

/** The one place that names keys. Throws `execution-id-malformed` (bug): a brace in an id would end its hash tag. */
export function executionKeys(id: string): ExecutionKeys {
  if (!/^[\w.-]{1,200}$/.test(id)) throw bug('execution-id-malformed', `${JSON.stringify(id)} can't be part of a key`);
  const tag = `cortex:{${id}}:`;
  return {
    meta: `${tag}meta`,
    events: `${tag}events`,
    ids: `${tag}ids`,
    claims: `${tag}claims`,
    accounts: `${tag}accounts`,
    open: `${tag}open`,
    expiry: `${tag}expiry`,
    settled: `${tag}settled`,
    moves: `${tag}moves`,
    blobBytes: `${tag}blob-bytes`,
    blob: (hash) => `${tag}blob:${hash}`,
    attempt: (worker) => `${tag}attempt:${worker}`,
  };
}

/** The keys of books, claims and log, in the order in which all steps over the log get them; each takes the first few. */
export function stepKeys(keys: ExecutionKeys): readonly string[] {
  const { meta, events, ids, claims, accounts, open, expiry, settled, moves } = keys;
  return [meta, events, ids, claims, accounts, open, expiry, settled, moves];
}
