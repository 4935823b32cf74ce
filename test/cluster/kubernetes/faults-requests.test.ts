import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { identityAccess } from '../../../src/cluster/kubernetes/api/identity.ts';
import type { LaunchRequest, Outcome } from '../../../src/protocol/attempt.ts';
import type { Script } from '../launcher-contract.ts';
import { openFakeWorld, type FakeWorld } from './fake-world.ts';
import { defaultLimits } from '../../../src/cluster/kubernetes/api/transport.ts';

const work: Script = [['wait', 300], ['leave'], ['exit', 0]];
const returned = { kind: 'returned', envelope: { worker: 'scan-1' } };

describe('requests that go wrong', () => {
  let world: FakeWorld;
  beforeEach(async () => {
    world = await openFakeWorld();
  });
  afterEach(() => world.remove());

  const run = async (script: Script = work, limits?: Partial<LaunchRequest>): Promise<Outcome> =>
    (await world.launcher.launch(world.request('scan-1', script, limits))).outcome;

  it.each(['create configmaps', 'create secrets', 'create jobs'])(
    'finds done what was done where the answer to %s is lost, and starts one worker',
    async (what) => {
      const [verb = '', plural] = what.split(' ');
      world.api.faults.next('lost-answer', { verb, path: new RegExp(`/${plural}$`), times: 2 });
      expect(await run()).toMatchObject(returned);
      expect(world.api.faults.served()).toBe(2);
      expect(await world.runs('scan-1')).toBe(1);
      expect(world.api.verbs.list('jobs')).toHaveLength(1);
    },
  );

  it('waits as long as a busy server says, and then works', async () => {
    const lift = world.api.faults.next({ status: 429, retryAfterSeconds: 1 });
    setTimeout(lift, 2500);
    const begun = performance.now();
    expect(await run()).toMatchObject(returned);
    expect(performance.now() - begun).toBeGreaterThan(2500);
    // One try a second for each of the few requests under way, not a storm.
    expect(world.api.faults.served()).toBeLessThan(20);
    expect(await world.runs('scan-1')).toBe(1);
  });

  it('outlasts half a minute of a server that has too much to do, with the patience that it ships with', async () => {
    const launcher = world.launcherWith({ transport: world.transport(defaultLimits) });
    const request = world.request('scan-1', work);
    const lift = world.api.faults.next({ status: 429, retryAfterSeconds: 2 });
    setTimeout(lift, 30_000);
    const begun = performance.now();
    expect(await (await launcher.launch(request)).outcome).toMatchObject(returned);
    expect(performance.now() - begun).toBeGreaterThan(29_000);
    expect(world.api.faults.served()).toBeLessThan(60);
    expect(await world.runs('scan-1')).toBe(1);
    await launcher.close();
  }, 90_000);

  it.each([500, 502, 503, 504] as const)('tries again what is answered %i', async (status) => {
    world.api.faults.next({ status }, { times: 6 });
    expect(await run()).toMatchObject(returned);
    expect(await world.runs('scan-1')).toBe(1);
  });

  it('tries again where connections are reset', async () => {
    world.api.faults.next('reset', { times: 8 });
    expect(await run()).toMatchObject(returned);
    expect(await world.runs('scan-1')).toBe(1);
  });

  it('reads answers that come in pieces', async () => {
    world.api.faults.next({ pieces: 5, everyMs: 30 });
    expect(await run()).toMatchObject(returned);
  });

  it('gives up on an answer that never comes, asks again, and finds it done', async () => {
    world.api.faults.next('silence', { verb: 'create', path: /\/jobs$/, times: 1 });
    const launcher = world.launcherWith({ transport: world.transport({ requestMs: 500 }) });
    const running = await launcher.launch(world.request('scan-1', work));
    expect(await running.outcome).toMatchObject(returned);
    expect(await world.runs('scan-1')).toBe(1);
  });

  it('says within its patience that a server can’t be reached', async () => {
    await world.api.stop();
    const launcher = world.launcherWith({ transport: world.transport({ patienceMs: 500 }) });
    await expect(launcher.launch(world.request('scan-1', work))).rejects.toMatchObject({
      code: 'kube-unreachable',
      retryable: true,
    });
    await world.api.start();
  });

  it('loses nothing while the API server is away in the middle of the work', async () => {
    const running = await world.launcher.launch(world.request('scan-1', [['wait', 1000], ['leave'], ['exit', 0]]));
    await expect.poll(() => world.runs('scan-1')).toBe(1);
    await world.api.stop();
    await new Promise((resolve) => setTimeout(resolve, 2000));
    await world.api.start();
    expect(await running.outcome).toMatchObject(returned);
    expect(await world.runs('scan-1')).toBe(1);
    const told = world.notices.map(({ of }) => of).filter((of) => of.startsWith('watch'));
    expect(told).toEqual(['watch-lost', 'watch-restored']);
  });

  it('makes a worker’s Job while the API server is coming back', async () => {
    await world.api.stop();
    setTimeout(() => void world.api.start(), 1000);
    expect(await run()).toMatchObject(returned);
  });
});

describe('who may come in', () => {
  it('gets a new token where the server does not take the old one any more', async () => {
    let minted = 0;
    const world = await openFakeWorld({
      access: (api) =>
        identityAccess({
          server: api.url,
          about: 'tokens of 700 ms',
          now: Date.now,
          mint: () => {
            minted += 1;
            return Promise.resolve(api.tokens.issue(700));
          },
        }),
    });
    const running = await world.launcher.launch(world.request('scan-1', [['wait', 2500], ['leave'], ['exit', 0]]));
    world.api.watches.cut();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    world.api.watches.cut();
    expect(await running.outcome).toMatchObject(returned);
    expect(minted).toBeGreaterThan(1);
    await world.remove();
  });

  it('refuses at once, by name, where no token is taken', async () => {
    const world = await openFakeWorld();
    world.api.tokens.issue();
    await expect(world.launcher.launch(world.request('scan-1', work))).rejects.toMatchObject({
      code: 'kube-unauthorized',
      family: 'problem',
    });
    expect(world.api.counts().total).toBeLessThan(10);
    await world.remove();
  });

  it('names the right that is missing', async () => {
    const world = await openFakeWorld();
    world.api.rights.deny({ verb: 'create', group: 'batch', resource: 'jobs' });
    const running = await world.launcher.launch(world.request('scan-1', work));
    expect(await running.outcome).toMatchObject({
      kind: 'lost',
      class: 'refused',
      detail: expect.stringContaining('cannot create resource "jobs"') as string,
    });
    await world.remove();
  });
});
