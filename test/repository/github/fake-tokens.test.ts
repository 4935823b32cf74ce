import { createAppAuth } from '@octokit/auth-app';
import { request } from '@octokit/request';
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

const notAccessible = '403 Resource not accessible by integration';

describe('a token at the fake', () => {
  it('may do what its permissions say, and no more', async () => {
    repository.settings.isPrivate = true;
    const sha = shop.branch('fix');
    const calls = (token: string) => {
      const client = shop.client(token);
      return Promise.all([
        refusedWith(client.git.getCommit({ ...at, commit_sha: sha })),
        refusedWith(client.git.createRef({ ...at, ref: 'refs/heads/other', sha })),
        refusedWith(client.pulls.create({ ...at, head: 'fix', base: 'main', title: 't' })),
        refusedWith(client.issues.create({ ...at, title: 't' })),
        refusedWith(client.checks.create({ ...at, name: 'c', head_sha: sha })),
      ]);
    };
    expect(await calls(shop.fake.workflowToken({ contents: 'read' }))).toEqual([
      'accepted',
      ...Array<string>(4).fill(notAccessible),
    ]);
    expect(await calls(shop.fake.workflowToken())).toEqual(Array<string>(5).fill('accepted'));
  });

  it('that nobody issued, or that has expired, is 401; none is 401 to writers and reads what is public', async () => {
    const read = (token: string) => refusedWith(shop.client(token).repos.get(at));
    const token = shop.fake.workflowToken();
    expect([await read(token), await read('ghs_made_up')]).toEqual(['accepted', '401 Bad credentials']);
    shop.fake.expireToken(token);
    expect(await read(token)).toBe('401 Bad credentials');
    const anonymous = shop.client('');
    expect(await refusedWith(anonymous.repos.get(at))).toBe('accepted');
    expect(await refusedWith(anonymous.issues.create({ ...at, title: 't' }))).toBe('401 Requires authentication');
  });

  it('of a person may do what the person may, and sees no private repository of others', async () => {
    repository.setRole('bob', 'write');
    const [bob, eve] = ['bob', 'eve'].map((login) => shop.client(shop.fake.userToken(login)));
    const sha = repository.head('main') ?? '';
    const create = (client: typeof bob, name: string) =>
      refusedWith(client?.git.createRef({ ...at, ref: `refs/heads/${name}`, sha }) ?? Promise.resolve());
    expect([await create(bob, 'b'), await create(eve, 'e')]).toEqual([
      'accepted',
      '403 Must have push access to repository',
    ]);
    repository.settings.isPrivate = true;
    expect(await refusedWith(eve?.repos.get(at) ?? Promise.resolve())).toBe('404 Not Found');
    expect((await bob?.users.getAuthenticated())?.data.login).toBe('bob');
  });

  it('of an installation is nobody: /user is refused to it', async () => {
    expect(await refusedWith(shop.job.users.getAuthenticated())).toBe(notAccessible);
    const { viewer } = await shop.job.graphql<{ viewer: { login: string } }>('{ viewer { login } }');
    expect(viewer.login).toBe('github-actions[bot]');
  });

  it('writes to no repository but its own', async () => {
    shop.fake.addRepository('acme/other');
    const other = { owner: 'acme', repo: 'other' };
    expect(await refusedWith(shop.job.issues.create({ ...other, title: 't' }))).toBe(notAccessible);
    shop.fake.repository('acme/other').settings.isPrivate = true;
    expect(await refusedWith(shop.job.repos.get(other))).toBe('404 Not Found');
  });
});

describe('an App at the fake', () => {
  const permissions = { contents: 'write', pull_requests: 'write', workflows: 'write' } as const;

  const auth = (more: object = {}) => {
    const { appId, privateKey, installationId } = shop.fake.addApp({
      slug: 'cortex-app',
      account: 'acme',
      permissions,
    });
    const app = { appId, privateKey, request: request.defaults({ baseUrl: shop.fake.apiUrl }), ...more };
    return { app: createAppAuth(app), installationId };
  };

  it('mints a token for an hour, narrowed to a repository and to permissions', async () => {
    const { app, installationId } = auth();
    shop.fake.addRepository('acme/other', { settings: { isPrivate: true } });
    const narrow = { repositoryNames: ['shop'], permissions: { contents: 'read' as const } };
    const minted = await app({ type: 'installation', installationId, ...narrow });
    expect(minted.permissions).toEqual({ metadata: 'read', contents: 'read' });
    const client = shop.client(minted.token);
    expect(await refusedWith(client.repos.get(at))).toBe('accepted');
    expect(await refusedWith(client.repos.get({ owner: 'acme', repo: 'other' }))).toBe('404 Not Found');
    expect(await refusedWith(client.git.createBlob({ ...at, content: 'x' }))).toBe(notAccessible);
    shop.fake.clock.advance(3_600_001);
    expect(await refusedWith(client.repos.get(at))).toBe('401 Bad credentials');
  });

  it('gets no permission that it was not granted, and no repository that it is not installed on', async () => {
    const { app, installationId } = auth();
    const asking = (more: object) => refusedWith(app({ type: 'installation', installationId, ...more }));
    expect(await asking({ permissions: { issues: 'write' } })).toMatch(
      /^422 The permissions requested are not granted/,
    );
    expect(await asking({ repositoryNames: ['none'] })).toMatch(
      /^422 There is at least one repository that does not exist/,
    );
  });

  it('is found by the repository, makes verified commits as its bot, and revokes its token', async () => {
    const { app, installationId } = auth();
    const jwt = (await app({ type: 'app' })).token;
    const asApp = shop.client(jwt);
    expect((await asApp.apps.getRepoInstallation(at)).data.id).toBe(installationId);
    expect((await asApp.apps.getAuthenticated()).data?.slug).toBe('cortex-app');
    const { token } = await app({ type: 'installation', installationId });
    const client = shop.client(token);
    const head = repository.head('main') ?? '';
    const order = { ...at, message: 'm', tree: repository.commit(head)?.tree ?? '', parents: [head] };
    const { data } = await client.git.createCommit(order);
    expect([data.author.name, data.verification.verified]).toEqual(['cortex-app[bot]', true]);
    await client.apps.revokeInstallationAccessToken();
    expect(await refusedWith(client.repos.get(at))).toBe('401 Bad credentials');
  });

  it('is refused with a token signed by another key, or too old', async () => {
    const [one, other] = [auth(), auth()];
    const [head, , signature] = (await one.app({ type: 'app' })).token.split('.');
    const [, payload] = (await other.app({ type: 'app' })).token.split('.');
    const forged = shop.client([head, payload, signature].join('.'));
    expect(await refusedWith(forged.apps.getAuthenticated())).toBe('401 A JSON web token could not be decoded');
    const good = (await one.app({ type: 'app' })).token;
    shop.fake.clock.advance(700_000);
    expect(await refusedWith(shop.client(good).apps.getAuthenticated())).toMatch(/^401 'Expiration time'/);
  });
});
