import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Script } from '../launcher-contract.ts';
import { openFakeWorld, shortTimes, type FakeWorld } from './fake-world.ts';

const namespace = 'cortex-workers';
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const saying = (text: string): string => expect.stringContaining(text) as string;

describe('the time that a worker may wait for its place', () => {
  let world: FakeWorld;
  beforeEach(async () => {
    world = await openFakeWorld();
  });
  afterEach(() => world.remove());

  it('takes nothing from a worker that runs while the API server can’t be asked', async () => {
    // It runs, and nothing says so: no watch tells, and the API server is away when the time is over.
    world.api.watches.freeze();
    const launcher = world.launcherWith({
      startMs: 1000,
      transport: world.transport({ patienceMs: 300 }),
      times: { ...shortTimes, relistMs: 60_000, tendMs: 60_000 },
    });
    const script: Script = [['wait', 2500], ['leave'], ['exit', 0]];
    const running = await launcher.launch(world.request('scan-1', script, { timeoutMs: 60_000 }));
    await expect.poll(() => world.runs('scan-1')).toBe(1);
    await world.api.stop();
    await pause(1800);
    world.api.watches.thaw();
    await world.api.start();
    expect(await running.outcome).toMatchObject({ kind: 'returned', envelope: { worker: 'scan-1' } });
    expect(world.api.counts().requests['delete jobs']).toBeUndefined();
  });

  it('takes nothing from a worker that runs while the watch is silent: it is asked for once more', async () => {
    world.api.watches.freeze();
    const times = { ...shortTimes, relistMs: 2500, tendMs: 60_000 };
    const launcher = world.launcherWith({ startMs: 800, times });
    const script: Script = [['wait', 1500], ['leave'], ['exit', 0]];
    const running = await launcher.launch(world.request('scan-1', script, { timeoutMs: 60_000 }));
    expect(await running.outcome).toMatchObject({ kind: 'returned' });
  });

  it('counts from the launch: what it waited for its Job is part of it', async () => {
    const startMs = 1600;
    world.api.verbs.create('resourcequotas', {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'workers', namespace },
      spec: { hard: { 'count/jobs.batch': '1', pods: '1' } },
    });
    const container = { name: 'other', image: 'busybox' };
    const pod = { restartPolicy: 'Never', containers: [container], nodeSelector: { place: 'nowhere' } };
    world.api.verbs.create('jobs', {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'other', namespace },
      spec: { suspend: true, template: { spec: pod } },
      status: {},
    });
    world.api.verbs.create('pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'other', namespace },
      spec: pod,
      status: { phase: 'Pending' },
    });
    const begun = performance.now();
    const launcher = world.launcherWith({ startMs });
    const launched = launcher.launch(world.request('scan-1', [['leave']]));
    await pause(1000);
    world.api.verbs.remove('jobs', { namespace, name: 'other' }, { propagation: 'Background' });
    const { outcome } = await launched;
    expect(await outcome).toMatchObject({ kind: 'lost', class: 'refused', detail: saying('exceeded quota') });
    const tookMs = performance.now() - begun;
    expect(tookMs).toBeGreaterThanOrEqual(startMs);
    expect(tookMs).toBeLessThan(startMs + 700);
    expect(world.api.counts().requests['create jobs']).toBeGreaterThan(1);
    expect(world.notices).toContainEqual(
      expect.objectContaining({ of: 'waiting', reason: 'quota', detail: saying('requested: count/jobs.batch=1') }),
    );
  });
});
