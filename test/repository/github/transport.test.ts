import { afterEach, describe, expect, it } from 'vitest';
import { sendOnce } from '../../../src/repository/github/client.ts';
import { graphqlUrlOf, openClient, placeOf } from '../../../src/repository/github/open-github.ts';
import { repeatable } from '../../../src/repository/github/transport.ts';
import {
  clientOf,
  pausedClock,
  rejection,
  secretToken,
  startScripted,
  type Scripted,
  type ScriptedServer,
} from './scripted-server.ts';

const servers: ScriptedServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(...script: readonly Scripted[]): Promise<ScriptedServer> {
  const server = await startScripted(script);
  servers.push(server);
  return server;
}

const good: Scripted = { body: { full_name: 'acme/shop' } };
const secondary = 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.';
const now = Date.UTC(2026, 10, 30);
const inSeconds = (seconds: number): string => String(now / 1000 + seconds);
const read = (client: ReturnType<typeof clientOf>['client']): Promise<unknown> =>
  client.rest('GET /repos/{owner}/{repo}', client.place);
const label = (client: ReturnType<typeof clientOf>['client'], again: boolean): Promise<unknown> =>
  client.rest('POST /repos/{owner}/{repo}/labels', {
    ...client.place,
    name: 'cortex',
    ...(again ? { request: repeatable } : {}),
  });

describe('the line to GitHub', () => {
  it.each([
    ['says so in Retry-After', { status: 403, headers: { 'retry-after': '7' }, body: { message: secondary } }, 7000],
    ['answers 429', { status: 429, headers: { 'retry-after': '3' }, body: { message: 'Too many requests' } }, 3000],
    [
      'says when the hour ends, by its own clock',
      {
        status: 403,
        headers: {
          'x-ratelimit-remaining': '0',
          'x-ratelimit-reset': inSeconds(200),
          date: new Date(now + 80_000).toUTCString(),
        },
        body: { message: 'API rate limit exceeded' },
      },
      121_000,
    ],
    ['names no time', { status: 403, body: { message: secondary } }, 60_000],
    ['calls it abuse', { status: 422, body: { message: 'was submitted too quickly' } }, 60_000],
  ])('waits where GitHub has enough and %s, for reads and for writes', async (_what, refusal, waited) => {
    for (const send of [read, (client: Parameters<typeof read>[0]) => label(client, false)]) {
      const server = await serve(refusal, good);
      const { client, pauses } = clientOf(server);
      await send(client);
      expect(pauses).toEqual([waited]);
      expect(server.received).toHaveLength(2);
    }
  });

  it('waits twice as long each time where no time is named', async () => {
    const refusal = { status: 403, body: { message: secondary } };
    const { client, pauses } = clientOf(await serve(refusal, refusal, refusal, good));
    await read(client);
    expect(pauses).toEqual([60_000, 120_000, 240_000]);
  });

  it('gives up when its patience ends, and says when to come back', async () => {
    const server = await serve({ status: 403, headers: { 'retry-after': '3600' }, body: { message: secondary } });
    const { client, pauses } = clientOf(server);
    const error = await rejection(read(client));
    expect(error).toMatchObject({ family: 'outside', code: 'github-rate-limited', retryable: true });
    expect(error.message).toContain('2026-11-30T01:00:00.000Z');
    expect(pauses).toEqual([]);
    expect(server.received).toHaveLength(1);
  });

  it('has one patience for all requests together', async () => {
    const refusal = { status: 403, headers: { 'retry-after': '60' }, body: { message: secondary } };
    const { client } = clientOf(await serve(refusal, good, refusal, good, refusal), { patienceMs: 150_000 });
    await read(client);
    await read(client);
    expect(await rejection(read(client))).toMatchObject({ code: 'github-rate-limited' });
    expect(client.counts()).toMatchObject({ read: 5, waitedMs: 120_000 });
  });

  it('sends nothing more before the hour ends when an answer was the last one', async () => {
    const headers = {
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': inSeconds(30),
      'x-ratelimit-resource': 'core',
    };
    const { client, pauses } = clientOf(await serve({ ...good, headers }, good));
    await read(client);
    await read(client);
    expect(pauses).toEqual([31_000]);
  });

  it('goes on when only the limit of another part is spent', async () => {
    const resource = { 'x-ratelimit-resource': 'code_scanning_upload' };
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': inSeconds(30), ...resource };
    const { client, pauses } = clientOf(await serve({ ...good, headers }, good));
    await read(client);
    await read(client);
    expect(pauses).toEqual([]);
  });

  it('keeps writes a second apart', async () => {
    const { client, pauses } = clientOf(await serve(good), { writeSpacingMs: 1000 });
    for (let each = 0; each < 3; each += 1) await label(client, false);
    await read(client);
    expect(pauses).toEqual([1000, 1000]);
  });

  it.each<[string, Scripted]>([
    ['a connection that drops', 'drop'],
    ['an answer that breaks off', 'break'],
    ['502', { status: 502, body: '<html><h1>Bad gateway</h1></html>', headers: { 'content-type': 'text/html' } }],
    ['500', { status: 500, body: { message: 'Server Error' } }],
  ])('asks again after %s; what must not take effect twice is left to its sender', async (_what, failure) => {
    const reading = clientOf(await serve(failure, failure, good));
    await read(reading.client);
    expect(reading.pauses).toEqual([1000, 2000]);
    const writing = clientOf(await serve(failure, good));
    await label(writing.client, true);
    expect(writing.client.counts().write).toBe(2);
    const once = clientOf(await serve(failure, good));
    expect(await rejection(label(once.client, false))).toMatchObject({ family: 'outside', retryable: true });
    expect(once.client.counts().write).toBe(1);
  });

  it('gives up after the fourth failure', async () => {
    const server = await serve({ status: 503, body: { message: 'No server is currently available' } });
    const error = await rejection(read(clientOf(server).client));
    expect(error).toMatchObject({ code: 'github-failed', retryable: true });
    expect(error.message).toContain('No server is currently available');
    expect(server.received).toHaveLength(4);
  });

  it('says so where nobody answers', async () => {
    const server = await startScripted([]);
    await server.close();
    const { client } = clientOf(server);
    expect(await rejection(read(client))).toMatchObject({ family: 'outside', code: 'github-unreachable' });
  });

  it('gives up waiting for one answer, and asks again', async () => {
    const { client } = clientOf(await serve('silence'), { requestMs: 30 });
    expect(await rejection(read(client))).toMatchObject({ code: 'github-unreachable' });
    expect(client.counts().read).toBe(4);
  });

  it('sends one request at a time, in the order in which they were asked for', async () => {
    const server = await serve(good);
    const { client } = clientOf(server);
    const names = ['a', 'b', 'c', 'd'];
    await Promise.all(
      names.map((name) => client.rest('GET /repos/{owner}/{repo}/labels/{name}', { ...client.place, name })),
    );
    expect(server.received.map(({ path }) => path.at(-1))).toEqual(names);
  });

  it('sends the token that there is at that moment, and its own name', async () => {
    const server = await serve(good);
    let number = 0;
    const token = (): Promise<string> => Promise.resolve(`token-${(number += 1)}`);
    const { clock, pause } = pausedClock();
    const client = openClient({ apiUrl: server.url, repository: 'a/b', token, clock, pause, userAgent: 'cortex/1.2' });
    await read(client);
    await read(client);
    expect(server.received.map(({ authorization }) => authorization)).toEqual(['token token-1', 'token token-2']);
    expect(server.received[0]?.userAgent).toMatch(/^cortex\/1\.2 /);
  });

  it('keeps names from becoming paths', async () => {
    const server = await serve(good);
    const { client } = clientOf(server);
    await client.rest('GET /repos/{owner}/{repo}/labels/{name}', { ...client.place, name: '../../../user?x=#y' });
    expect(server.received[0]?.path).toBe('/repos/acme/shop/labels/..%2F..%2F..%2Fuser%3Fx%3D%23y');
  });
});

