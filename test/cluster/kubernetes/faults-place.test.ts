import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LaunchRequest, Outcome } from '../../../src/protocol/attempt.ts';
import type { Script } from '../launcher-contract.ts';
import { openFakeWorld, type FakeWorld } from './fake-world.ts';
import { plainWishes } from '../../support/launch-request.ts';

const work: Script = [['wait', 1000], ['leave'], ['exit', 0]];
const returned = { kind: 'returned' };
const namespace = 'cortex-workers';
const saying = (text: string): string => expect.stringContaining(text) as string;

describe('a worker without a place', () => {
  let world: FakeWorld;
  beforeEach(async () => {
    world = await openFakeWorld();
  });
  afterEach(() => world.remove());

  const start = async (
    worker = 'scan-1',
    limits: Partial<LaunchRequest> = {},
  ): Promise<{ outcome: Promise<Outcome> }> => world.launcher.launch(world.request(worker, work, limits));
  const setQuota = (hard: Record<string, string>): unknown =>
    world.api.verbs.create('resourcequotas', {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'workers', namespace },
      spec: { hard },
    });
  const waits = async (reason: string): Promise<string> => {
    const found = (): string | undefined =>
      world.notices.flatMap((each) => (each.of === 'waiting' && each.reason === reason ? [each.detail] : []))[0];
    await expect.poll(found, { timeout: 10_000 }).toBeDefined();
    return found() ?? '';
  };

  it('waits where the quota has no room for its pod, says why, and starts once there is room', async () => {
    setQuota({ pods: '1' });
    const first = await start('scan-a-1');
    const second = await start('scan-b-1');
    expect(await waits('quota')).toContain('exceeded quota: workers, requested: pods=1, used: pods=1, limited: pods=1');
    expect(await first.outcome).toMatchObject(returned);
    expect(await second.outcome).toMatchObject(returned);
    expect(await world.runs('scan-b-1')).toBe(1);
  });

  it('waits where the quota has no room for its Job, says why, and starts once there is room', async () => {
    setQuota({ 'count/jobs.batch': '1' });
    const first = await start('scan-a-1');
    const second = start('scan-b-1');
    expect(await waits('quota')).toContain('exceeded quota: workers, requested: count/jobs.batch=1');
    expect(await first.outcome).toMatchObject(returned);
    const [job] = world.api.verbs.list('jobs', namespace);
    world.api.verbs.remove('jobs', { namespace, name: job?.metadata.name ?? '' }, { propagation: 'Background' });
    expect(await (await second).outcome).toMatchObject(returned);
  });

  it('is told at once that a quota is too small for it alone', async () => {
    setQuota({ 'requests.cpu': '500m' });
    const { outcome } = await start('scan-1', { cpuMillicores: 600 });
    expect(await outcome).toMatchObject({ kind: 'lost', class: 'refused', detail: saying('600m of cpu') });
    expect(world.api.verbs.list('jobs')).toEqual([]);
  });

  it.each<readonly [string, Partial<LaunchRequest>, string]>([
    ['too much cpu', { cpuMillicores: 9000 }, '9000m of cpu'],
    ['too much memory', { memoryBytes: 33 * 2 ** 30 }, 'bytes of memory'],
    ['a node that is not there', { node: 'agent-9' }, 'agent-9'],
    ['a server, which plans leave alone', { node: 'server-1' }, 'server-1'],
  ])('is told at once that no node has room for %s', async (_what, limits, why) => {
    const { outcome } = await start('scan-1', limits);
    expect(await outcome).toMatchObject({ kind: 'lost', class: 'refused', detail: saying(why) });
    expect(world.api.verbs.list('jobs')).toEqual([]);
  });

  it('waits where all nodes are full, says why, and starts once one has room', async () => {
    const big = { cpuMillicores: 8000 };
    const full = await Promise.all([1, 2, 3, 4].map((index) => start(`scan-${index}-1`, big)));
    const fifth = await start('scan-5-1', big);
    expect(await waits('unschedulable')).toContain(
      '0/7 nodes are available: 3 node(s) had untolerated taint(s), 4 Insufficient cpu.',
    );
    for (const { outcome } of [...full, fifth]) expect(await outcome).toMatchObject(returned);
  });

  it('gives its place up after the time that it may wait, with the reason', async () => {
    setQuota({ pods: '1' });
    const launcher = world.launcherWith({ startMs: 1200 });
    const first = await launcher.launch(world.request('scan-a-1', [['wait', 4000], ['leave'], ['exit', 0]]));
    const second = await launcher.launch(world.request('scan-b-1', work));
    expect(await second.outcome).toMatchObject({ kind: 'lost', class: 'refused', detail: saying('exceeded quota') });
    expect(await first.outcome).toMatchObject(returned);
    expect(world.api.verbs.list('jobs')).toHaveLength(1);
    expect(await world.runs('scan-b-1')).toBe(0);
  });

  it('is refused by name where its image can’t be had, and leaves nothing behind', async () => {
    world.api.disruptions.removeImage('node:24-bookworm');
    const { outcome } = await start();
    expect(await waits('image')).toMatch(/ErrImagePull on agent-\d: .*node:24-bookworm: not found/);
    expect(await outcome).toMatchObject({ kind: 'lost', class: 'refused', detail: saying('node:24-bookworm') });
    await expect.poll(() => [...world.api.verbs.list('jobs'), ...world.api.verbs.list('pods')]).toEqual([]);
  });

  it('starts where its image comes in time', async () => {
    world.api.disruptions.removeImage('node:24-bookworm');
    const { outcome } = await start();
    await waits('image');
    world.api.disruptions.restoreImage('node:24-bookworm');
    expect(await outcome).toMatchObject(returned);
  });

  it('is refused at once where the service account of workers is missing', async () => {
    world.api.verbs.remove('serviceaccounts', { namespace, name: 'cortex-worker' });
    const { outcome } = await start();
    expect(await outcome).toMatchObject({
      kind: 'lost',
      class: 'refused',
      detail: saying('serviceaccount "cortex-worker" not found'),
    });
  });

  it('waits in its queue until it is let go', async () => {
    const launcher = world.launcherWith({ wishes: { ...plainWishes, queue: 'agents' } });
    const running = await launcher.launch(world.request('scan-1', work));
    expect(await waits('queue')).toContain('agents');
    const [job] = world.api.verbs.list('jobs', namespace);
    const place = { namespace, name: job?.metadata.name ?? '' };
    world.api.verbs.patch('jobs', place, { spec: { suspend: false } });
    expect(await running.outcome).toMatchObject(returned);
  });

  it('keeps off the servers and spreads its like over the agents', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `scan-${index}-1`);
    const all = await Promise.all(names.map((name) => start(name)));
    const nodes = world.api.verbs.list('pods', namespace).map(({ spec }) => spec.nodeName ?? '');
    await Promise.all(all.map(({ outcome }) => outcome));
    const counts = ['agent-1', 'agent-2', 'agent-3', 'agent-4'].map(
      (agent) => nodes.filter((node) => node === agent).length,
    );
    expect(counts).toEqual([3, 3, 3, 3]);
  });
});
