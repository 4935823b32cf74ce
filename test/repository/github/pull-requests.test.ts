import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { rejection } from './scripted-server.ts';
import { openShop, type Shop } from './shop-host.ts';

describe('pull requests', () => {
  let shop: Shop;
  let count = 0;
  const branch = (): string => {
    count += 1;
    shop.push(`cortex/${count}`, { [`${count}.txt`]: 'x' });
    return `cortex/${count}`;
  };
  const order = (name: string, more: object = {}) => ({
    branch: name,
    base: 'main',
    title: 'Fix',
    body: 'Body',
    isDraft: true,
    ...more,
  });
  beforeAll(async () => {
    shop = await openShop({ 'README.md': '# Shop\n' });
    for (const login of ['ada', 'grace', 'linus']) shop.role(login, 'write');
    shop.account('stranger');
    shop.team('acme', 'owners');
  });
  afterAll(() => shop.close());
  beforeEach(() => shop.resetRequests());

  it('are opened as they were ordered', async () => {
    const name = branch();
    const { number, url, nodeId } = await shop.door().openPullRequest(order(name));
    expect(shop.thread(number)).toMatchObject({ title: 'Fix', body: 'Body', state: 'open' });
    expect(shop.thread(number).pull).toMatchObject({ headBranch: name, baseBranch: 'main', isDraft: true });
    expect(url).toContain(`/acme/shop/pull/${number}`);
    expect(nodeId).not.toBe('');
  });

  it('are there once, however often they are ordered', async () => {
    const name = branch();
    const door = shop.door();
    const first = await door.openPullRequest(order(name));
    expect(await door.openPullRequest(order(name, { title: 'Another' }))).toEqual(first);
  });

  it.each([['reset'], ['lost-answer'], [{ afterwards: 502 }]] as const)(
    'are there once although the connection breaks: %j',
    async (fault) => {
      const name = branch();
      shop.fault(fault, { kind: 'write', times: 1 });
      const { number } = await shop.door().openPullRequest(order(name));
      expect(shop.pullsOf(name)).toEqual([number]);
    },
  );

  it('of a branch that brings nothing are refused', async () => {
    shop.set('cortex/same', shop.head('main'));
    const error = await rejection(shop.door().openPullRequest(order('cortex/same')));
    expect(error).toMatchObject({ code: 'github-refused' });
    expect(error.message).toContain('No commits between main and cortex/same');
  });

  it('by Actions need a setting, which is named', async () => {
    shop.actionsMayOpen(false);
    const error = await rejection(shop.door({ kind: 'workflow' }).openPullRequest(order(branch())));
    shop.actionsMayOpen(true);
    expect(error).toMatchObject({ family: 'problem', code: 'github-actions-may-not-open' });
  });

  it('need a right, without which nothing is opened', async () => {
    const door = shop.door({ kind: 'workflow', permissions: { contents: 'write', issues: 'write' } });
    expect(await rejection(door.openPullRequest(order(branch())))).toMatchObject({ code: 'github-forbidden' });
  });

  it('are edited and closed, and nothing else about them changes', async () => {
    const door = shop.door();
    const { number } = await door.openPullRequest(order(branch()));
    await door.editPullRequest(number, { body: 'New' });
    expect(shop.thread(number)).toMatchObject({ title: 'Fix', body: 'New', state: 'open' });
    await door.editPullRequest(number, { state: 'closed' });
    await door.editPullRequest(number, { state: 'closed' });
    expect(shop.thread(number)).toMatchObject({ title: 'Fix', body: 'New', state: 'closed' });
  });

  it('are dressed with labels, which are made where they are missing, and with reviewers', async () => {
    const door = shop.door({ kind: 'app' });
    const { number, nodeId } = await door.openPullRequest(order(branch()));
    const dress = {
      number,
      nodeId,
      labels: ['Cortex', 'security'],
      reviewers: ['ada', 'Grace'],
      teams: ['acme/owners'],
    };
    expect(await door.dressPullRequest(dress)).toEqual({ notAsked: [] });
    expect(await door.dressPullRequest(dress)).toEqual({ notAsked: [] });
    const { labels, pull } = shop.thread(number);
    expect([...labels].map((label) => label.name)).toEqual(['Cortex', 'security']);
    expect([...(pull?.reviewers ?? [])].map((login) => login.toLowerCase()).sort()).toEqual(['ada', 'grace']);
    expect([...(pull?.teams ?? [])]).toEqual(['owners']);
  });

  it('are dressed by one request once the names are known', async () => {
    const door = shop.door({ kind: 'app' });
    const names = { labels: ['cortex'], reviewers: ['ada', 'stranger', 'nobody'], teams: ['owners', 'acme/none'] };
    const costs: number[] = [];
    for (let each = 0; each < 2; each += 1) {
      const opened = await door.openPullRequest(order(branch()));
      shop.resetRequests();
      const { notAsked } = await door.dressPullRequest({ ...opened, ...names });
      expect(notAsked).toEqual(['stranger', 'nobody', 'acme/none']);
      expect([...(shop.thread(opened.number).pull?.reviewers ?? [])]).toEqual(['ada']);
      expect([...(shop.thread(opened.number).pull?.teams ?? [])]).toEqual(['owners']);
      costs.push(shop.requests().total);
    }
    expect(costs[1]).toBe(1);
  });

  it('that want nothing are left as they are', async () => {
    const door = shop.door();
    const opened = await door.openPullRequest(order(branch()));
    shop.resetRequests();
    expect(await door.dressPullRequest({ ...opened, labels: [], reviewers: [], teams: [] })).toEqual({ notAsked: [] });
    expect(shop.requests().total).toBe(0);
  });

  it('do not ask their own author', async () => {
    const door = shop.door({ kind: 'user', login: 'linus' });
    const opened = await door.openPullRequest(order(branch()));
    const dress = { ...opened, labels: ['cortex'], reviewers: ['linus', 'ada'], teams: [] };
    expect(await door.dressPullRequest(dress)).toEqual({ notAsked: ['linus'] });
    expect([...(shop.thread(opened.number).pull?.reviewers ?? [])]).toEqual(['ada']);
  });

  it('cost five requests each: tree, commit, branch, pull request, dress', async () => {
    const door = shop.door({ kind: 'app' });
    const publish = async (index: number): Promise<void> => {
      const main = shop.head('main');
      const files = [{ path: `fix-${index}.txt`, mode: '100644', content: 'fixed' } as const];
      const { sha } = await door.commit({ parents: [main], tree: main, files, message: () => 'Fix' });
      await door.createBranch(`cortex/five-${index}`, sha);
      const opened = await door.openPullRequest(order(`cortex/five-${index}`));
      await door.dressPullRequest({ ...opened, labels: ['cortex'], reviewers: ['ada'], teams: [] });
    };
    await publish(0);
    shop.resetRequests();
    for (let each = 1; each <= 4; each += 1) await publish(each);
    expect(shop.requests()).toMatchObject({ total: 20, write: 16, mutation: 4 });
  });

  it('keep to what GitHub describes', () => {
    expect(shop.violations()).toEqual([]);
  });
});
