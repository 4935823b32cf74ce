import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { restContract } from '../../support/github/contract.ts';
import { offered } from '../../support/github/serve.ts';
import type { FakeRepository } from '../../support/github/repositories.ts';
import { at, openFakeShop, refuseViolations, refusedWith, type OpenShop } from './fake-shop.ts';

let shop: OpenShop;
let repository: FakeRepository;
/** What a test breaks on purpose. */
let expected: readonly unknown[];

beforeEach(async () => {
  expected = [];
  shop = await openFakeShop();
  repository = shop.fake.repository();
});

afterEach(async () => {
  refuseViolations(shop.fake, expected);
  await shop.fake.close();
});

const issue = (title = 't') => shop.job.issues.create({ ...at, title });
const titles = () => repository.issues().map(({ title }) => title);
const isCut = async (request: Promise<unknown>): Promise<boolean> => {
  try {
    await request;
    return false;
  } catch (error) {
    return /other side closed|socket hang up|fetch failed|ECONNRESET/.test(String(error));
  }
};

describe('the description that the fake is held to', () => {
  it('has exactly the operations that are offered', () => {
    const written = ({ method, template }: { readonly method: string; readonly template: string }) =>
      `${method} ${template}`;
    expect(offered.map(written).toSorted()).toEqual(restContract().templates.map(written).toSorted());
  });

  it.each([
    ['a body of the wrong type', { title: 't', body: 1 }, '/body must be string'],
    ['a field that is missing', { body: 'b' }, "must have required property 'title'"],
    ['a field that there is none of', { title: 't', boody: 'b' }, 'there is no field boody'],
  ])('finds %s in a request, answers 599 and remembers it', async (_what, body, message) => {
    const request = shop.job.request('POST /repos/acme/shop/issues', body as never);
    expect(await refusedWith(request)).toMatch(/^599 contract/);
    expect(titles()).toEqual([]);
    expected = shop.fake.violations.filter((each) => each.includes(message));
    expect(expected.length).toBeGreaterThan(0);
  });

  it('finds a parameter and a path that there is none of', async () => {
    expect(await refusedWith(shop.job.request('GET /repos/acme/shop/pulls?haed=x'))).toMatch(/^599 /);
    expect(await refusedWith(shop.job.request('GET /repos/acme/shop/nonsense'))).toBe('404 Not Found');
    expected = [expect.stringContaining('there is no parameter haed'), expect.stringContaining('it is not offered')];
  });

  it('finds an answer that GitHub would not give', () => {
    const sent = { method: 'GET', template: '/rate_limit', query: new URLSearchParams(), body: undefined };
    const wrong = restContract().ofResponse(sent, { status: 200, body: { rate: { limit: 'many' } } });
    expect(wrong).toContain('/rate/limit must be integer');
    expect(restContract().ofResponse(sent, { status: 418, body: {} })).toEqual(['an answer 418 is not described']);
  });

  it('holds for the addresses of github.com and of an Enterprise server alike', async () => {
    for (const path of ['/api/v3/repos/acme/shop', '/repos/acme/shop']) {
      expect((await fetch(`${shop.fake.url}${path}`)).status).toBe(200);
    }
    const authorization = `token ${shop.fake.workflowToken()}`;
    for (const path of ['/api/graphql', '/graphql']) {
      const body = JSON.stringify({ query: '{ viewer { login } }' });
      const answer = await fetch(`${shop.fake.url}${path}`, { method: 'POST', body, headers: { authorization } });
      expect(await answer.json()).toEqual({ data: { viewer: { login: 'github-actions[bot]' } } });
    }
  });
});

