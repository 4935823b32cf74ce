import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Launcher, RunningWorker } from '../../../src/cluster/launcher.ts';
import type { Script } from '../launcher-contract.ts';
import { openFakeWorld, type FakeWorld } from './fake-world.ts';

const long: Script = [['wait', 60_000]];
const workers = ['scan-a-1', 'scan-b-1', 'scan-c-1'];
const cancelled = { kind: 'lost', class: 'cancelled' };

describe('a launcher that ends', () => {
  let world: FakeWorld;
  let launcher: Launcher;
  beforeEach(async () => {
    world = await openFakeWorld();
    launcher = world.launcherWith({ transport: world.transport({ patienceMs: 400 }) });
  });
  afterEach(() => world.remove());

  /** Three workers that are at work. */
  const startAll = async (script: Script = long, limits = {}): Promise<readonly RunningWorker[]> => {
    const all = await Promise.all(workers.map((worker) => launcher.launch(world.request(worker, script, limits))));
    for (const worker of workers) await expect.poll(() => world.runs(worker), { timeout: 10_000 }).toBe(1);
    return all;
  };
  const outcomesOf = (all: readonly RunningWorker[]): Promise<readonly unknown[]> =>
    Promise.all(all.map(({ outcome }) => outcome));
  const forbidDeletion = (): unknown => world.api.rights.deny({ verb: 'delete', group: 'batch', resource: 'jobs' });

  it('settles every attempt where the API server is away', async () => {
    const all = await startAll();
    await world.api.stop();
    await launcher.close();
    expect(await outcomesOf(all)).toMatchObject([cancelled, cancelled, cancelled]);
    await world.api.start();
  });

  it('settles every attempt where it may not delete their Jobs', async () => {
    const all = await startAll();
    forbidDeletion();
    await launcher.close();
    expect(await outcomesOf(all)).toMatchObject([cancelled, cancelled, cancelled]);
  });

  it('settles also what is being launched while the API server is away', async () => {
    const all = await startAll();
    await world.api.stop();
    const late = launcher.launch(world.request('scan-late-1', long));
    await launcher.close();
    expect(await outcomesOf(all)).toMatchObject([cancelled, cancelled, cancelled]);
    expect(await (await late).outcome).toMatchObject(cancelled);
    await world.api.start();
  });

  it.each(['the API server is away', 'its Job may not be deleted'])(
    'settles the one that is cancelled where %s, and no other',
    async (what) => {
      const [first, ...others] = await startAll([['wait', 2500], ['leave'], ['exit', 0]]);
      if (what === 'the API server is away') await world.api.stop();
      else forbidDeletion();
      await launcher.cancel('scan-a-1');
      expect(await first?.outcome).toMatchObject(cancelled);
      if (what === 'the API server is away') await world.api.start();
      expect(await outcomesOf(others)).toMatchObject([{ kind: 'returned' }, { kind: 'returned' }]);
    },
  );

  it('leaves workers at work where it is told to: deletes nothing, counts them, and another adopts them', async () => {
    await startAll([['wait', 2500], ['leave'], ['exit', 0]]);
    expect(await launcher.leave()).toBe(3);
    await expect(launcher.launch(world.request('scan-d-1', long))).rejects.toMatchObject({ code: 'launcher-closed' });
    const next = world.another();
    const adopted = await Promise.all(workers.map((worker, index) => next.launch(orderOf(worker, index))));
    expect(adopted.map((running) => running.adopted)).toEqual([true, true, true]);
    const returned = { kind: 'returned' };
    expect(await outcomesOf(adopted)).toMatchObject([returned, returned, returned]);
    expect(deletions()).toEqual([]);
    for (const worker of workers) expect(await world.runs(worker)).toBe(1);
  });

  it('counts no worker that has ended when it leaves', async () => {
    const all = await startAll([['leave'], ['exit', 0]]);
    await outcomesOf(all);
    expect(await launcher.leave()).toBe(0);
  });

  it('deletes nothing after it has left, whatever limits its workers come to', async () => {
    await startAll(long, { timeoutMs: 1000 });
    await launcher.leave();
    await new Promise((resolve) => setTimeout(resolve, 2000));
    expect(deletions()).toEqual([]);
  });

  it('counts a worker that is being started when it leaves', async () => {
    world.api.faults.next({ pieces: 1, everyMs: 500 }, { verb: 'create', path: /\/jobs$/, times: 1 });
    const starting = launcher.launch(world.request('scan-a-1', long));
    await expect.poll(() => world.api.verbs.list('jobs').length).toBe(1);
    expect(await launcher.leave()).toBe(1);
    await starting;
    expect(deletions()).toEqual([]);
  });

  const deletions = (): readonly string[] =>
    Object.keys(world.api.counts().requests).filter((what) => what.startsWith('delete'));
  /** The order that the worker was launched with. */
  const orderOf = (worker: string, index: number): ReturnType<FakeWorld['request']> => ({
    ...world.request(worker, long),
    document: world.scratch(`order-${index + 1}.json`),
  });
});
