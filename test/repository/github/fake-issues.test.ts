import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FakeRepository } from '../../support/github/repositories.ts';
import { at, openFakeShop, refuseViolations, refusedWith, type OpenShop } from './fake-shop.ts';

let shop: OpenShop;
let repository: FakeRepository;

beforeEach(async () => {
  shop = await openFakeShop();
  repository = shop.fake.repository();
});

afterEach(async () => {
  refuseViolations(shop.fake);
  await shop.fake.close();
});

describe('issues of the fake', () => {
  it('share their numbers with pull requests, and are listed with them', async () => {
    const { data } = await shop.job.issues.create({ ...at, title: 'one', labels: ['x'] });
    shop.branch('fix');
    repository.openPull({ head: 'fix' });
    const list = await shop.job.issues.listForRepo({ ...at });
    expect(data.number).toBe(1);
    expect(list.data.map(({ number, pull_request: pull }) => [number, pull !== undefined])).toEqual([
      [2, true],
      [1, false],
    ]);
  });

  it('are found by all of their labels, whatever the case, and by state and creator', async () => {
    repository.openIssue({ title: 'one', labels: ['Bug', 'ui'] });
    repository.openIssue({ title: 'two', labels: ['bug'], by: 'bob' });
    repository.close(2);
    const numbers = async (filter: object) =>
      (await shop.job.issues.listForRepo({ ...at, ...filter })).data.map(({ number }) => number);
    expect(await numbers({ labels: 'BUG', state: 'all' })).toEqual([2, 1]);
    expect(await numbers({ labels: 'bug,ui', state: 'all' })).toEqual([1]);
    expect(await numbers({ labels: 'bug' })).toEqual([1]);
    expect(await numbers({ creator: 'bob', state: 'closed' })).toEqual([2]);
  });

  it('change as they are told, and take exactly the labels given', async () => {
    repository.openIssue({ title: 'one', labels: ['a', 'b'] });
    const change = { title: 'new', body: 'text', labels: ['b', 'c'], state: 'closed' as const };
    const { data } = await shop.job.issues.update({ ...at, issue_number: 1, ...change });
    const labels = data.labels.map((each) => (typeof each === 'string' ? each : each.name));
    expect([data.title, data.body, data.state, labels]).toEqual(['new', 'text', 'closed', ['b', 'c']]);
  });

  it('say when they were last touched, by the clock of the server', async () => {
    shop.fake.clock.set('2026-11-05T08:00:00Z');
    repository.openIssue({ title: 'one' });
    shop.fake.clock.advance(90_000);
    await shop.job.issues.createComment({ ...at, issue_number: 1, body: 'text' });
    const { data } = await shop.job.issues.get({ ...at, issue_number: 1 });
    expect([data.created_at, data.updated_at]).toEqual(['2026-11-05T08:00:00Z', '2026-11-05T08:01:30Z']);
  });

  it('take a body of 65,536 characters and none of 65,537', async () => {
    const create = (size: number) => refusedWith(shop.job.issues.create({ ...at, title: 't', body: 'x'.repeat(size) }));
    expect(await create(65_537)).toMatch(/^422 .*body is too long \(maximum is 65536 characters\)$/);
    expect(await create(65_536)).toBe('accepted');
  });
});

describe('labels of the fake', () => {
  it('are one whatever the case of their names', async () => {
    await shop.job.issues.createLabel({ ...at, name: 'Bug', color: 'ff0000' });
    expect(await refusedWith(shop.job.issues.createLabel({ ...at, name: 'bug' }))).toBe(
      '422 Validation Failed · name already_exists',
    );
    repository.openIssue({ title: 'one' });
    const { data } = await shop.job.issues.addLabels({ ...at, issue_number: 1, labels: ['BUG', 'new'] });
    expect(data.map(({ name }) => name)).toEqual(['Bug', 'new']);
    expect(repository.labels()).toEqual(['Bug', 'new']);
    expect((await shop.job.issues.getLabel({ ...at, name: 'bUg' })).data.color).toBe('ff0000');
  });

  it('go from every thread when they are deleted', async () => {
    repository.openIssue({ title: 'one', labels: ['cortex'] });
    repository.deleteLabel('Cortex');
    const { data } = await shop.job.issues.listLabelsOnIssue({ ...at, issue_number: 1 });
    expect(data).toEqual([]);
    expect(await refusedWith(shop.job.issues.getLabel({ ...at, name: 'cortex' }))).toBe('404 Not Found');
  });

  it('are taken off one thread alone, once', async () => {
    repository.openIssue({ title: 'one', labels: ['a', 'b'] });
    const remove = () => shop.job.issues.removeLabel({ ...at, issue_number: 1, name: 'A' });
    expect((await remove()).data.map(({ name }) => name)).toEqual(['b']);
    expect(await refusedWith(remove())).toBe('404 Not Found');
    expect(repository.labels()).toEqual(['a', 'b']);
  });

  it('have names of at most 50 characters', async () => {
    const request = shop.job.issues.createLabel({ ...at, name: 'x'.repeat(51) });
    expect(await refusedWith(request)).toMatch(/^422 .*name is too long/);
  });
});

