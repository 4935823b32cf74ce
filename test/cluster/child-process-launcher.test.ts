import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  childProcessLauncher,
  type ChildProcessOptions,
} from '../../src/cluster/child-process/child-process-launcher.ts';
import type { LaunchRequest } from '../../src/protocol/attempt.ts';
import type { Launcher } from '../../src/cluster/launcher.ts';
import { processStart } from '../../src/shared/process-start.ts';
import { launchRequest } from '../support/launch-request.ts';
import { launcherContract, type LauncherWorld, type Script } from './launcher-contract.ts';

interface ProcessWorld extends LauncherWorld {
  readonly options: ChildProcessOptions;
  /** A path that workers can write to, and what they wrote there. */
  readonly scratch: (name: string) => string;
  readonly read: (name: string) => string | undefined;
}

function openWorld(): ProcessWorld {
  const root = mkdtempSync(join(tmpdir(), 'cortex-launcher-'));
  const at = (name: string): string => join(root, name);
  const options: ChildProcessOptions = {
    program: join(import.meta.dirname, 'programs', 'worker.mjs'),
    node: process.execPath,
    store: { CORTEX_STORE: `file:${at('blobs')}` },
    attempts: at('attempts'),
    logs: at('logs'),
    temporary: at('temporary'),
    path: process.env['PATH'] ?? '',
    mask: (text) => text.replaceAll('hunter2', '***'),
    slots: 2,
  };
  const launchers: Launcher[] = [];
  const another = (): Launcher => {
    const launcher = childProcessLauncher(options);
    launchers.push(launcher);
    return launcher;
  };
  let orders = 0;
  const request = (worker: string, script: Script, limits: Partial<LaunchRequest> = {}): LaunchRequest => {
    const document = at(`order-${(orders += 1)}.json`);
    writeFileSync(document, JSON.stringify([['note', [at(`runs-${worker}`), 'x']], ...script]));
    return launchRequest(worker, { document, ...limits });
  };
  const read = (name: string): string | undefined =>
    existsSync(at(name)) ? readFileSync(at(name), 'utf8') : undefined;
  return {
    options,
    launcher: another(),
    another,
    request,
    runs: (worker) => Promise.resolve(read(`runs-${worker}`)?.length ?? 0),
    scratch: at,
    read,
    remove: async () => {
      await Promise.all(launchers.map((launcher) => launcher.close()));
      rmSync(root, { recursive: true, force: true });
    },
  };
}

launcherContract('the child-process launcher', { logs: true }, () => Promise.resolve(openWorld()));