describe('queries', () => {
  it('are waited for where GitHub has enough of them, although it answers 200', async () => {
    const errors = [{ type: 'RATE_LIMITED', message: 'API rate limit exceeded for installation ID 1.' }];
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': inSeconds(10) };
    const { client, pauses } = clientOf(await serve({ headers, body: { errors } }, { body: { data: { x: 1 } } }));
    expect(await client.graphql('query { x }', {})).toEqual({ data: { x: 1 }, errors: [] });
    expect(pauses).toEqual([11_000]);
  });

  it('are sent again where GitHub took too long over them; mutations are not', async () => {
    const message = 'Something went wrong while executing your query. This may be the result of a timeout';
    const failure = { body: { data: null, errors: [{ message }] } };
    const asked = clientOf(await serve(failure, { body: { data: { x: 1 } } }));
    expect(await asked.client.graphql('query { x }', {})).toMatchObject({ data: { x: 1 } });
    const changed = clientOf(await serve(failure));
    expect(await rejection(changed.client.graphql('mutation { x }', {}))).toMatchObject({ code: 'github-failed' });
    expect(changed.client.counts()).toMatchObject({ query: 0, mutation: 1 });
  });

  it.each([
    ['https://api.github.com', 'https://api.github.com/graphql'],
    ['https://api.acme.ghe.com/', 'https://api.acme.ghe.com/graphql'],
    ['https://github.acme.org/api/v3', 'https://github.acme.org/api/graphql'],
    ['https://github.acme.org/api/v3/', 'https://github.acme.org/api/graphql'],
  ])('of %s go to %s', (apiUrl, graphqlUrl) => {
    expect(graphqlUrlOf(apiUrl)).toBe(graphqlUrl);
  });

  it('go where the environment says', async () => {
    const server = await serve({ body: { data: {} } });
    const { clock, pause } = pausedClock();
    const options = { repository: 'a/b', token: secretToken, clock, pause, userAgent: 'cortex' };
    const client = openClient({ ...options, apiUrl: `${server.url}/api/v3`, graphqlUrl: `${server.url}/elsewhere` });
    await client.graphql('query { x }', { name: 'value' });
    expect(server.received).toMatchObject([{ method: 'POST', path: '/elsewhere' }]);
    expect(JSON.parse(server.received[0]?.body ?? '')).toEqual({ query: 'query { x }', variables: { name: 'value' } });
  });
});