describe('comments of the fake', () => {
  beforeEach(() => void repository.openIssue({ title: 'one' }));

  it('are made, changed, listed in pages in their order, and deleted', async () => {
    const ids: number[] = [];
    for (const body of ['a', 'b', 'c']) {
      ids.push((await shop.job.issues.createComment({ ...at, issue_number: 1, body })).data.id);
    }
    await shop.job.issues.updateComment({ ...at, comment_id: ids[1] ?? 0, body: 'B' });
    await shop.job.issues.deleteComment({ ...at, comment_id: ids[0] ?? 0 });
    const all = await shop.job.paginate(shop.job.issues.listComments, { ...at, issue_number: 1, per_page: 1 });
    expect(all.map(({ body, user }) => `${user?.login ?? ''}: ${body ?? ''}`)).toEqual([
      'github-actions[bot]: B',
      'github-actions[bot]: c',
    ]);
  });

  it('are at most 65,536 characters long, and not blank', async () => {
    const create = (body: string) => refusedWith(shop.job.issues.createComment({ ...at, issue_number: 1, body }));
    expect(await create('x'.repeat(65_537))).toMatch(/Body is too long \(maximum is 65536 characters\)$/);
    expect(await create(' ')).toMatch(/Body can't be blank$/);
    expect(await create('😀'.repeat(65_536))).toBe('accepted');
  });

  it('are refused to a bot where the conversation is locked, and open to whoever may write', async () => {
    repository.lock(1);
    const locked = '403 Unable to create comment because issue is locked.';
    expect(await refusedWith(shop.job.issues.createComment({ ...at, issue_number: 1, body: 'x' }))).toBe(locked);
    repository.setRole('ada', 'write');
    const ada = shop.client(shop.fake.userToken('ada'));
    expect(await refusedWith(ada.issues.createComment({ ...at, issue_number: 1, body: 'x' }))).toBe('accepted');
  });

  it('have boxes that people tick, if there are any', async () => {
    const body = '- [ ] <!-- cortex:box open x --> open now\n- [ ] other';
    const { data } = await shop.job.issues.createComment({ ...at, issue_number: 1, body });
    repository.tickComment(data.id, 'open now');
    const read = await shop.job.issues.getComment({ ...at, comment_id: data.id });
    expect(read.data.body).toBe('- [x] <!-- cortex:box open x --> open now\n- [ ] other');
    expect(() => repository.tickComment(data.id, 'open now')).toThrow('there is no open box');
  });

  it('say what their authors are to the repository', async () => {
    repository.setRole('bob', 'write');
    for (const by of ['bob', 'eve']) repository.comment(1, 'text', by);
    const { data } = await shop.job.issues.listComments({ ...at, issue_number: 1 });
    expect(data.map((each) => each.author_association)).toEqual(['MEMBER', 'NONE']);
  });
});

describe('roles at the fake', () => {
  it.each([
    ['admin', 'admin', 'admin'],
    ['maintain', 'write', 'maintain'],
    ['write', 'write', 'write'],
    ['triage', 'read', 'triage'],
    ['read', 'read', 'read'],
  ] as const)('of somebody with %s are said in the older word and by name', async (role, permission, name) => {
    repository.setRole('ada', role);
    const { data } = await shop.job.repos.getCollaboratorPermissionLevel({ ...at, username: 'ada' });
    expect([data.permission, data.role_name]).toEqual([permission, name]);
  });

  it('are read in a public repository, none in a private one, and nobody is 404', async () => {
    shop.fake.addAccount('eve');
    const role = async () =>
      (await shop.job.repos.getCollaboratorPermissionLevel({ ...at, username: 'eve' })).data.role_name;
    expect(await role()).toBe('read');
    repository.settings.isPrivate = true;
    expect(await role()).toBe('none');
    const nobody = shop.job.repos.getCollaboratorPermissionLevel({ ...at, username: 'nobody' });
    expect(await refusedWith(nobody)).toBe('404 Not Found');
  });
});
