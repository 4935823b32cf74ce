import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openShop, type Shop } from '../../repository/github/shop-host.ts';
import { branch, commitRun, executionAt, filesOfRun, folderOf } from './results-world.ts';

/** The same through the real door, to the stand-in for GitHub with git behind it. */
describe('results on GitHub', () => {
  let shop: Shop;
  beforeEach(async () => {
    shop = await openShop({ 'README.md': '# Shop\n' });
  });
  afterEach(() => shop.close());
  const paths = (): readonly string[] => Object.keys(shop.files(shop.head(branch)));

  it('begin a branch of their own, signed', async () => {
    const { commit } = await commitRun(shop.door({ kind: 'workflow' }), 1);
    expect(shop.head(branch)).toBe(commit);
    expect(shop.commit(commit ?? '')).toMatchObject({ parents: [], isSigned: true });
    expect([...paths()].sort()).toEqual(
      [...Object.keys(filesOfRun(1)), 'README.md', 'index.json'].map((path) => `coordination/${path}`).sort(),
    );
    const evidence = shop.files(shop.head(branch))[`coordination/archives/${executionAt(1)}/evidence/0a1b.json`];
    expect(evidence).toEqual(['100644', Buffer.from([0, 255, 10])]);
  });

  it('are seen to be there, by the hashes that git gives', async () => {
    await commitRun(shop.door(), 1);
    const head = shop.head(branch);
    shop.resetRequests();
    expect(await commitRun(shop.door(), 1)).toMatchObject({ action: 'unchanged', commit: head });
    expect(shop.head(branch)).toBe(head);
    const { write, mutation } = shop.requests();
    expect([write, mutation]).toEqual([0, 0]);
  });

  it('follow each other, and leave when there are more than are kept', async () => {
    for (const minute of [1, 2, 3]) await commitRun(shop.door(), minute, { keep: 2 });
    expect(paths().some((path) => path.includes(executionAt(1)))).toBe(false);
    expect(paths().some((path) => path.includes(executionAt(2)))).toBe(true);
    expect(paths().some((path) => path.includes(executionAt(3)))).toBe(true);
  });

  it('of two runs at the same moment are both there', async () => {
    await commitRun(shop.door(), 1);
    const outcomes = await Promise.all([commitRun(shop.door(), 2), commitRun(shop.door(), 3)]);
    expect(outcomes.map(({ action }) => action)).toEqual(['committed', 'committed']);
    for (const minute of [1, 2, 3]) expect(paths().some((path) => path.includes(executionAt(minute)))).toBe(true);
  });

  it('leave whole although the tree is too large to be shown at once', async () => {
    for (const minute of [1, 2]) await commitRun(shop.door(), minute, { keep: 9 });
    shop.limits({ treeEntries: 12 });
    await commitRun(shop.door(), 3, { keep: 1 });
    shop.limits({ treeEntries: 100_000 });
    expect(paths().filter((path) => path.includes(executionAt(1)) || path.includes(executionAt(2)))).toEqual([]);
    expect(await commitRun(shop.door(), 3, { keep: 1 })).toMatchObject({ action: 'unchanged' });
  });

  it('with more files than a request takes go as one commit', async () => {
    const many = Array.from({ length: 250 }, (_, index) => [
      `archives/${executionAt(1)}/evidence/${index}.txt`,
      `evidence ${index}\n`,
    ]);
    await commitRun(shop.door(), 1, {
      folder: folderOf({ ...filesOfRun(1), ...(Object.fromEntries(many) as Record<string, string>) }),
    });
    expect(paths().filter((path) => path.includes('/evidence/'))).toHaveLength(251);
    expect(shop.commit(shop.head(branch))?.parents).toEqual([]);
    expect(shop.violations()).toEqual([]);
  });
});