describe('what is counted at the fake', () => {
  it('is every request, by what it does', async () => {
    await shop.job.repos.get(at);
    await issue();
    await shop.job.graphql('query look { viewer { login } }');
    const { read, write, query, mutation, total, byOperation } = shop.fake.log.counts();
    expect({ read, write, query, mutation, total }).toEqual({ read: 1, write: 1, query: 1, mutation: 0, total: 3 });
    expect(byOperation).toEqual({
      'GET /repos/{owner}/{repo}': 1,
      'POST /repos/{owner}/{repo}/issues': 1,
      'query look': 1,
    });
    expect(shop.fake.log.all()[1]).toMatchObject({ body: { title: 't' }, status: 201, login: 'github-actions[bot]' });
  });

  it('is what the headers of every answer say is left', async () => {
    const { headers } = await shop.job.repos.get(at);
    expect(headers).toMatchObject({
      'x-ratelimit-limit': '5000',
      'x-ratelimit-remaining': '4999',
      'x-ratelimit-used': '1',
    });
    expect((await shop.job.rateLimit.get()).data.rate.limit).toBe(5_000);
  });

  it('runs out for an hour', async () => {
    shop.fake.clock.set('2026-11-01T00:00:00Z');
    shop.fake.limits.requestsPerHour = 2;
    for (const title of ['a', 'b']) await issue(title);
    expect(await refusedWith(issue('c'))).toMatch(/^403 API rate limit exceeded/);
    shop.fake.clock.advance(3_600_000);
    expect(await refusedWith(issue('d'))).toBe('accepted');
  });

  it('may not be more content in a minute, nor in an hour, than GitHub takes', async () => {
    shop.fake.clock.set('2026-11-01T00:00:00Z');
    Object.assign(shop.fake.limits, { secondary: true, contentPerMinute: 3, contentPerHour: 5 });
    const write = async (count: number) => {
      const answers: string[] = [];
      for (let each = 0; each < count; each += 1) answers.push((await refusedWith(issue())).slice(0, 8));
      return answers;
    };
    expect(await write(4)).toEqual(['accepted', 'accepted', 'accepted', '403 You ']);
    shop.fake.clock.advance(60_000);
    expect(await write(3)).toEqual(['accepted', 'accepted', '403 You ']);
    shop.fake.clock.advance(3_600_000);
    expect(await write(1)).toEqual(['accepted']);
  });
});

describe('faults at the fake', () => {
  it('come before anything is done, or after all of it', async () => {
    shop.fake.faults.next({ status: 503 }, { method: 'POST', times: 1 });
    expect(await refusedWith(issue('a'))).toMatch(/^503/);
    shop.fake.faults.next({ afterwards: 502 }, { method: 'POST', times: 1 });
    expect(await refusedWith(issue('b'))).toMatch(/^502/);
    shop.fake.faults.next('reset', { method: 'POST', times: 1 });
    expect(await isCut(issue('c'))).toBe(true);
    shop.fake.faults.next('lost-answer', { method: 'POST', times: 1 });
    expect(await isCut(issue('d'))).toBe(true);
    expect([titles(), shop.fake.faults.served()]).toEqual([['b', 'd'], 4]);
  });

  it('are limits that say how long to wait', async () => {
    const headersOf = async () => {
      const authorization = `token ${shop.fake.workflowToken()}`;
      return fetch(`${shop.fake.apiUrl}/repos/acme/shop`, { headers: { authorization } });
    };
    shop.fake.faults.next({ secondaryLimit: { status: 429, retryAfterSeconds: 30 } }, { times: 1 });
    const secondary = await headersOf();
    expect([secondary.status, secondary.headers.get('retry-after')]).toEqual([429, '30']);
    shop.fake.faults.next({ primaryLimit: { resetAt: Date.parse('2026-11-01T00:00:00Z') } }, { times: 1 });
    const primary = await headersOf();
    expect([
      primary.status,
      primary.headers.get('x-ratelimit-remaining'),
      primary.headers.get('x-ratelimit-reset'),
    ]).toEqual([403, '0', '1793491200']);
  });

  it('let something happen in between, or take their time', async () => {
    shop.fake.faults.next(
      { meanwhile: () => void repository.openIssue({ title: 'first' }) },
      { method: 'POST', times: 1 },
    );
    await issue('second');
    expect(titles()).toEqual(['first', 'second']);
    shop.fake.faults.next({ slowMs: 60 }, { times: 1 });
    const start = performance.now();
    await shop.job.repos.get(at);
    expect(performance.now() - start).toBeGreaterThanOrEqual(59);
  });

  it.each([
    ['reset', 0, []],
    ['reset', 2, ['a', 'b']],
    ['lost-answer', 1, ['a']],
    ['lost-answer', 2, ['a', 'b']],
  ] as const)(
    'kill whoever writes (%s) after %i writes, readers too where they are told',
    async (how, writes, done) => {
      const lift = shop.fake.faults.killAfterWrites(writes, how);
      const cut: boolean[] = [];
      for (const title of ['a', 'b', 'c']) cut.push(await isCut(issue(title)));
      expect(titles()).toEqual(done);
      expect(cut.indexOf(true)).toBe(how === 'reset' ? writes : writes - 1);
      lift();
      expect(await refusedWith(issue('d'))).toBe('accepted');
    },
  );
});