describe('a write that must not take effect twice', () => {
  const unsure = async (): Promise<ReturnType<typeof clientOf>> => clientOf(await serve('drop'));

  it('is looked for where no answer came, and not sent again when it is there', async () => {
    const { client } = await unsure();
    const found = await sendOnce(client, { send: () => label(client, false), find: () => Promise.resolve('there') });
    expect(found).toBe('there');
    expect(client.counts().write).toBe(1);
  });

  it('is sent again when it is not there, and not for ever', async () => {
    const { client, pauses } = await unsure();
    const none = sendOnce(client, { send: () => label(client, false), find: () => Promise.resolve(undefined) });
    expect(await rejection(none)).toMatchObject({ code: 'github-unreachable' });
    expect(client.counts().write).toBe(4);
    expect(pauses).toEqual([1000, 2000, 4000]);
  });

  it('is not looked for where it was refused', async () => {
    const { client } = clientOf(await serve({ status: 422, body: { message: 'Validation Failed' } }));
    const find = (): Promise<never> => Promise.reject(new Error('was looked for'));
    const sent = sendOnce(client, { send: () => label(client, false), find });
    expect(await rejection(sent)).toMatchObject({ code: 'github-refused' });
  });
});

describe('refusals', () => {
  const permissions = { 'x-accepted-github-permissions': 'pull_requests=write; contents=read' };
  it.each([
    [401, 'Bad credentials', 'github-unauthorized', 'GITHUB_TOKEN'],
    [403, 'Resource not accessible by integration', 'github-forbidden', '`pull_requests: write; contents: read`'],
    [
      403,
      'GitHub Actions is not permitted to create or approve pull requests.',
      'github-actions-may-not-open',
      'Allow GitHub Actions to create and approve pull requests',
    ],
    [
      403,
      'refusing to allow a GitHub App to create or update workflow `.github/workflows/ci.yml` without `workflows` permission',
      'github-workflows-forbidden',
      'CORTEX_APP_ID',
    ],
    [403, 'Resource protected by organization SAML enforcement.', 'github-sso', 'organisation'],
    [403, 'Repository was archived so is read-only.', 'github-archived', 'unarchive'],
    [404, 'Not Found', 'github-not-found', 'may see the repository'],
    [409, 'Git Repository is empty.', 'github-empty', 'first commit'],
    [410, 'Issues are disabled for this repo', 'github-issues-off', 'Settings › General › Features › Issues'],
    [422, 'Validation Failed', 'github-refused', 'cortex doctor'],
  ])('%i %s is %s, and names what to change', async (...[status, message, code, hint]) => {
    const server = await serve({ status, headers: permissions, body: { message } });
    const error = await rejection(label(clientOf(server).client, false));
    expect(error).toMatchObject({ family: 'problem', code, hint: expect.stringContaining(hint) });
    expect(error.message).toContain('POST /repos/{owner}/{repo}/labels');
    expect(server.received).toHaveLength(1);
  });

  it('are shown with their parts, on one line, and cut where they are long', async () => {
    const errors = [
      { resource: 'Label', field: 'name', code: 'already_exists' },
      'and\nthis',
      { message: 'x'.repeat(900) },
    ];
    const server = await serve({ status: 422, body: { message: 'Validation Failed', errors } });
    const error = await rejection(label(clientOf(server).client, false));
    expect(error.message).toContain('Validation Failed: Label name already_exists: and this: xxx');
    expect(error.message.length).toBeLessThan(600);
  });
});

describe('the name of a repository', () => {
  it('is an owner and a name', () => {
    expect(placeOf('acme/shop.js')).toEqual({ owner: 'acme', repo: 'shop.js' });
  });

  it.each(['', 'shop', 'a/b/c', '../b', 'a/..', './b', 'a b/c', 'a/b?c', 'a/b#', '/b', 'a/', 'https://x/a/b'])(
    'is not %j',
    (name) => {
      expect(() => placeOf(name)).toThrow(expect.objectContaining({ code: 'bad-repository' }));
    },
  );
});
