import type { Store } from '../../src/coordination/store.ts';

/** One store of a fresh execution, its clock in the test's hand. */
export interface OpenedStore {
  readonly store: Store;
  readonly clock: { ms: number };
  /** Lets go of the store and opens it again, as another process would. */
  readonly reopen: () => Promise<Store>;
  readonly remove: () => Promise<void>;
  /** Drops the process as it is, with calls under way that nobody will hear of, and opens the store as the next one. */
  readonly crash?: () => Promise<Store>;
  /** The same execution as another process sees it at the same time, where the store can be shared. */
  readonly second?: () => Promise<Store>;
  /** Renewed leases are forgotten with the process: a claim then counts from its taking. */
  readonly forgetsRenewals?: boolean;
}

/** Opens a store of a fresh execution. */
export type OpenStore = () => Promise<OpenedStore>;
