import { describe, expect, it } from 'vitest';
import { checkStoreModel } from './check-store-model.ts';
import { openFileWorld } from './file-world.ts';
import { worthwhile } from './worthwhile.ts';

describe('the file store', () => {
  it('does what the same store on paper does, in 500 courses of calls, crashes and time', async () => {
    const counts = await checkStoreModel({ open: () => openFileWorld(), runs: 500 });
    expect(counts['execution.started']).toBe(500);
    expect(worthwhile.filter((what) => (counts[what] ?? 0) < 10)).toEqual([]);
  });
});
