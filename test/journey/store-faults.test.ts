import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runCli, type RunningCli } from '../support/cli.ts';
import { flakyProxy, type FlakyProxy } from '../support/flaky-proxy.ts';
import { readResults } from '../support/journey.ts';
import { startServer, type StoreServer } from '../support/redis-servers.ts';
import { stores } from '../support/stores.ts';
import {
  contentOf,
  finishedTwice,
  resumeId,
  scriptedPlan,
  scriptedWorld,
  startScripted,
  type ScriptedWorld,
} from '../support/resumed-run.ts';
import { freshId, readCopies, startLeg, type SharedRun } from '../support/shared-run.ts';

describe.each(stores())('a run whose store fails, over $name', ({ name: engine }) => {
  const undisturbed = scriptedWorld();
  let expected = '';
  let server: StoreServer;
  let proxy: FlakyProxy;
  let world: ScriptedWorld;
  let run: SharedRun;

  beforeAll(async () => {
    await startScripted(undisturbed);
    expected = contentOf(undisturbed.out, resumeId);
  });
  afterAll(undisturbed.remove);
  beforeEach(async () => {
    server = await startServer(engine);
    proxy = await flakyProxy(server.port);
    world = scriptedWorld();
    run = { url: `redis://127.0.0.1:${proxy.port}`, id: freshId(), path: world.path };
  });
  afterEach(async () => {
    await proxy.close();
    await server.remove();
    world.remove();
  });

  const inTheMiddle = (leg: RunningCli): Promise<void> => leg.printed(/(?:find|propose)-1 .*started/);

  it('killed and started again with its data: the run goes on, and no acknowledged event is lost', async () => {
    const leg = startLeg(run, { flags: ['--store-timeout', '20s'] });
    await inTheMiddle(leg);
    await server.stop('SIGKILL');
    const before = readCopies(world.out, run.id);
    await server.start();
    expect(await leg.ended).toMatchObject({ code: 3, stderr: '' });
    const log = readCopies(world.out, run.id);
    expect(log.slice(0, before.length)).toEqual(before);
    expect(contentOf(world.out, run.id)).toBe(expected);
    expect(finishedTwice(log)).toEqual([]);
  });

  it('killed and started again without its data: the run says so, and its own copy gives the report', async () => {
    const leg = startLeg(run, { flags: ['--store-timeout', '20s'] });
    await leg.printed(/find done/);
    await server.restartEmpty();
    const ended = await leg.ended;
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/no longer has/);
    expect(ended.stderr).toContain(`cortex report ${run.id}`);
    const again = await startLeg(run).ended;
    expect(again).toMatchObject({ code: 1 });
    expect(again.stderr).toContain('no longer knows');
    const report = await runCli(['report', run.id], { cwd: world.path });
    expect(report.code).toBe(0);
    expect(report.stderr).toMatch(/has not come to its end: the report shows its log up to event \d+/);
    const results = readResults(world.out, run.id) as { findings: { task_id: string }[]; status: string };
    expect(results.status).toBe('partial');
    expect(results.findings.map((finding) => finding.task_id)).toEqual(['find']);
  });

  it('out of reach for longer than its time limits: the run ends, and goes on where it was when it is back', async () => {
    const leg = startLeg(run, { flags: ['--store-timeout', '1s'] });
    await inTheMiddle(leg);
    proxy.cut();
    const cut = await leg.ended;
    expect(cut.code).toBe(1);
    expect(cut.stderr).toMatch(/did not answer|can't be reached|not reached/);
    proxy.mend();
    const before = readCopies(world.out, run.id);
    expect(await startLeg(run).ended).toMatchObject({ code: 3, stderr: '' });
    expect(contentOf(world.out, run.id)).toBe(expected);
    const log = readCopies(world.out, run.id);
    expect(log.slice(0, before.length)).toEqual(before);
    expect(finishedTwice(log)).toEqual([]);
  });

  it('out of reach for less than that: nobody notices', async () => {
    const leg = startLeg(run, { flags: ['--store-timeout', '20s'] });
    await inTheMiddle(leg);
    proxy.cut();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    proxy.mend();
    expect(await leg.ended).toMatchObject({ code: 3, stderr: '' });
    expect(contentOf(world.out, run.id)).toBe(expected);
  });

  it('slow, each command near its time limit: the run takes longer, and comes to the same', async () => {
    world.remove();
    // Workers are slowed down too.
    const patient = scriptedPlan
      .replaceAll(/timeout: [24]s/g, 'timeout: 30s')
      .replace('execution: 4s', 'execution: 2m');
    const calm = scriptedWorld(patient);
    await startScripted(calm);
    world = scriptedWorld(patient);
    run = { ...run, path: world.path };
    const leg = startLeg(run, { flags: ['--store-timeout', '1s'] });
    await leg.printed(/preflight/);
    // A try may take a quarter of the store's time limit.
    proxy.delayMs = 180;
    expect(await leg.ended).toMatchObject({ code: 3, stderr: '' });
    expect(contentOf(world.out, run.id)).toBe(contentOf(calm.out, resumeId));
    calm.remove();
  });

  it('a folder of its own for each leg: every copy is the same log', async () => {
    const legs = ['coordinator-master,development-master', 'security-master', 'cicd-master'].map((masters, index) =>
      startLeg(run, { masters: masters.split(','), out: join(world.path, `out-${index}`) }),
    );
    await Promise.all(legs.map((leg) => leg.ended));
    const [first = [], ...others] = [0, 1, 2]
      .map((index) => readCopies(join(world.path, `out-${index}`), run.id))
      .sort((a, b) => b.length - a.length);
    for (const other of others) expect(first.slice(0, other.length)).toEqual(other);
  });
});
