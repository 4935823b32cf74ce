import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HostFile } from '../../../src/protocol/code-host.ts';
import { rejection } from './scripted-server.ts';
import { openShop, type Shop } from './shop-host.ts';

const file = (path: string, content: HostFile['content'], mode: HostFile['mode'] = '100644'): HostFile => ({
  path,
  mode,
  content,
});

describe('commits', () => {
  let shop: Shop;
  let main: string;
  beforeAll(async () => {
    shop = await openShop({ 'README.md': '# Shop\n', 'src/old.ts': 'old\n', 'src/deep/er.ts': 'er\n' });
    main = shop.head('main');
  });
  afterAll(() => shop.close());

  const order = (files: readonly HostFile[], tree: string | null = main) => ({
    parents: tree === null ? [] : [main],
    tree,
    files,
    message: () => 'Fix',
  });

  it('hold text, bytes, modes and removals over the tree that they were laid on', async () => {
    const bytes = Uint8Array.from([0, 255, 254, 10]);
    const made = await shop
      .door()
      .commit(
        order([
          file('src/new.ts', 'const café = "☕";\r\n'),
          file('run.sh', '#!/bin/sh\n', '100755'),
          file('logo.png', bytes),
          file('src/old.ts', null),
        ]),
      );
    expect(made).toMatchObject({ parents: [main], message: 'Fix' });
    expect(shop.files(made.sha)).toEqual({
      'README.md': ['100644', Buffer.from('# Shop\n')],
      'src/new.ts': ['100644', Buffer.from('const café = "☕";\r\n')],
      'run.sh': ['100755', Buffer.from('#!/bin/sh\n')],
      'logo.png': ['100644', Buffer.from(bytes)],
      'src/deep/er.ts': ['100644', Buffer.from('er\n')],
    });
  });

  it('are signed by GitHub for a bot, and bear its name', async () => {
    const made = await shop.door({ kind: 'workflow' }).commit(order([file('a.txt', 'a')]));
    expect(shop.commit(made.sha)).toMatchObject({ isSigned: true, author: { name: 'github-actions[bot]' } });
  });

  it('know their own tree when their message is written', async () => {
    const door = shop.door();
    const made = await door.commit({
      ...order([file('a.txt', 'a')]),
      message: (tree) => `Fix\n\nCortex-Tree: ${tree}`,
    });
    expect(made.message).toBe(`Fix\n\nCortex-Tree: ${made.tree}`);
    expect(shop.commit(made.sha)).toMatchObject({ tree: made.tree, message: made.message });
  });

  it('have two parents where two are given', async () => {
    const other = shop.push('other', { 'other.txt': 'o' });
    const made = await shop.door().commit({ ...order([file('a.txt', 'a')]), parents: [main, other] });
    expect(shop.commit(made.sha)?.parents).toEqual([main, other]);
  });

  it('are laid over a tree as over a commit, and begin one of their own where there is none', async () => {
    const door = shop.door();
    const over = await door.commit(order([file('a.txt', 'a')], shop.treeOf(main)));
    expect(Object.keys(shop.files(over.sha))).toContain('README.md');
    const alone = await door.commit(order([file('a.txt', 'a'), file('gone.txt', null)], null));
    expect(Object.keys(shop.files(alone.sha))).toEqual(['a.txt']);
    expect(await rejection(door.commit(order([], null)))).toMatchObject({ code: 'empty-commit' });
  });

  it('leave the tree as it is where they have no files', async () => {
    for (const tree of [main, shop.treeOf(main)])
      expect(await shop.door().commit(order([], tree))).toMatchObject({ tree: shop.treeOf(main) });
  });

  it.each([
    ['entries', { treeEntries: 10 }, 10],
    ['bytes', { treeBytes: 40 }, 4],
  ])('come about in pieces below the limits: %s', async (_what, limits, inPiece) => {
    const files = Array.from({ length: 25 }, (_, index) => file(`many/${index}.txt`, '0123456789'));
    shop.resetRequests();
    const made = await shop.door({ limits }).commit(order(files));
    expect(Object.keys(shop.files(made.sha)).filter((path) => path.startsWith('many/'))).toHaveLength(25);
    expect(shop.requests().byOperation).toMatchObject({
      'POST /repos/{owner}/{repo}/git/trees': Math.ceil(25 / inPiece),
      'POST /repos/{owner}/{repo}/git/commits': 1,
    });
  });

  it('carry small texts along, and send large ones by themselves', async () => {
    shop.resetRequests();
    const files = [file('small.txt', 'x'.repeat(10)), file('large.txt', 'x'.repeat(11)), file('nul.txt', 'a\0b')];
    const made = await shop.door({ limits: { inlineBytes: 10 } }).commit(order(files));
    expect(shop.requests().byOperation['POST /repos/{owner}/{repo}/git/blobs']).toBe(2);
    expect(shop.files(made.sha)['nul.txt']).toEqual(['100644', Buffer.from('a\0b')]);
  });

  it('take a file for removed that is gone already', async () => {
    const files = [file('src/old.ts', null), file('never.txt', null), file('a.txt', 'a')];
    const made = await shop.door().commit(order(files));
    expect(Object.keys(shop.files(made.sha)).sort()).toEqual(['README.md', 'a.txt', 'src/deep/er.ts']);
    const same = await shop.door().commit(order([file('never.txt', null)]));
    expect(same.tree).toBe(shop.treeOf(main));
  });

  it('are not begun with a file that GitHub would not take', async () => {
    shop.resetRequests();
    const door = shop.door({ limits: { blobBytes: 10 } });
    await door.commit(order([file('fits.txt', 'é'.repeat(5))]));
    const error = await rejection(door.commit(order([file('a.txt', 'a'), file('big.txt', 'é'.repeat(6))])));
    expect(error).toMatchObject({ family: 'problem', code: 'file-too-large' });
    expect(error.message).toContain('big.txt has 12 bytes');
    expect(shop.requests().write).toBe(2);
  });

  it('with workflow files need a token that may write them', async () => {
    const files = [file('.github/workflows/ci.yml', 'on: push\n')];
    const error = await rejection(shop.door({ kind: 'workflow' }).commit(order(files)));
    expect(error).toMatchObject({ family: 'problem', code: 'github-workflows-forbidden' });
    expect(error.message).toContain('.github/workflows/ci.yml');
    const made = await shop.door({ kind: 'app', workflows: true }).commit(order(files));
    expect(Object.keys(shop.files(made.sha))).toContain('.github/workflows/ci.yml');
  });

  it.each(['reset', 'lost-answer'] as const)('come about although the connection breaks: %s', async (fault) => {
    shop.fault(fault, { kind: 'write', times: 2 });
    const made = await shop.door().commit(order([file('a.txt', 'again')]));
    expect(shop.files(made.sha)['a.txt']).toEqual(['100644', Buffer.from('again')]);
  });

  it('keep to what GitHub describes', () => {
    expect(shop.violations()).toEqual([]);
  });
});

