import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rejection } from './scripted-server.ts';
import { openShop, type Shop } from './shop-host.ts';

describe('a server that enforces its limits', () => {
  let shop: Shop;
  let issue: number;
  beforeEach(async () => {
    shop = await openShop({ 'README.md': '# Shop\n' });
    shop.limits({ secondary: true });
    issue = shop.issue({ labels: [], login: 'ada' });
  });
  afterEach(() => shop.close());

  const refused = (): number => shop.log().filter(({ status }) => status === 403 || status === 429).length;
  const elapsed = async (work: () => Promise<unknown>): Promise<number> => {
    const before = shop.world.clock.now();
    await work();
    return Math.round((shop.world.clock.now() - before) / 1000);
  };

  it('never has to refuse anything, though much is written', async () => {
    const door = shop.door({ isTimed: true });
    const seconds = await elapsed(async () => {
      for (let each = 0; each < 40; each += 1) {
        const main = shop.head('main');
        const files = [{ path: `fix-${each}.txt`, mode: '100644', content: 'fixed' } as const];
        const { sha } = await door.commit({ parents: [main], tree: main, files, message: () => 'Fix' });
        await door.createBranch(`cortex/${each}`, sha);
        const order = { branch: `cortex/${each}`, base: 'main', title: 'Fix', body: 'Body', isDraft: true };
        const opened = await door.openPullRequest(order);
        await door.dressPullRequest({ ...opened, labels: ['cortex'], reviewers: [], teams: [] });
      }
    });
    expect(refused()).toBe(0);
    expect(seconds).toBeGreaterThanOrEqual(200);
    expect(seconds).toBeLessThan(220);
  });

  it('is waited for when it refuses all the same, and nothing is written twice', async () => {
    shop.limits({ contentPerMinute: 3 });
    const door = shop.door({ isTimed: true });
    for (let each = 0; each < 10; each += 1) await door.writeComment({ issue, id: null, body: `comment ${each}` });
    expect(refused()).toBeGreaterThan(0);
    expect(shop.thread(issue).comments.map(({ body }) => body)).toEqual(
      Array.from({ length: 10 }, (_, index) => `comment ${index}`),
    );
  });

  it('is waited for until the hour ends', async () => {
    const door = shop.door({ isTimed: true });
    const resetAt = shop.world.clock.now() + 300_000;
    shop.fault({ primaryLimit: { resetAt } }, { times: 1 });
    const seconds = await elapsed(() => door.writeComment({ issue, id: null, body: 'late' }));
    expect(seconds).toBeGreaterThanOrEqual(300);
    expect(seconds).toBeLessThan(310);
    expect(shop.thread(issue).comments).toHaveLength(1);
  });

  it('is left when that would take too long, with the time to come back', async () => {
    const door = shop.door({ isTimed: true });
    shop.fault({ primaryLimit: { resetAt: shop.world.clock.now() + 3_000_000 } }, { times: 1 });
    const error = await rejection(door.writeComment({ issue, id: null, body: 'never' }));
    expect(error).toMatchObject({ family: 'outside', code: 'github-rate-limited', retryable: true });
    expect(shop.thread(issue).comments).toEqual([]);
  });
});
