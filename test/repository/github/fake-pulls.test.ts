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

const open = (head: string, more: object = {}) =>
  shop.job.pulls.create({ ...at, head, base: 'main', title: `about ${head}`, ...more });
const state = (number: number): string => {
  const { state: is, pull } = repository.pull(number);
  return pull.mergedAt === null ? is : 'merged';
};

describe('opening a pull request at the fake', () => {
  it('is refused a second time, as there is one', async () => {
    shop.branch('fix');
    const { data } = await open('fix', { draft: true, body: 'why' });
    expect(data).toMatchObject({ number: 1, draft: true, body: 'why', changed_files: 1, additions: 1, commits: 1 });
    expect(data.user.login).toBe('github-actions[bot]');
    expect(await refusedWith(open('fix'))).toBe('422 Validation Failed · A pull request already exists for acme:fix.');
  });

  it('is refused without commits, branch or base', async () => {
    repository.createBranch('same');
    shop.branch('fix');
    expect(await refusedWith(open('same'))).toBe('422 Validation Failed · No commits between main and same');
    expect(await refusedWith(open('none'))).toBe('422 Validation Failed · head invalid');
    expect(await refusedWith(open('fix', { base: 'none' }))).toBe('422 Validation Failed · base invalid');
  });

  it('takes a body of 65,536 characters and none of 65,537, and a title of 256', async () => {
    shop.branch('fix');
    expect(await refusedWith(open('fix', { body: 'x'.repeat(65_537) }))).toMatch(/^422 .*body is too long/);
    expect(await refusedWith(open('fix', { title: 'x'.repeat(257) }))).toMatch(/^422 .*title is too long/);
    // Beyond the basic plane one character takes two units of a string.
    expect(await refusedWith(open('fix', { body: '😀'.repeat(65_536), title: 'x'.repeat(256) }))).toBe('accepted');
  });

  it('is refused to Actions where the switch is off, and only to them', async () => {
    shop.branch('fix');
    repository.settings.actionsMayOpenPullRequests = false;
    expect(await refusedWith(open('fix'))).toBe(
      '403 GitHub Actions is not permitted to create or approve pull requests.',
    );
    repository.setRole('ada', 'write');
    const own = shop.client(shop.fake.userToken('ada'));
    expect(await refusedWith(own.pulls.create({ ...at, head: 'fix', base: 'main', title: 'by hand' }))).toBe(
      'accepted',
    );
  });

  it('from a fork is of another repository, even with the name of a branch here', async () => {
    const fork = shop.fake.fork('acme/shop', 'mallory');
    fork.push('cortex/fix', { files: { 'evil.txt': 'x\n' }, by: 'mallory' });
    shop.branch('cortex/fix');
    repository.openPull({ head: 'mallory:cortex/fix', by: 'mallory' });
    await open('cortex/fix');
    const { data } = await shop.job.pulls.list({ ...at, head: 'acme:cortex/fix' });
    expect(data.map(({ number }) => number)).toEqual([2]);
    const answer = await shop.job.graphql<{ repository: { pullRequests: { nodes: unknown[] } } }>(
      `{ repository(owner: "acme", name: "shop") { pullRequests(headRefName: "cortex/fix", first: 9) { nodes { number isCrossRepository } } } }`,
    );
    expect(answer.repository.pullRequests.nodes).toEqual([
      { number: 1, isCrossRepository: true },
      { number: 2, isCrossRepository: false },
    ]);
  });
});

