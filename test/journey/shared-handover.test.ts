import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { executionKeys } from '../../src/coordination/redis/keys.ts';
import type { Event } from '../../src/protocol/event.ts';
import { startCli, type RunningCli } from '../support/cli.ts';
import { readResults } from '../support/journey.ts';
import { redisWorld, until } from '../support/redis-worlds.ts';
import { scriptedWorld, type ScriptedWorld } from '../support/resumed-run.ts';
import { freshId, readCopies } from '../support/shared-run.ts';
import { smallRun } from '../support/small-run.ts';
import { stores } from '../support/stores.ts';

/** Milliseconds from the first event that is one such to the first that is another. */
function between(log: readonly Event[], from: (event: Event) => boolean, to: (event: Event) => boolean): number {
  return Date.parse(log.find(to)?.at ?? '') - Date.parse(log.find(from)?.at ?? '');
}

describe.each(stores().slice(0, 1))('a process that is told to end, over $name', ({ url }) => {
  it('lets go of its masters at once: another goes on long before their lease is over', async () => {
    const small = smallRun(url, { severity: 'critical', lease: '30s' });
    const { id } = small.run;
    const first = small.start();
    await first.printed(/question/);
    first.signal('SIGTERM');
    const told = await first.ended;
    const second = small.resume();
    await second.printed(/runs security-master instead of/);
    await small.cortex('answer', id, 'find-critical', 'proceed');
    expect(await second.ended).toMatchObject({ code: 0, stderr: '' });
    expect(told).toMatchObject({ code: 1, stderr: `\ncortex: interrupted. Go on with: cortex run --resume ${id}\n` });
    const took = between(
      readCopies(small.world.out, id),
      (event) => event.type === 'claim.released' && event.data.claim === 'security-master',
      (event) => event.type === 'master.adopted' && event.data.master === 'security-master',
    );
    expect(took).toBeGreaterThanOrEqual(0);
    expect(took).toBeLessThan(10_000);
    small.remove();
  });
});

/** The real worker runs the repository's tests, which wait until a file is there. */
function slowPlan(go: string): string {
  const command = ['sh', '-c', `echo $$ >> ${go}.pids; while [ ! -e ${go} ]; do sleep 0.05; done`];
  return `
apiVersion: cortex/v1
kind: Plan
metadata: { name: slow }
spec:
  deadline: 60m
  masters:
    - name: testing-master
      tasks:
        - { id: cover, worker: test-worker, capability: coverage, inputs: { command: ${JSON.stringify(command)} } }
  success:
    - { id: done, check: tasks.failed == 0 }
`;
}

describe.each(stores().slice(0, 1))('a process whose workers are at work, over $name', ({ url }) => {
  const redis = redisWorld();
  let folder: string;
  let world: ScriptedWorld;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cortex-slow-'));
    world = scriptedWorld(slowPlan(join(folder, 'go')));
  });
  afterEach(async () => {
    rmSync(folder, { recursive: true });
    world.remove();
    await redis.close();
  });

  function start(id: string): RunningCli {
    const flags = ['--id', id, '--lease', '1s', '--leg-wait', '1s'];
    return startCli(['run', 'plans/scripted.yaml', ...flags], { cwd: world.path, env: { CORTEX_STORE: url } });
  }

  const isRunning = (pid: number): boolean => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };

  it.each(['SIGTERM', 'SIGKILL'] as const)(
    'that ends by %s leaves none of them behind, and their attempts free for the next',
    async (signal) => {
      const id = freshId();
      const client = await redis.connect(url);
      const first = start(id);
      await first.printed(/cover-1 .*started/);
      await until(async () => (await client.call('HGET', [executionKeys(id).attempt('cover-1'), 'owner'])) !== null);
      const pidsFile = join(folder, 'go.pids');
      const pids = (): readonly number[] =>
        readFileSync(pidsFile, { encoding: 'utf8', flag: 'a+' }).trim().split('\n').map(Number);
      await until(() => (pids()[0] ?? 0) > 0);
      first.signal(signal);
      await first.ended;
      await until(() => !pids().some(isRunning));
      writeFileSync(join(folder, 'go'), '');
      const second = await start(id).ended;
      expect(second).toMatchObject({ code: 0, stderr: '' });
      const log = readCopies(world.out, id);
      const took = between(
        log,
        (event) => event.type === 'master.adopted',
        (event) => event.type === 'worker.finished',
      );
      // An attempt is leased for half a minute.
      expect(took).toBeLessThan(10_000);
      const { tasks } = readResults(world.out, id) as { tasks: { status: string; attempts: number }[] };
      expect(tasks).toMatchObject([{ status: 'complete', attempts: 1 }]);
    },
  );
});
