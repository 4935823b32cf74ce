import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HostFile } from '../../../src/protocol/code-host.ts';
import { CortexError } from '../../../src/shared/errors.ts';
import { openShop, type Shop } from './shop-host.ts';

let shop: Shop;
beforeEach(async () => {
  shop = await openShop({ 'README.md': '# Shop\n', 'src/a/b.txt': 'b', 'src/a/c.txt': 'c', 'src/d.txt': 'd' });
});
afterEach(() => shop.close());

/** `done`, or the code of the error that came. */
async function outcomeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'done';
  } catch (error) {
    return error instanceof CortexError ? error.code : String(error);
  }
}

describe('a body of exactly as many characters as GitHub takes', () => {
  const most = 50;
  beforeEach(() => void shop.limits({ bodyCharacters: most }));

  it.each([
    [most - 1, 'done'],
    [most, 'done'],
    [most + 1, 'github-refused'],
  ])('of 50: %i characters of a comment come to %s', async (length, outcome) => {
    const issue = shop.issue({ labels: [], login: 'ada' });
    expect(await outcomeOf(shop.door().writeComment({ issue, id: null, body: '漢'.repeat(length) }))).toBe(outcome);
    expect(shop.thread(issue).comments.map(({ body }) => body.length)).toEqual(outcome === 'done' ? [length] : []);
  });

  it.each([
    [most - 1, 'done'],
    [most, 'done'],
    [most + 1, 'github-refused'],
  ])('of 50: %i characters of a pull request come to %s', async (length, outcome) => {
    shop.push('topic', { 'new.txt': 'n' });
    const order = { branch: 'topic', base: 'main', title: 'Fix', body: 'x'.repeat(length), isDraft: true };
    expect(await outcomeOf(shop.door().openPullRequest(order))).toBe(outcome);
  });
});

/** README.md, src, src/a, src/a/b.txt, src/a/c.txt, src/d.txt. */
const entries = 6;
const files = ['README.md', 'src/a/b.txt', 'src/a/c.txt', 'src/d.txt'];

describe('a tree of exactly as many entries as GitHub shows', () => {
  it.each([
    [entries + 1, 1],
    [entries, 1],
    // The whole, cut off, and then the folders on the way: the top, src and src/a.
    [entries - 1, 4],
  ])('is known whole where %i are shown, in %i requests', async (treeEntries, requests) => {
    shop.limits({ treeEntries });
    shop.resetRequests();
    const tree = await shop.door().readTree(shop.head('main'), ['src/a/b.txt', 'src/d.txt']);
    expect(tree.map(({ path }) => path).sort()).toEqual(files);
    expect(shop.requests().total).toBe(requests);
  });

  it.each([
    [3, 'done'],
    [2, 'done'],
    [1, 'folder-too-large'],
  ])('is read by its folders where %i entries of one are shown: %s', async (treeEntries, outcome) => {
    shop.limits({ treeEntries });
    expect(await outcomeOf(shop.door().readTree(shop.head('main'), ['src/a/none.txt']))).toBe(outcome);
  });
});

describe('a file of exactly as many bytes as GitHub takes', () => {
  const most = 1000;
  const order = (content: HostFile['content']) => {
    const head = shop.head('main');
    return {
      parents: [head],
      tree: head,
      files: [{ path: 'large.bin', mode: '100644' as const, content }],
      message: () => 'Large',
    };
  };
  const large = (bytes: number): Buffer => Buffer.alloc(bytes, 0);

  it.each([
    [most - 1, 'done'],
    [most, 'done'],
    [most + 1, 'file-too-large'],
  ])('of 1,000: %i come to %s, and nothing is sent of one that is larger', async (bytes, outcome) => {
    shop.limits({ blobBytes: most });
    shop.resetRequests();
    const door = shop.door({ limits: { blobBytes: most } });
    expect(await outcomeOf(door.commit(order(large(bytes))))).toBe(outcome);
    expect(shop.requests().write).toBe(outcome === 'done' ? 3 : 0);
  });

  it.each([
    [most - 1, 'done'],
    [most, 'done'],
    [most + 1, 'github-refused'],
  ])('of 1,000: %i come to %s where the server takes less than we think', async (bytes, outcome) => {
    shop.limits({ blobBytes: most });
    expect(await outcomeOf(shop.door().commit(order(large(bytes))))).toBe(outcome);
  });

  it.each([
    [most - 1, 0],
    [most, 0],
    [most + 1, 1],
  ])(
    'that is text goes along with its tree up to the limit for that: %i bytes take %i requests more',
    async (bytes, blobs) => {
      shop.resetRequests();
      await shop.door({ limits: { inlineBytes: most } }).commit(order('x'.repeat(bytes)));
      expect(shop.requests().byOperation['POST /repos/{owner}/{repo}/git/blobs'] ?? 0).toBe(blobs);
    },
  );
});
