import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rejection } from './scripted-server.ts';
import { openShop, type Shop } from './shop-host.ts';

const faults = [['reset'], ['lost-answer'], [{ afterwards: 502 }]] as const;

describe('issues and comments', () => {
  let shop: Shop;
  beforeAll(async () => void (shop = await openShop({ 'README.md': '# Shop\n' })));
  afterAll(() => shop.close());

  const order = {
    number: null,
    title: 'Cortex',
    body: 'Dashboard',
    labels: ['cortex-dashboard'],
    state: 'open',
  } as const;

  it('are written with their labels, closed where they are to be', async () => {
    const { number, url } = await shop.door().writeIssue({ ...order, state: 'closed' });
    expect(shop.thread(number)).toMatchObject({ title: 'Cortex', body: 'Dashboard', state: 'closed' });
    expect([...shop.thread(number).labels].map(({ name }) => name)).toEqual(['cortex-dashboard']);
    expect(url).toContain(`/acme/shop/issues/${number}`);
  });

  it('are updated in place, and keep the labels that people gave them', async () => {
    const number = shop.issue({ labels: ['important'], login: 'ada' });
    const door = shop.door();
    await door.writeIssue({ ...order, number, body: 'New' });
    await door.writeIssue({ ...order, number, body: 'New', labels: ['CORTEX-DASHBOARD'] });
    expect(shop.thread(number)).toMatchObject({ title: 'Cortex', body: 'New' });
    expect([...shop.thread(number).labels].map(({ name }) => name)).toEqual(['important', 'cortex-dashboard']);
  });

  it.each(faults)('are there once although the connection breaks: %j', async (fault) => {
    const body = `Dashboard ${JSON.stringify(fault)}`;
    shop.fault(fault, { kind: 'write', path: /\/issues$/, times: 1 });
    const { number } = await shop.door().writeIssue({ ...order, body });
    expect(shop.issuesWith(body)).toEqual([number]);
  });

  it.each(faults)('comments are there once although the connection breaks: %j', async (fault) => {
    const issue = shop.issue({ labels: [], login: 'ada' });
    for (let each = 0; each < 205; each += 1) shop.comment(issue, { login: 'ada', body: `before ${each}` });
    shop.fault(fault, { kind: 'write', times: 1 });
    const { id } = await shop.door().writeComment({ issue, id: null, body: 'Once' });
    const ours = shop.thread(issue).comments.filter(({ body }) => body === 'Once');
    expect(ours.map((each) => each.id)).toEqual([id]);
  });

  it('comments are updated in place; one that somebody deleted is not made again', async () => {
    const issue = shop.issue({ labels: [], login: 'ada' });
    const door = shop.door();
    const { id } = await door.writeComment({ issue, id: null, body: 'One' });
    expect(await door.writeComment({ issue, id, body: 'Two' })).toMatchObject({ id });
    expect(shop.thread(issue).comments.map(({ body }) => body)).toEqual(['Two']);
    shop.thread(issue).comments.splice(0);
    const error = await rejection(door.writeComment({ issue, id, body: 'Three' }));
    expect(error).toMatchObject({ code: 'github-not-found' });
    expect(shop.thread(issue).comments).toEqual([]);
  });

  it('may be as long as GitHub takes, and no longer', async () => {
    const issue = shop.issue({ labels: [], login: 'ada' });
    const longest = 'x'.repeat(65_536);
    await shop.door().writeComment({ issue, id: null, body: longest });
    expect(await rejection(shop.door().writeComment({ issue, id: null, body: `${longest}x` }))).toMatchObject({
      code: 'github-refused',
    });
    expect(shop.thread(issue).comments).toHaveLength(1);
  });

  it('keep to what GitHub describes', () => {
    expect(shop.violations()).toEqual([]);
  });
});