describe('a pull request at the fake', () => {
  beforeEach(async () => {
    shop.branch('fix');
    await open('fix');
  });

  it('follows its branch', async () => {
    const sha = repository.push('fix', { files: { 'more.txt': 'more\n' } });
    const { data } = await shop.job.pulls.get({ ...at, pull_number: 1 });
    expect([data.head.sha, data.commits, data.changed_files]).toEqual([sha, 2, 2]);
  });

  it('is closed when its branch is deleted, and can’t be opened again until that is back as it was', async () => {
    const sha = repository.head('fix') ?? '';
    await shop.job.git.deleteRef({ ...at, ref: 'heads/fix' });
    expect(state(1)).toBe('closed');
    const reopen = () => refusedWith(shop.job.pulls.update({ ...at, pull_number: 1, state: 'open' }));
    expect(await reopen()).toMatch(/The fix branch has been deleted\.$/);
    await shop.job.git.createRef({ ...at, ref: 'refs/heads/fix', sha });
    expect(await reopen()).toBe('accepted');
    expect(state(1)).toBe('open');
  });

  it('can’t be opened again once its branch was made anew', async () => {
    repository.close(1);
    repository.deleteBranch('fix');
    shop.branch('fix', 'other.txt');
    const request = shop.job.pulls.update({ ...at, pull_number: 1, state: 'open' });
    expect(await refusedWith(request)).toMatch(/was force-pushed or recreated\.$/);
  });

  it('is merged as soon as its base has its head', () => {
    const head = repository.head('fix') ?? '';
    repository.setBranch('main', head);
    expect(state(1)).toBe('merged');
  });

  it('is not merged by the same contents in other commits', () => {
    repository.push('main', { files: { 'fix.txt': 'fix\n' }, message: 'the same by hand' });
    expect(state(1)).toBe('open');
  });

  it('is closed when its branch is pushed back to the base', () => {
    repository.setBranch('fix', repository.head('main') ?? '');
    expect(state(1)).toBe('closed');
  });

  it('is closed when its base is deleted', () => {
    repository.createBranch('release');
    repository.retarget(1, 'release');
    repository.deleteBranch('release');
    expect(state(1)).toBe('closed');
  });

  it('is merged by a person, and its branch goes where the repository says so', async () => {
    repository.settings.deletesMergedBranches = true;
    await repository.merge(1, { by: 'ada' });
    expect([state(1), repository.head('fix'), repository.read('main', 'fix.txt')]).toEqual(['merged', null, 'fix\n']);
    const { data } = await shop.job.pulls.get({ ...at, pull_number: 1 });
    expect([data.state, data.merged, data.merged_by?.login]).toEqual(['closed', true, 'ada']);
  });

  it('is squashed into one commit, which leaves its own commits outside of the base', async () => {
    await repository.merge(1, { method: 'squash' });
    expect(state(1)).toBe('merged');
    expect(repository.commit(repository.head('main') ?? '')?.parents.length).toBe(1);
  });

  it('says whether it merges once it has been asked before', async () => {
    const mergeable = async () => (await shop.job.pulls.get({ ...at, pull_number: 1 })).data.mergeable;
    expect([await mergeable(), await mergeable()]).toEqual([null, true]);
    repository.push('main', { files: { 'fix.txt': 'otherwise\n' } });
    expect([await mergeable(), await mergeable()]).toEqual([null, false]);
  });

  it('lists its files with their patches', async () => {
    repository.push('fix', { files: { 'README.md': '# Another shop\n' } });
    const { data } = await shop.job.pulls.listFiles({ ...at, pull_number: 1 });
    expect(
      data.map(({ filename, status, additions, deletions }) => ({ filename, status, additions, deletions })),
    ).toEqual([
      { filename: 'README.md', status: 'modified', additions: 1, deletions: 1 },
      { filename: 'fix.txt', status: 'added', additions: 1, deletions: 0 },
    ]);
    expect(data[0]?.patch).toContain('+# Another shop');
  });

  it('has the base’s changes after "Update branch", in a merge commit that is the person’s', async () => {
    repository.push('main', { files: { 'base.txt': 'moved\n' } });
    const sha = await repository.mergeInto('fix', 'main', 'ada');
    const commit = repository.commit(sha);
    expect([commit?.parents.length, commit?.author.name, repository.read('fix', 'base.txt')]).toEqual([
      2,
      'ada',
      'moved\n',
    ]);
    expect((await shop.job.pulls.listFiles({ ...at, pull_number: 1 })).data.length).toBe(1);
  });

  it('changes its title, body, state and base', async () => {
    repository.createBranch('release');
    const change = { title: 'new', body: 'text', base: 'release', state: 'closed' } as const;
    const { data } = await shop.job.pulls.update({ ...at, pull_number: 1, ...change });
    expect([data.title, data.body, data.base.ref, data.state]).toEqual(['new', 'text', 'release', 'closed']);
  });

  it('asks collaborators for reviews: all of those named, or nobody', async () => {
    repository.setRole('bob', 'write');
    shop.fake.addAccount('eve');
    const ask = (...reviewers: string[]) =>
      refusedWith(shop.job.pulls.requestReviewers({ ...at, pull_number: 1, reviewers }));
    expect(await ask('bob', 'eve')).toMatch(/^422 Reviews may only be requested from collaborators/);
    expect([...repository.pull(1).pull.reviewers]).toEqual([]);
    expect(await ask('bob')).toBe('accepted');
    expect(await ask('github-actions[bot]')).toBe('422 Review cannot be requested from pull request author.');
    expect([...repository.pull(1).pull.reviewers]).toEqual(['bob']);
  });
});

describe('lists of pull requests at the fake', () => {
  beforeEach(() => {
    for (let number = 1; number <= 5; number += 1) {
      shop.branch(`fix-${number}`);
      repository.openPull({ head: `fix-${number}` });
    }
    repository.close(2);
  });

  it('are in pages, newest first, with links to the others', async () => {
    const { data, headers } = await shop.job.pulls.list({ ...at, state: 'all', per_page: 2, page: 2 });
    expect(data.map(({ number }) => number)).toEqual([3, 2]);
    const links = (headers.link ?? '')
      .split(', ')
      .map((each) => /page=(\d+)>; rel="(\w+)"/.exec(each)?.slice(1, 3).join(' '));
    expect(links).toEqual(['1 prev', '3 next', '3 last', '1 first']);
  });

  it('are walked to their end by the links alone', async () => {
    const all = await shop.job.paginate(shop.job.pulls.list, { ...at, state: 'all', per_page: 2 });
    expect(all.map(({ number }) => number)).toEqual([5, 4, 3, 2, 1]);
  });

  it('are filtered by state, and by head only where that names an owner', async () => {
    const numbers = async (filter: object) =>
      (await shop.job.pulls.list({ ...at, ...filter })).data.map(({ number }) => number);
    expect(await numbers({})).toEqual([5, 4, 3, 1]);
    expect(await numbers({ state: 'closed' })).toEqual([2]);
    expect(await numbers({ head: 'acme:fix-3' })).toEqual([3]);
    expect(await numbers({ head: 'fix-3' })).toEqual([5, 4, 3, 1]);
    expect(await numbers({ base: 'other' })).toEqual([]);
  });
});
