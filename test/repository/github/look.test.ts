import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HostQuestion } from '../../../src/protocol/code-host.ts';
import { rejection } from './scripted-server.ts';
import { openShop, type Shop } from './shop-host.ts';

const asked: HostQuestion = {
  base: null,
  prefix: 'cortex/',
  branches: [],
  results: 'cortex/results',
  issueLabel: 'cortex-dashboard',
  ownIssues: null,
  labels: ['cortex'],
  mergedSince: '2026-01-01T00:00:00Z',
};

describe('a look at a repository that has nothing of ours', () => {
  let shop: Shop;
  beforeAll(async () => void (shop = await openShop({ 'README.md': '# Shop\n' })));
  afterAll(() => shop.close());

  it('shows it by one query, with the head of its default branch', async () => {
    const view = await shop.door().look(asked);
    const head = shop.head('main');
    expect(view).toMatchObject({
      repository: { name: 'acme/shop', defaultBranch: 'main', isFork: false },
      base: { name: 'main', head: { sha: head, tree: shop.treeOf(head), parents: [] } },
      results: null,
      branches: [],
      pullRequests: [],
      merged: [],
      issues: [],
      labels: [],
      codeOwners: null,
    });
    expect(shop.requests()).toMatchObject({ query: 1, read: 0 });
  });

  it('says that a base is not there', async () => {
    expect(await rejection(shop.door().look({ ...asked, base: 'release' }))).toMatchObject({ code: 'base-missing' });
  });

  it('says that a repository is not there, or has no commit', async () => {
    const none = shop.door({ repository: 'acme/none' });
    expect(await rejection(none.look(asked))).toMatchObject({ code: 'github-not-found' });
    shop.addRepository('acme/empty');
    const empty = shop.door({ repository: 'acme/empty' });
    expect(await rejection(empty.look(asked))).toMatchObject({ code: 'github-empty' });
  });
});

