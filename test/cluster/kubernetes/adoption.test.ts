import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LaunchRequest } from '../../../src/protocol/attempt.ts';
import type { Script } from '../launcher-contract.ts';
import { openFakeWorld, type FakeWorld } from './fake-world.ts';

const work: Script = [['wait', 1500], ['leave'], ['exit', 0]];
const returned = { kind: 'returned', envelope: { worker: 'scan-1' } };
const inWorkers = { namespace: 'cortex-workers' };

describe('an attempt that is there already', () => {
  let world: FakeWorld;
  beforeEach(async () => {
    world = await openFakeWorld();
  });
  afterEach(() => world.remove());

  const jobName = (): string => world.api.verbs.list('jobs')[0]?.metadata.name ?? '';

  it('is adopted while it runs, and both launchers see its end', async () => {
    const request = world.request('scan-1', work);
    const first = await world.launcher.launch(request);
    const second = await world.another().launch(request);
    expect([first.adopted, second.adopted]).toEqual([false, true]);
    expect(await first.outcome).toMatchObject(returned);
    expect(await second.outcome).toMatchObject(returned);
    expect(await world.runs('scan-1')).toBe(1);
  });

  it('is adopted by a launcher whose store has another password', async () => {
    const request = world.request('scan-1', work);
    await world.launcher.launch(request);
    const second = await world.launcherWith({ store: 'redis://worker:another@redis.invalid' }).launch(request);
    expect(second.adopted).toBe(true);
    expect(await second.outcome).toMatchObject(returned);
  });

  it('is refused by name where it is of another spec', async () => {
    const request = world.request('scan-1', work);
    await world.launcher.launch(request);
    const another = world.another().launch({ ...request, memoryBytes: 2 * request.memoryBytes });
    await expect(another).rejects.toMatchObject({ code: 'job-differs', family: 'problem' });
    expect(world.api.verbs.list('jobs')).toHaveLength(1);
  });

  it('is refused by name where somebody else made it', async () => {
    const request = world.request('scan-1', work);
    await world.launcher.launch(request);
    const name = jobName();
    await world.launcher.cancel('scan-1');
    world.api.verbs.create('jobs', {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name, ...inWorkers },
      spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'other', image: 'busybox' }] } } },
      status: {},
    });
    await expect(world.another().launch(request)).rejects.toMatchObject({ code: 'job-differs' });
  });

  it('is waited for where it is being deleted, and made anew', async () => {
    const request = world.request('scan-1', [['ignore', 'SIGTERM'], ...work]);
    const first = await world.launcher.launch(request);
    await expect.poll(() => world.runs('scan-1')).toBe(1);
    world.api.verbs.remove('jobs', { ...inWorkers, name: jobName() }, { propagation: 'Foreground' });
    const second = await world.another().launch(request);
    expect(second.adopted).toBe(false);
    expect(await second.outcome).toMatchObject(returned);
    // The first did its work within the grace time that its pod had.
    expect(await first.outcome).toMatchObject(returned);
    expect(await world.runs('scan-1')).toBe(2);
  });

  it('ends with all that the execution has, where that is cleared', async () => {
    const request = world.request('scan-1', work);
    const running = await world.launcher.launch(request);
    await world.launcher.clear();
    for (const plural of ['jobs', 'pods', 'configmaps', 'secrets'] as const) {
      await expect.poll(() => world.api.verbs.list(plural).map(({ metadata }) => metadata.name)).toEqual([]);
    }
    expect(await running.outcome).toMatchObject({ kind: 'lost', class: 'disruption', cause: 'deleted' });
  });
});

describe('a launcher that is killed', () => {
  let world: FakeWorld;
  let holder: ChildProcess | undefined;
  beforeEach(async () => {
    world = await openFakeWorld();
  });
  afterEach(async () => {
    holder?.kill('SIGKILL');
    await world.remove();
  });

  const launchElsewhere = (request: LaunchRequest): ChildProcess => {
    const program = join(import.meta.dirname, '..', 'programs', 'hold-job.mjs');
    const args = [program, world.api.url, world.folder, JSON.stringify(request)];
    holder = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    return holder;
  };
  const kill = async (child: ChildProcess): Promise<void> => {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  };

  it('leaves its worker at work: the next one adopts it, and there is no twin', async () => {
    const request = world.request('scan-1', work);
    const child = launchElsewhere(request);
    await expect.poll(() => world.runs('scan-1'), { timeout: 20_000 }).toBe(1);
    await kill(child);
    const running = await world.launcher.launch(request);
    expect(running.adopted).toBe(true);
    expect(await running.outcome).toMatchObject(returned);
    expect(await world.runs('scan-1')).toBe(1);
  });

  it.each([
    ['its anchor', 'configmaps', 1],
    ['its program', 'configmaps', 2],
    ['its secret', 'secrets', 1],
    ['its Job', 'jobs', 1],
  ] as const)(
    'without the answer to the creation of %s: the next one goes on from there',
    async (_what, plural, nth) => {
      const request = world.request('scan-1', work);
      const path = new RegExp(`/${plural}$`);
      const inOrder = nth === 1 ? [] : [{ pieces: 1, everyMs: 1 } as const];
      for (const fault of inOrder) world.api.faults.next(fault, { verb: 'create', path, times: 1 });
      world.api.faults.next('silence', { verb: 'create', path, times: 1 });
      const child = launchElsewhere(request);
      await expect.poll(() => world.api.faults.served(), { timeout: 20_000 }).toBe(nth);
      await kill(child);
      const running = await world.launcher.launch(request);
      expect(running.adopted).toBe(plural === 'jobs');
      expect(await running.outcome).toMatchObject(returned);
      expect(await world.runs('scan-1')).toBe(1);
      expect(world.api.verbs.list('jobs')).toHaveLength(1);
      expect(world.api.verbs.list('configmaps')).toHaveLength(2);
      expect(world.api.verbs.list('secrets')).toHaveLength(1);
    },
  );

  it('after its worker ended: the next one reads what was left, and runs nothing', async () => {
    const request = world.request('scan-1', [['leave'], ['exit', 0]]);
    const child = launchElsewhere(request);
    await expect.poll(() => world.api.verbs.list('pods')[0]?.status.phase, { timeout: 20_000 }).toBe('Succeeded');
    await kill(child);
    const running = await world.launcher.launch(request);
    expect(running.adopted).toBe(true);
    expect(await running.outcome).toMatchObject(returned);
    expect(await world.runs('scan-1')).toBe(1);
  });
});