describe('workers as child processes', () => {
  let world: ProcessWorld;
  beforeEach(() => {
    world = openWorld();
  });
  afterEach(() => world.remove());

  const written = async (name: string): Promise<number> => {
    await expect.poll(() => Number(world.read(name) ?? 0), { timeout: 20_000 }).toBeGreaterThan(0);
    return Number(world.read(name));
  };
  const gone = async (pid: number): Promise<void> => {
    await expect.poll(() => processStart(pid), { timeout: 10_000 }).toBeUndefined();
  };
  const childOf = (detached: boolean): Script => [['child', { file: world.scratch('child'), detached }]];

  it.each([
    ['in its group', false],
    ['in a group of its own', true],
  ])('ends at the time limit what the worker started %s, though it does not listen', async (_name, detached) => {
    const script: Script = [...childOf(detached), ['wait', 60_000]];
    const running = await world.launcher.launch(world.request('scan-1', script, { timeoutMs: 1500 }));
    const child = await written('child');
    expect(processStart(child)).toBeDefined();
    expect(await running.outcome).toMatchObject({ class: 'timeout' });
    await gone(child);
  });

  it('ends what a worker that returned has left running', async () => {
    const script: Script = [...childOf(false), ['wait', 700], ['leave'], ['exit', 0]];
    const running = await world.launcher.launch(world.request('scan-1', script));
    expect(await running.outcome).toMatchObject({ kind: 'returned' });
    await gone(await written('child'));
  });

  it('ends all at once where it is told to, without waiting', async () => {
    const running = await world.launcher.launch(world.request('scan-1', [...childOf(true), ['wait', 60_000]]));
    const child = await written('child');
    world.launcher.kill();
    expect(await running.outcome).toMatchObject({ class: 'disruption' });
    await gone(child);
  });

  it('counts against the memory limit what the worker’s commands take', async () => {
    const child = { file: world.scratch('child'), detached: true, mebibytes: 300 };
    const script: Script = [
      ['child', child],
      ['wait', 60_000],
    ];
    const limits = { memoryBytes: 200 * 1024 * 1024 };
    const running = await world.launcher.launch(world.request('scan-1', script, limits));
    expect(await running.outcome).toMatchObject({ class: 'out-of-memory' });
    await gone(await written('child'));
  });

  it('gives a worker nothing of this process’s environment', async () => {
    process.env['CORTEX_TEST_SECRET'] = 'planted';
    const script: Script = [['environment', world.scratch('environment')], ['leave'], ['exit', 0]];
    await (
      await world.launcher.launch(world.request('scan-1', script))
    ).outcome;
    delete process.env['CORTEX_TEST_SECRET'];
    const names = Object.keys(JSON.parse(world.read('environment') ?? '{}') as object).toSorted();
    expect(names).toEqual(
      'CORTEX_STORE CORTEX_TASK CORTEX_TERMINATION_PATH CORTEX_WORKER HOME LANG PATH TMPDIR TZ'.split(' '),
    );
  });

  it('runs an attempt anew that left nothing valid, and judges it by what it leaves now', async () => {
    const broken = world.request('scan-1', [
      ['scribble', '{'],
      ['exit', 0],
    ]);
    await (
      await world.launcher.launch(broken)
    ).outcome;
    const again = await world.another().launch(world.request('scan-1', [['exit', 0]]));
    expect(await again.outcome).toMatchObject({ kind: 'lost', class: 'protocol', detail: 'it left no envelope' });
    expect(await world.runs('scan-1')).toBe(2);
  });

  it('caps the log, and says how much it dropped', async () => {
    const lines = Array.from({ length: 50 }, (): readonly [string, string] => ['say', 'x'.repeat(100_000)]);
    await (
      await world.launcher.launch(world.request('scan-1', [...lines, ['leave']]))
    ).outcome;
    const log = await world.launcher.logs('scan-1');
    expect(log.length).toBeLessThan(4 * 1024 * 1024 + 200);
    expect(log.trimEnd().split('\n').at(-1)).toMatch(
      /^\[\d+ further lines were dropped: the log is capped at 4194304 bytes\]$/,
    );
  });

  describe('when the launcher was killed', () => {
    const launchElsewhere = async (request: LaunchRequest): Promise<void> => {
      const holder = spawn(
        process.execPath,
        [
          join(import.meta.dirname, '..', 'support', 'programs', 'hold-worker.mjs'),
          JSON.stringify(world.options),
          JSON.stringify(request),
        ],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      await once(holder.stdout, 'data');
      await written('pid');
      holder.kill('SIGKILL');
      await once(holder, 'exit');
    };

    it('a worker that watches its input ends by itself', async () => {
      await launchElsewhere(world.request('scan-1', [['pid', world.scratch('pid')], ['watch'], ['wait', 60_000]]));
      const pid = await written('pid');
      await expect.poll(() => processStart(pid), { timeout: 10_000 }).toBeUndefined();
    });

    it('a worker that goes on is ended before its attempt starts again', async () => {
      await launchElsewhere(
        world.request('scan-1', [
          ['pid', world.scratch('pid')],
          ['wait', 60_000],
        ]),
      );
      const old = await written('pid');
      expect(processStart(old)).toBeDefined();
      const running = await world.launcher.launch(world.request('scan-1', [['leave'], ['exit', 0]]));
      await gone(old);
      expect(await running.outcome).toMatchObject({ kind: 'returned' });
    });
  });
});