describe('a look at a repository that people and we have worked in', () => {
  let shop: Shop;
  const numbers: Record<string, number> = {};
  beforeAll(async () => {
    shop = await openShop({ 'README.md': '# Shop\n', 'docs/CODEOWNERS': '* @docs\n' });
    for (const name of ['a', 'b', 'c', 'd', 'e']) shop.push(`cortex/${name}`, { [`${name}.txt`]: name });
    shop.push('cortex/results', { 'coordination/x.json': '{}' });
    shop.push('release', { CODEOWNERS: '* @root\n' });
    shop.push('feature/x', { 'x.txt': 'x' });
    numbers['open'] = shop.open('cortex/a', { login: 'github-actions[bot]', labels: ['cortex', 'bug'] });
    numbers['closed'] = shop.open('cortex/b');
    shop.closePull(numbers['closed']);
    numbers['gone'] = shop.open('cortex/e');
    shop.merge(numbers['gone']);
    shop.remove('cortex/e');
    numbers['feature'] = shop.open('feature/x');
    numbers['fork'] = shop.forkPull('mallory', 'cortex/c');
  });
  afterAll(() => shop.close());

  it('shows the branches below the prefix with their heads, over as many pages as it takes', async () => {
    for (const page of [2, 50]) {
      const { branches, results } = await shop.door({ limits: { page } }).look(asked);
      expect(branches.map(({ name }) => name).sort()).toEqual(
        ['a', 'b', 'c', 'd', 'results'].map((each) => `cortex/${each}`),
      );
      for (const { name, head } of branches) expect(head.sha).toBe(shop.head(name));
      expect(results?.head.sha).toBe(shop.head('cortex/results'));
    }
  });

  it('shows the pull requests of those branches, and of no others', async () => {
    const { pullRequests } = await shop.door().look(asked);
    expect(pullRequests.filter(({ isFromFork }) => !isFromFork).map(({ number, state }) => [number, state])).toEqual([
      [numbers['open'], 'open'],
      [numbers['closed'], 'closed'],
    ]);
    expect(pullRequests.find(({ number }) => number === numbers['open'])).toMatchObject({
      branch: 'cortex/a',
      base: 'main',
      isDraft: false,
      author: { login: 'github-actions[bot]', isBot: true },
      labels: ['cortex', 'bug'],
      head: { sha: shop.head('cortex/a') },
      closedAt: null,
    });
  });

  it('shows those of branches that are asked for by name, gone ones and those of forks too', async () => {
    for (const names of [1, 50]) {
      const branches = ['cortex/e', 'cortex/c', 'cortex/none'];
      const { pullRequests } = await shop.door({ limits: { names } }).look({ ...asked, prefix: 'none/', branches });
      expect(pullRequests).toMatchObject([
        { number: numbers['gone'], state: 'merged', head: null, isFromFork: false },
        { number: numbers['fork'], state: 'open', isFromFork: true, author: { login: 'mallory', isBot: false } },
      ]);
    }
  });

  it('shows each pull request once, though its branch is shown and asked for', async () => {
    const { pullRequests } = await shop.door().look({ ...asked, branches: ['cortex/a', 'cortex/b', 'cortex/a'] });
    const seen = pullRequests.map(({ number }) => number);
    expect(seen).toEqual([...new Set(seen)]);
  });

  it('shows all of a branch that has had many', async () => {
    const many = Array.from({ length: 23 }, () => {
      const number = shop.open('cortex/d');
      shop.closePull(number);
      return number;
    });
    for (const branches of [[], ['cortex/d']]) {
      const { pullRequests } = await shop.door().look({ ...asked, branches });
      expect(pullRequests.filter(({ branch }) => branch === 'cortex/d').map(({ number }) => number)).toEqual(many);
    }
  });

  it('shows what was merged since then, whosever it is', async () => {
    const { merged } = await shop.door().look(asked);
    expect(merged).toMatchObject([{ number: numbers['gone'], branch: 'cortex/e' }]);
    expect((await shop.door().look({ ...asked, mergedSince: '2090-01-01T00:00:00Z' })).merged).toEqual([]);
  });

  it('shows issues with the label, open and closed, with all their comments in order', async () => {
    const first = shop.issue({ labels: ['cortex-dashboard'], login: 'github-actions[bot]' });
    const second = shop.issue({ labels: ['Cortex-Dashboard', 'bug'], login: 'ada' });
    shop.issue({ labels: ['bug'], login: 'ada' });
    shop.closePull(second);
    const bodies = Array.from({ length: 230 }, (_, index) => `comment ${index}`);
    for (const body of bodies) shop.comment(first, { login: 'ada', body });
    const { issues } = await shop.door().look(asked);
    expect(issues.map(({ number, state, labels }) => [number, state, labels.length])).toEqual([
      [first, 'open', 1],
      [second, 'closed', 2],
    ]);
    expect(issues[0]).toMatchObject({ author: { login: 'github-actions[bot]', isBot: true } });
    expect(issues[0]?.comments.map(({ body }) => body)).toEqual(bodies);
    expect(issues[0]?.comments.every(({ id }) => id > 0)).toBe(true);
  });

  it('shows more issues than a page holds', async () => {
    const many = Array.from({ length: 25 }, () => shop.issue({ labels: ['many'], login: 'ada' }));
    const { issues } = await shop.door().look({ ...asked, issueLabel: 'many' });
    expect(issues.map(({ number }) => number)).toEqual(many);
  });

  it('shows issues of an account by what stands in them, and asks for them only where none with the label has it', async () => {
    const ownIssues = { login: 'github-actions[bot]', mark: '<!-- mark ' };
    const body = 'Words\n<!-- mark 1 -->';
    const own = shop.issue({ labels: [], login: ownIssues.login, body });
    shop.issue({ labels: [], login: ownIssues.login });
    shop.issue({ labels: [], login: 'ada', body });
    shop.issue({ labels: ['of-ada'], login: 'ada', body });
    const found = async (issueLabel: string): Promise<readonly string[]> => {
      const { issues } = await shop.door().look({ ...asked, issueLabel, ownIssues });
      return issues.map(({ number, author }) => `${number} by ${author.login}`);
    };
    expect(await found('nowhere')).toEqual([`${own} by github-actions[bot]`]);
    expect(await found('of-ada')).toEqual([`${own} by github-actions[bot]`, `${own + 3} by ada`]);
    const labelled = shop.issue({ labels: ['marked'], login: ownIssues.login, body });
    shop.resetRequests();
    expect(await found('marked')).toEqual([`${labelled} by github-actions[bot]`]);
    expect(shop.requests()).toMatchObject({ read: 0 });
  });

  it('says which labels are there, whatever their case', async () => {
    const { labels } = await shop.door().look({ ...asked, labels: ['CORTEX', 'nope', 'bug'] });
    expect(labels).toEqual(['CORTEX', 'bug']);
  });

  it('reads the owners of the base branch, from the first place where there are any', async () => {
    const read = async (base: string | null): Promise<string | null> =>
      (await shop.door().look({ ...asked, base })).codeOwners;
    expect(await read(null)).toBe('* @docs\n');
    expect(await read('release')).toBe('* @root\n');
    shop.push('release', { '.github/CODEOWNERS': '* @github\n' });
    expect(await read('release')).toBe('* @github\n');
  });

  it('keeps to what GitHub describes', () => {
    expect(shop.violations()).toEqual([]);
  });
});
