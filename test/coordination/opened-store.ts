import type { Store } from '../../src/coordination/store.ts';

/** One store of a fresh execution, its clock in the test's hand. */
export interface OpenedStore {
  readonly store: Store;
  readonly clock: { ms: number };
  /** Lets go of the store and opens it again, as another process would. */
  readonly reopen: () => Promise<Store>;
  readonly remove: () => Promise<void>;
}