describe('branches', () => {
  let shop: Shop;
  let main: string;
  let next: string;
  beforeAll(async () => {
    shop = await openShop({ 'README.md': '# Shop\n' });
    main = shop.head('main');
    next = shop.push('next', { 'next.txt': 'n' });
  });
  afterAll(() => shop.close());

  it('are made once: a second time is no second one', async () => {
    const door = shop.door();
    await door.createBranch('cortex/security-master/0123-fix', main);
    await door.createBranch('cortex/security-master/0123-fix', main);
    expect(shop.head('cortex/security-master/0123-fix')).toBe(main);
  });

  it('are not made where somebody has another of that name', async () => {
    expect(await rejection(shop.door().createBranch('next', main))).toMatchObject({ code: 'branch-exists' });
    expect(shop.head('next')).toBe(next);
  });

  it('are not made below another branch', async () => {
    const error = await rejection(shop.door().createBranch('next/below', main));
    expect(error).toMatchObject({ family: 'problem', code: 'branch-blocked' });
  });

  it('move forward, and where they are already', async () => {
    shop.remove('b');
    shop.set('b', main);
    await shop.door().moveBranch('b', next);
    await shop.door().moveBranch('b', next);
    expect(shop.head('b')).toBe(next);
  });

  it('do not move from what somebody has put there, backwards, or where they are gone', async () => {
    const theirs = shop.push('c', { 'theirs.txt': 't' });
    const door = shop.door();
    for (const [name, sha] of [
      ['c', next],
      ['next', main],
      ['none', main],
    ] as const)
      expect(await rejection(door.moveBranch(name, sha))).toMatchObject({ code: 'branch-moved' });
    expect([shop.head('c'), shop.head('next')]).toEqual([theirs, next]);
  });

  it('are deleted once, and a second time are gone', async () => {
    shop.set('d', main);
    await shop.door().deleteBranch('d', main);
    await shop.door().deleteBranch('d', main);
    expect(await shop.door().headOf('d')).toBeUndefined();
  });

  it('are not deleted with what somebody pushes between the last look and the deletion', async () => {
    shop.set('e', main);
    let theirs = '';
    shop.fault(
      { meanwhile: () => void (theirs = shop.push('e', { 'theirs.txt': 'late' })) },
      { kind: 'mutation', times: 1 },
    );
    expect(await rejection(shop.door().deleteBranch('e', main))).toMatchObject({ code: 'branch-moved' });
    expect([shop.head('e'), theirs === '']).toEqual([theirs, false]);
  });

  it('are taken for deleted where somebody else does so meanwhile', async () => {
    shop.set('f', main);
    shop.fault({ meanwhile: () => shop.remove('f') }, { kind: 'mutation', times: 1 });
    await shop.door().deleteBranch('f', main);
    expect(await shop.door().headOf('f')).toBeUndefined();
  });

  it('are not deleted by a token that may not, which is said', async () => {
    shop.set('g', main);
    const reader = shop.door({ permissions: { contents: 'read' } });
    expect(await rejection(reader.deleteBranch('g', main))).toMatchObject({ code: 'github-forbidden' });
    expect(shop.head('g')).toBe(main);
  });

  it.each(['reset', 'lost-answer'] as const)('are as they should be although connections break: %s', async (fault) => {
    const door = shop.door();
    const name = `broken-${fault}`;
    for (const act of [
      () => door.createBranch(name, main),
      () => door.moveBranch(name, next),
      () => door.deleteBranch(name, next),
    ]) {
      shop.fault(fault, { kind: 'any-write', times: 1 });
      await act();
    }
    expect(await door.headOf(name)).toBeUndefined();
    expect(shop.violations()).toEqual([]);
  });
});
