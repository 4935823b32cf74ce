import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { GitHubEnvironment } from '../../src/entry/environment.ts';
import { openShop, type DoorWish, type Shop } from '../repository/github/shop-host.ts';
import { scratchRepository } from '../support/scratch-repository.ts';
import { publisherPermissions } from '../support/github/tokens.ts';
import { doctorWorld, type Diagnosis, type DoctorWorld } from './doctor-world.ts';

describe('cortex doctor before GitHub', () => {
  let world: DoctorWorld;
  let shop: Shop;
  beforeAll(async () => {
    world = doctorWorld();
    shop = await openShop({ 'README.md': '# Shop\n' });
    shop.role('ada', 'write');
    shop.role('eve', 'read');
  });
  afterAll(async () => {
    await shop.close();
    world.remove();
  });
  beforeEach(() => shop.resetRequests());

  const around = (given: Partial<GitHubEnvironment>): GitHubEnvironment => ({
    token: undefined,
    apiUrl: `${shop.world.url}/api/v3`,
    graphqlUrl: undefined,
    serverUrl: shop.world.url,
    repository: 'acme/shop',
    ref: undefined,
    runUrl: undefined,
    appId: undefined,
    appKey: undefined,
    ...given,
  });
  const diagnose = (given: Partial<GitHubEnvironment>): Promise<Diagnosis> =>
    world.diagnose([], { github: around(given) });
  const withToken = (wish: DoorWish): Promise<Diagnosis> => diagnose({ token: shop.token(wish) });

  it('asks nothing without a token, and says what to set', async () => {
    const { code, line } = await diagnose({});
    expect(code).toBe(0);
    expect(line('github')).toMatchObject({ ok: null, seen: expect.stringContaining('CORTEX_APP_ID') });
    expect(shop.requests().total).toBe(0);
  });

  it('asks nothing where no repository is known', async () => {
    // A clone has a remote, which could name one.
    const alone = scratchRepository({ 'README.md': '# Alone\n' });
    const github = around({ token: 'x', repository: undefined });
    const { code, line } = await world.diagnose(['--target', alone.directory], { github });
    alone.remove();
    expect(code).toBe(0);
    expect(line('github')).toMatchObject({ ok: null, seen: expect.stringContaining('GITHUB_REPOSITORY') });
  });

  it.each([
    [{ appId: '7' }, 'CORTEX_APP_PRIVATE_KEY'],
    [{ appKey: 'key' }, 'CORTEX_APP_ID'],
  ])('fails over half of an App: %j', async (half, missing) => {
    const { code, line } = await diagnose(half);
    expect(code).toBe(2);
    expect(line('github')).toMatchObject({ ok: false, remedy: expect.stringContaining(missing) });
  });

  it('says of the token of a job that its pull requests wait for somebody, and workflow files for a patch', async () => {
    const { code, failed, line } = await withToken({ kind: 'workflow' });
    expect({ code, failed }).toEqual({ code: 0, failed: [] });
    expect(line('github')?.seen).toContain('acme/shop, as github-actions[bot]');
    expect(line('checks on pull requests')).toMatchObject({
      ok: true,
      seen: expect.stringContaining('Approve and run'),
    });
    expect(line('checks on pull requests')?.remedy).toContain('GitHub App');
    expect(line('workflow files')?.seen).toContain('wait in the dashboard');
    expect(line('rights on GitHub')?.ok).toBeNull();
    expect(line('pull requests by Actions')?.ok).toBeNull();
  });

  it.each([
    [true, 0],
    [false, 2],
  ])('reads whether Actions may open pull requests where it may: %s ends with %i', async (may, exit) => {
    shop.actionsMayOpen(may);
    const permissions = { ...publisherPermissions, administration: 'read' } as const;
    const { code, line } = await withToken({ kind: 'workflow', permissions });
    shop.actionsMayOpen(true);
    expect(code).toBe(exit);
    expect(line('pull requests by Actions')?.ok).toBe(may);
  });

  it('says of an App that all runs at once, and ends the token that it made', async () => {
    const { appId, privateKey } = shop.app({ ...publisherPermissions, workflows: 'write' });
    const before = shop.world.tokens.size;
    const { code, failed, line } = await diagnose({ appId: String(appId), appKey: privateKey });
    expect({ code, failed }).toEqual({ code: 0, failed: [] });
    expect(line('github')?.seen).toContain('as cortex[bot]: a GitHub App');
    expect(line('rights on GitHub')?.ok).toBe(true);
    expect(line('checks on pull requests')).toMatchObject({ ok: true, seen: expect.stringContaining('at once') });
    expect(line('checks on pull requests')?.remedy).toBeUndefined();
    expect(line('workflow files')?.seen).toBe('may be pushed');
    expect(shop.world.tokens.size).toBe(before);
  });

  it('says of an App without that right that workflow files wait', async () => {
    const { appId, privateKey } = shop.app(publisherPermissions);
    const { line } = await diagnose({ appId: String(appId), appKey: privateKey });
    expect(line('workflow files')?.remedy).toContain('workflows: write');
  });

  it('fails over an App that lacks a right, and names it', async () => {
    const { appId, privateKey } = shop.app({ contents: 'read', issues: 'write' });
    const { code, line } = await diagnose({ appId: String(appId), appKey: privateKey });
    expect(code).toBe(2);
    expect(line('github')).toMatchObject({ ok: false, seen: expect.stringContaining('contents: write') });
  });

  it("says of a person's token that commits are unsigned; and fails where that person may not write", async () => {
    const ada = await withToken({ kind: 'user', login: 'ada' });
    expect(ada.code).toBe(0);
    expect(ada.line('checks on pull requests')?.seen).toContain('unsigned');
    expect(ada.line('rights on GitHub')?.seen).toContain('role write');
    const eve = await withToken({ kind: 'user', login: 'eve' });
    expect(eve.failed).toEqual(['rights on GitHub']);
  });

  it('says whether the results branch is there, and how much of the hour is left', async () => {
    const none = await withToken({});
    expect(none.line('results branch')?.seen).toContain('the first report makes it');
    expect(none.line('requests left')?.seen).toMatch(/^\d+ of 5000 by REST, \d+ of 5000 points by GraphQL$/);
    shop.set('cortex/results', shop.head('main'));
    const there = await withToken({});
    expect(there.line('results branch')?.seen).toBe(`cortex/results at ${shop.head('main').slice(0, 12)}`);
  });

  it('asks somebody to look where little of the hour is left', async () => {
    shop.limits({ requestsPerHour: 100 });
    const { code, line } = await withToken({});
    shop.limits({ requestsPerHour: 5000 });
    expect(code).toBe(0);
    expect(line('requests left')?.remedy).toMatch(/waits for more, which come at \d{4}-/);
  });

  it('fails over an archived repository, and one that is not there', async () => {
    shop.repository.settings.isArchived = true;
    expect((await withToken({})).failed).toEqual(['archive']);
    shop.repository.settings.isArchived = false;
    const none = await diagnose({ token: shop.token({}), repository: 'acme/none' });
    expect(none).toMatchObject({ code: 2, failed: ['github'] });
  });

  it('fails over a token that is wrong, which the user can fix', async () => {
    const { code, line } = await diagnose({ token: 'ghs_wrong' });
    expect(code).toBe(2);
    expect(line('github')).toMatchObject({ ok: false, remedy: expect.stringContaining('GITHUB_TOKEN') });
  });

  it('ends with 1 where GitHub does not answer', async () => {
    const { code, failed } = await diagnose({ token: 'x', apiUrl: 'http://127.0.0.1:9/api/v3' });
    expect({ code, failed }).toEqual({ code: 1, failed: ['github'] });
  });

  it('writes nothing, and keeps to what GitHub describes', async () => {
    for (const kind of ['workflow', 'user', 'app'] as const) await withToken({ kind });
    expect(shop.requests()).toMatchObject({ write: 0, mutation: 0 });
    expect(shop.violations()).toEqual([]);
  });

  it('shows no token', async () => {
    const token = shop.token({});
    const text = await world.show([], { github: around({ token }), secrets: [token] });
    expect(text).toContain('GitHub');
    expect(text).not.toContain(token);
  });
});
