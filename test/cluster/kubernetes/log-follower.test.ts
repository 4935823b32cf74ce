import { mkdirSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import type { Script } from '../launcher-contract.ts';
import { launcherOptions, openFakeWorld, type FakeWorld } from './fake-world.ts';

const returned = { kind: 'returned' };

/** Says so many lines, one after the other. */
function talk(lines: number, everyMs: number): Script {
  const all = Array.from({ length: lines }, (_, index): Script => [
    ['say', `line ${index + 1}`],
    ['wait', everyMs],
  ]).flat();
  return [...all, ['leave'], ['exit', 0]];
}

describe('the log of a worker', () => {
  let world: FakeWorld;
  afterEach(() => world.remove());

  it.each([
    ['UTC', 0],
    ['two hours ahead of it', 2],
    ['five hours behind it', -5],
  ])('stamped by a clock in %s goes on after its stream broke, without loss or repeats', async (_zone, zoneHours) => {
    world = await openFakeWorld({ zoneHours });
    const running = await world.launcher.launch(world.request('scan-1', talk(24, 100), { timeoutMs: 60_000 }));
    for (const lines of ['line 4', 'line 12']) {
      await expect.poll(() => world.launcher.logs('scan-1'), { timeout: 10_000, interval: 20 }).toContain(lines);
      await world.api.stop();
      await world.api.start();
    }
    expect(await running.outcome).toMatchObject(returned);
    const lines = (await world.launcher.logs('scan-1')).trimEnd().split('\n');
    expect(lines).toEqual(Array.from({ length: 24 }, (_, index) => `line ${index + 1}`));
    expect(world.api.counts().requests['get pods/log']).toBeGreaterThan(2);
  });

  it('where its folder can’t be written costs no worker its result', async () => {
    world = await openFakeWorld();
    writeFileSync(world.scratch('taken'), '');
    const launcher = world.launcherWith({ logs: world.scratch('taken/logs') });
    const workers = ['scan-a-1', 'scan-b-1'];
    const all = await Promise.all(workers.map((worker) => launcher.launch(world.request(worker, talk(2, 300)))));
    for (const { outcome } of all) expect(await outcome).toMatchObject(returned);
    for (const worker of workers) expect(await launcher.logs(worker)).toBe('');
    // No contact was lost over it: all that the watch told was heard.
    expect(world.notices.map(({ of }) => of)).toEqual(['placed', 'placed']);
  });

  it('where its file can’t be written takes nothing from the others', async () => {
    world = await openFakeWorld();
    mkdirSync(`${launcherOptions(world.folder).logs}/scan-a-1.log`, { recursive: true });
    const workers = ['scan-a-1', 'scan-b-1'];
    const all = await Promise.all(workers.map((worker) => world.launcher.launch(world.request(worker, talk(2, 300)))));
    for (const { outcome } of all) expect(await outcome).toMatchObject(returned);
    expect(await world.launcher.logs('scan-b-1')).toBe('line 1\nline 2\n');
    expect(world.notices.map(({ of }) => of)).toEqual(['placed', 'placed']);
  });
});