describe('checks, code scanning and runs at the fake', () => {
  it('has check runs that their App alone may change', async () => {
    const head_sha = repository.head('main') ?? '';
    const { data } = await shop.job.checks.create({ ...at, name: 'cortex', head_sha, status: 'in_progress' });
    const done = { conclusion: 'success' as const, output: { title: 'done', summary: 'all' } };
    const { data: ended } = await shop.job.checks.update({ ...at, check_run_id: data.id, ...done });
    expect([data.status, ended.status, ended.conclusion, ended.output.summary]).toEqual([
      'in_progress',
      'completed',
      'success',
      'all',
    ]);
    const person = shop.client(shop.fake.userToken('acme'));
    expect(await refusedWith(person.checks.create({ ...at, name: 'x', head_sha }))).toMatch(/^403/);
    const long = { title: 't', summary: 'x'.repeat(65_536) };
    expect(await refusedWith(shop.job.checks.create({ ...at, name: 'x', head_sha, output: long }))).toMatch(
      /^599 contract/,
    );
    expected = [expect.stringContaining('/output/summary must NOT have more than 65535 characters')];
  });

  it('takes SARIF that is zipped and in base64, up to the limit', async () => {
    const text = JSON.stringify({ version: '2.1.0', runs: [] });
    const upload = (sarif: string) =>
      shop.job.codeScanning.uploadSarif({
        ...at,
        commit_sha: repository.head('main') ?? '',
        ref: 'refs/heads/main',
        sarif,
      });
    expect((await upload(gzipSync(text).toString('base64'))).status).toBe(202);
    expect(repository.sarifs().map((each) => each.text)).toEqual([text]);
    expect(await refusedWith(upload(Buffer.from(text).toString('base64')))).toMatch(/^400/);
    shop.fake.limits.sarifBytes = 10;
    expect(await refusedWith(upload(gzipSync(text).toString('base64')))).toMatch(/^413/);
  });

  it('lists artifacts by name, newest first, and shows runs', async () => {
    for (const name of ['report', 'other', 'report']) repository.addArtifact({ name });
    const { data } = await shop.job.actions.listArtifactsForRepo({ ...at, name: 'report' });
    expect([data.total_count, data.artifacts.map(({ id }) => id)]).toEqual([
      2,
      data.artifacts.map(({ id }) => id).toSorted((a, b) => b - a),
    ]);
    const run = repository.addRun({ event: 'schedule' });
    expect((await shop.job.actions.getWorkflowRun({ ...at, run_id: run })).data).toMatchObject({
      event: 'schedule',
      status: 'in_progress',
    });
  });

  it('says to those who look after the repository whether Actions may open pull requests', async () => {
    repository.settings.actionsMayOpenPullRequests = false;
    const admin = shop.client(shop.fake.workflowToken({ administration: 'read' }));
    const { data } = await admin.actions.getGithubActionsDefaultWorkflowPermissionsRepository(at);
    expect(data.can_approve_pull_request_reviews).toBe(false);
    const request = shop.job.actions.getGithubActionsDefaultWorkflowPermissionsRepository(at);
    expect(await refusedWith(request)).toBe('403 Resource not accessible by integration');
  });
});
