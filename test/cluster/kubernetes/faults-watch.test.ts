import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Script } from '../launcher-contract.ts';
import { openFakeWorld, shortTimes, type FakeWorld } from './fake-world.ts';

const work: Script = [['wait', 1200], ['leave'], ['exit', 0]];
const returned = { kind: 'returned', envelope: { worker: 'scan-1' } };

describe('a watch that goes wrong', () => {
  let world: FakeWorld;
  beforeEach(async () => {
    world = await openFakeWorld();
  });
  afterEach(() => world.remove());

  const placed = async (): Promise<void> => {
    await expect.poll(() => world.notices.filter(({ of }) => of === 'placed').length, { timeout: 10_000 }).toBe(1);
  };

  it.each(['end', 'reset'] as const)(
    'is resumed where it is cut every 200 ms by %s, and no end is missed',
    async (how) => {
      const cutting = setInterval(() => world.api.watches.cut(how), 200);
      const names = Array.from({ length: 6 }, (_, index) => `scan-${index}-1`);
      const running = await Promise.all(names.map((name) => world.launcher.launch(world.request(name, work))));
      const outcomes = await Promise.all(running.map(({ outcome }) => outcome));
      clearInterval(cutting);
      expect(outcomes.map((outcome) => outcome.envelope?.worker)).toEqual(names);
      // It is resumed, not listed anew each time; and it is no storm.
      const { requests } = world.api.counts();
      expect(requests['watch pods']).toBeGreaterThan(3);
      expect(requests['list pods']).toBeLessThan(5);
      expect(requests['watch pods']).toBeLessThan(60);
    },
  );

  it('hangs nobody where it falls silent: the list is the truth', async () => {
    const launcher = world.launcherWith({ times: { ...shortTimes, relistMs: 1500 } });
    const running = await launcher.launch(world.request('scan-1', work));
    await placed();
    world.api.watches.freeze();
    const begun = performance.now();
    expect(await running.outcome).toMatchObject(returned);
    expect(performance.now() - begun).toBeLessThan(6000);
  });

  it('takes no pod for gone because it has not told of it: a complete Job is asked for its pod', async () => {
    const launcher = world.launcherWith({ times: { ...shortTimes, relistMs: 60_000 } });
    world.api.watches.freeze();
    const running = await launcher.launch(world.request('scan-1', [['leave'], ['exit', 0]]));
    expect(await running.outcome).toMatchObject(returned);
  });

  it('is begun anew where the server no longer knows the version (410 as an event)', async () => {
    const running = await world.launcher.launch(world.request('scan-1', work));
    await placed();
    world.api.compact();
    world.api.watches.cut();
    expect(await running.outcome).toMatchObject(returned);
    expect(world.api.counts().requests['list pods']).toBeGreaterThan(1);
  });

  it('is begun anew where the server answers 410 itself', async () => {
    const running = await world.launcher.launch(world.request('scan-1', work));
    await placed();
    world.api.faults.next({ status: 410 }, { verb: 'watch', times: 3 });
    world.api.watches.cut();
    expect(await running.outcome).toMatchObject(returned);
  });

  it('is begun anew where the list itself is too old to go on', async () => {
    world.api.faults.next({ status: 410 }, { verb: 'list', path: /\/pods\?/, times: 2 });
    const running = await world.launcher.launch(world.request('scan-1', work));
    expect(await running.outcome).toMatchObject(returned);
  });

  it('is said to be lost and to be back, with how long it was away', async () => {
    const running = await world.launcher.launch(world.request('scan-1', [['wait', 3000], ['leave'], ['exit', 0]]));
    await placed();
    const lifts = ['watch', 'list'].map((verb) => world.api.faults.next('reset', { verb }));
    world.api.watches.cut('reset');
    await expect.poll(() => world.notices.map(({ of }) => of), { timeout: 5000 }).toContain('watch-lost');
    lifts.forEach((lift) => lift());
    expect(await running.outcome).toMatchObject(returned);
    const restored = world.notices.find(({ of }) => of === 'watch-restored');
    expect(restored).toMatchObject({ gapMs: expect.any(Number) as number });
    expect((restored as { gapMs: number }).gapMs).toBeGreaterThan(300);
  });
});
