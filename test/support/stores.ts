import { expect, inject, it } from 'vitest';
import type { Engine } from './redis-servers.ts';

/** A store that the tests use: its engine and where it is. */
export interface TestStore {
  readonly name: Engine;
  readonly url: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    stores: readonly TestStore[];
  }
}

/** The stores that the set-up of the tests has found; without any, what needs one says that it is skipped. */
export function stores(): readonly TestStore[] {
  const found = inject('stores');
  const missing = found.length === 0 ? ['redis-server or valkey-server'] : [];
  it.for(missing)('needs %s', (engines, { skip }) => {
    expect(found).toEqual([]);
    skip(`${engines} is not installed`);
  });
  return found;
}
