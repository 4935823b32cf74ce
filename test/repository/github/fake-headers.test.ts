import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { at, openFakeShop, refuseViolations, refusedWith, type OpenShop } from './fake-shop.ts';

let shop: OpenShop;

beforeEach(async () => {
  shop = await openFakeShop();
});

afterEach(async () => {
  refuseViolations(shop.fake);
  await shop.fake.close();
});

async function asked(path: string, token: string, body?: unknown): Promise<Response> {
  const sent = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  return fetch(`${shop.fake.apiUrl}${path}`, { headers: { authorization: `token ${token}` }, ...sent });
}

const queried = (token: string, query: string) => asked('/../graphql', token, { query });

describe('the headers of the fake', () => {
  it('say to a person’s token what it is for, and to others nothing', async () => {
    const scopesTo = async (token: string) => (await asked('/rate_limit', token)).headers.get('x-oauth-scopes');
    expect(await scopesTo(shop.fake.userToken('ada'))).toBe('repo, workflow');
    expect(await scopesTo(shop.fake.userToken('ada', { permissions: {} }))).toBe('repo');
    expect(await scopesTo(shop.fake.workflowToken())).toBeNull();
  });

  it.each([
    ['/repos/acme/shop/pulls', { title: 't', head: 'x', base: 'main' }, 'pull_requests=write'],
    ['/repos/acme/shop/labels', { name: 'x' }, 'issues=write; pull_requests=write'],
  ])('say of %s which permission would have done', async (path, body, wanted) => {
    const answer = await asked(path, shop.fake.workflowToken({ contents: 'read' }), body);
    expect([answer.status, answer.headers.get('x-accepted-github-permissions')]).toEqual([403, wanted]);
  });

  it('count queries by what they cost, apart from the rest of the API', async () => {
    const token = shop.fake.workflowToken();
    const deep =
      '{ refs(refPrefix: "refs/heads/", first: 100) { nodes { associatedPullRequests(first: 100) { nodes { labels(first: 1) { nodes { id } } } } } } }';
    const answer = await queried(token, `{ repository(owner: "acme", name: "shop") ${deep} rateLimit { cost } }`);
    // 1 list of refs, 100 of pull requests and 10,000 of labels, in hundreds.
    expect(await answer.json()).toMatchObject({ data: { rateLimit: { cost: 101 } } });
    expect(answer.headers.get('x-ratelimit-used')).toBe('101');
    const rest = await asked('/repos/acme/shop', token);
    expect([rest.headers.get('x-ratelimit-used'), rest.headers.get('x-ratelimit-resource')]).toEqual(['1', 'core']);
  });

  it('say of a query beyond the hour that it is limited, in an answer of 200', async () => {
    shop.fake.limits.requestsPerHour = 1;
    const token = shop.fake.workflowToken();
    expect((await asked('/repos/acme/shop', token)).status).toBe(200);
    await queried(token, '{ viewer { login } }');
    const answer = await queried(token, '{ viewer { login } }');
    expect([answer.status, answer.headers.get('x-ratelimit-remaining')]).toEqual([200, '0']);
    expect(await answer.json()).toMatchObject({ errors: [{ type: 'RATE_LIMITED' }] });
  });
});

describe('settings of a repository at the fake', () => {
  it('can be without issues, and without drafts', async () => {
    const { settings } = shop.fake.repository();
    shop.branch('fix');
    const draft = () => shop.job.pulls.create({ ...at, title: 't', head: 'fix', base: 'main', draft: true });
    Object.assign(settings, { hasIssues: false, hasDrafts: false });
    expect(await refusedWith(shop.job.issues.create({ ...at, title: 't' }))).toMatch(/^410 Issues has been disabled/);
    expect(await refusedWith(draft())).toMatch(/^422 Draft pull requests are not supported/);
    Object.assign(settings, { hasDrafts: true });
    expect((await draft()).data.draft).toBe(true);
  });

  it('say to a person what the person may do', async () => {
    shop.fake.repository().setRole('ada', 'triage');
    const { data } = await shop.client(shop.fake.userToken('ada')).repos.get(at);
    expect(data.permissions).toEqual({ pull: true, triage: true, push: false, maintain: false, admin: false });
    expect((await shop.job.repos.get(at)).data.permissions).toBeUndefined();
  });
});

describe('check runs of the fake', () => {
  it('are found by commit and name, the newest first, with all that was added to them', async () => {
    const head_sha = shop.fake.repository().head('main') ?? '';
    const note = { path: 'README.md', start_line: 1, end_line: 1, annotation_level: 'notice', message: 'm' } as const;
    const output = { title: 't', summary: 's', annotations: [note] };
    const first = await shop.job.checks.create({ ...at, name: 'a', head_sha, output });
    await shop.job.checks.create({ ...at, name: 'b', head_sha });
    const second = await shop.job.checks.create({ ...at, name: 'a', head_sha });
    await shop.job.checks.update({ ...at, check_run_id: first.data.id, output });
    const { data } = await shop.job.checks.listForRef({ ...at, ref: 'main', check_name: 'a' });
    expect(data.check_runs.map(({ id }) => id)).toEqual([second.data.id, first.data.id]);
    expect(data.check_runs[1]?.output.annotations_count).toBe(2);
    expect(await refusedWith(shop.job.checks.listForRef({ ...at, ref: 'none' }))).toMatch(/^422 No commit found/);
  });
});

describe('faults of git at the fake', () => {
  it('are for git alone where they say so, and never where they do not', async () => {
    const refs = async () => (await fetch(`${shop.fake.url}/acme/shop.git/info/refs?service=git-upload-pack`)).status;
    shop.fake.faults.next({ status: 503 }, { times: 1 });
    expect(await refs()).toBe(200);
    expect(await refusedWith(shop.job.repos.get(at))).toMatch(/^503/);
    shop.fake.faults.next({ status: 503 }, { kind: 'git', times: 1 });
    expect(await refusedWith(shop.job.repos.get(at))).toBe('accepted');
    expect([await refs(), await refs()]).toEqual([503, 200]);
    shop.fake.faults.next('reset', { kind: 'git', times: 1 });
    await expect(refs()).rejects.toThrow(TypeError);
    expect(
      shop.fake.log
        .all()
        .filter(({ kind }) => kind === 'git')
        .map(({ status }) => status),
    ).toEqual([200, 503, 200, null]);
  });
});
