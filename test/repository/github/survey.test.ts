import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openShop, type Shop } from './shop-host.ts';

let shop: Shop;

beforeEach(async () => {
  shop = await openShop({ 'README.md': '# A shop\n' });
});

afterEach(() => shop.close());

describe('what a repository says of itself', () => {
  it('is its name, and whether it takes issues and changes', async () => {
    const facts = { name: 'acme/shop', isArchived: false, hasIssues: true, mayPush: null };
    expect(await shop.door().facts()).toEqual(facts);
    shop.role('ada', 'write');
    Object.assign(shop.repository.settings, { isArchived: true, hasIssues: false });
    const now = { ...facts, isArchived: true, hasIssues: false, mayPush: true };
    expect(await shop.door({ kind: 'user', login: 'ada' }).facts()).toEqual(now);
  });

  it.each([true, false])('is whether Actions may open pull requests, to who may know it: %s', async (may) => {
    shop.actionsMayOpen(may);
    expect(await shop.door({ permissions: { administration: 'read' } }).mayActionsOpen()).toBe(may);
    expect(await shop.door().mayActionsOpen()).toBeNull();
  });

  it('is all comments of an issue, over as many pages as it takes, in their order', async () => {
    const issue = shop.issue({ login: 'ada', labels: [] });
    const bodies = Array.from({ length: 201 }, (_, index) => `comment ${index}`);
    for (const body of bodies) shop.comment(issue, { login: 'ada', body });
    shop.world.accounts.delete('ada');
    const comments = await shop.door().readComments(issue);
    expect(comments.map(({ body }) => body)).toEqual(bodies);
    expect(comments[0]?.author).toEqual({ login: 'ghost', isBot: false });
    expect(shop.violations()).toEqual([]);
  });

  it('may lack issues, which is an error that names the setting', async () => {
    shop.repository.settings.hasIssues = false;
    const order = { number: null, title: 't', body: 'b', labels: [], state: 'open' } as const;
    await expect(shop.door().writeIssue(order)).rejects.toMatchObject({ code: 'github-issues-off' });
  });

  it('may lack drafts: a pull request is opened as none', async () => {
    shop.repository.settings.hasDrafts = false;
    shop.push('fix', { 'a.txt': 'a\n' });
    const order = { branch: 'fix', base: 'main', title: 't', body: 'b', isDraft: true };
    const { number } = await shop.door().openPullRequest(order);
    expect(shop.repository.threads.get(number)?.pull?.isDraft).toBe(false);
    expect(shop.violations()).toEqual([]);
  });
});
