import { describe, expect, it } from 'vitest';
import { stores } from '../../support/stores.ts';
import { checkStoreModel } from './check-store-model.ts';
import { redisWorlds } from './redis-world.ts';
import { worthwhile } from './worthwhile.ts';

describe.each(stores())('the store over $name', ({ url }) => {
  it(
    'does what the same store on paper does, in 500 courses of calls, crashes and time',
    { timeout: 300_000 },
    async () => {
      const worlds = await redisWorlds(url);
      try {
        const counts = await checkStoreModel({ open: worlds.open, runs: 500, lanes: 4 });
        expect(counts['execution.started']).toBe(500);
        expect(worthwhile.filter((what) => (counts[what] ?? 0) < 10)).toEqual([]);
      } finally {
        await worlds.close();
      }
    },
  );
});
