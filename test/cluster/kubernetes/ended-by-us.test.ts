import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Launcher, RunningWorker } from '../../../src/cluster/launcher.ts';
import { jobName } from '../../../src/cluster/kubernetes/spec/names.ts';
import type { LaunchRequest } from '../../../src/protocol/attempt.ts';
import { plainWishes } from '../../support/launch-request.ts';
import { launcherOptions, openFakeWorld, type FakeWorld } from './fake-world.ts';

const namespace = 'cortex-workers';
const job = { namespace, name: jobName(launcherOptions('').execution, { task: 'scan', attempt: 1 }) };
/** Works on, also once it has been told to end. */
const stubborn = { 'simulate/duration': '600s', 'simulate/stop': '600s' };

describe('a pod that vanishes without a word', () => {
  let world: FakeWorld;
  let launcher: Launcher;
  beforeEach(async () => {
    world = await openFakeWorld({ manner: 'simulated', secondMs: 1000 });
    launcher = world.launcherWith({ logs: undefined, annotations: () => stubborn });
  });
  afterEach(() => world.remove());

  const start = async (limits: Partial<LaunchRequest> = {}): Promise<RunningWorker> => {
    const running = await launcher.launch(world.request('scan-1', [], limits));
    const phase = (): string | undefined => world.api.verbs.list('pods', namespace)[0]?.status.phase;
    await expect.poll(phase, { timeout: 10_000 }).toBe('Running');
    return running;
  };
  const isBeingDeleted = (): boolean =>
    world.api.verbs.list('pods', namespace).some(({ metadata }) => metadata.deletionTimestamp !== undefined);
  const untilDeleted = async (): Promise<void> => {
    await expect.poll(isBeingDeleted, { timeout: 10_000 }).toBe(true);
  };

  it('after its worker was cancelled leaves it cancelled', async () => {
    const running = await start();
    const cancelling = launcher.cancel('scan-1');
    await untilDeleted();
    world.api.disruptions.vanish('scan');
    await cancelling;
    expect(await running.outcome).toMatchObject({ kind: 'lost', class: 'cancelled' });
  });

  it('after its worker came to its time limit leaves it a timeout', async () => {
    const running = await start({ timeoutMs: 500 });
    await untilDeleted();
    world.api.disruptions.vanish('scan');
    expect(await running.outcome).toMatchObject({ kind: 'lost', class: 'timeout' });
  });

  it('with its Job, after its worker came to its time limit, leaves it a timeout', async () => {
    const running = await start({ timeoutMs: 500 });
    await untilDeleted();
    world.api.watches.cut();
    world.api.verbs.remove('jobs', job, { propagation: 'Background' });
    world.api.disruptions.vanish('scan');
    expect(await running.outcome).toMatchObject({ kind: 'lost', class: 'timeout' });
  });

  it('though nobody here ended its worker, is a disruption of which is said what was seen', async () => {
    const running = await start();
    world.api.verbs.remove('jobs', job, { propagation: 'Orphan' });
    world.api.disruptions.vanish('scan');
    expect(await running.outcome).toMatchObject({ kind: 'lost', class: 'disruption', cause: 'deleted' });
  });
});

describe('what an earlier Job of the same name was refused', () => {
  let world: FakeWorld;
  beforeEach(async () => {
    world = await openFakeWorld();
  });
  afterEach(() => world.remove());

  it('is no refusal of the next one', async () => {
    const account = world.api.verbs.read('serviceaccounts', { namespace, name: 'cortex-worker' });
    world.api.verbs.remove('serviceaccounts', { namespace, name: 'cortex-worker' });
    const request = world.request('scan-1', [['leave'], ['exit', 0]]);
    const first = await world.launcher.launch(request);
    expect(await first.outcome).toMatchObject({ class: 'refused' });
    await expect.poll(() => world.api.verbs.list('jobs', namespace)).toEqual([]);
    const { uid: _uid, resourceVersion: _version, creationTimestamp: _time, ...metadata } = account.metadata;
    world.api.verbs.create('serviceaccounts', { ...account, metadata });
    // The next one has no pod either for a while, and no event of its own says why: it is held in a queue.
    const queued = world.launcherWith({ wishes: { ...plainWishes, queue: 'agents' } });
    const second = await queued.launch(request);
    const waitsInQueue = expect.objectContaining({ of: 'waiting', reason: 'queue' }) as unknown;
    await expect.poll(() => world.notices, { timeout: 10_000 }).toContainEqual(waitsInQueue);
    const told = world.api.verbs.list('events', namespace).filter(({ reason }) => reason === 'FailedCreate');
    expect(told.map(({ involvedObject }) => involvedObject.name)).toContain(job.name);
    world.api.verbs.patch('jobs', job, { spec: { suspend: false } });
    expect(second.adopted).toBe(false);
    expect(await second.outcome).toMatchObject({ kind: 'returned', envelope: { worker: 'scan-1' } });
  });
});
