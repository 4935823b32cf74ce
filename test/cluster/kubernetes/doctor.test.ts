import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTransport, type Transport } from '../../../src/cluster/kubernetes/api/transport.ts';
import { examineCluster, examineForRun } from '../../../src/cluster/kubernetes/doctor/examine.ts';
import type { CheckLine } from '../../../src/cluster/kubernetes/doctor/check.ts';
import type { Ground } from '../../../src/cluster/kubernetes/doctor/ground.ts';
import { startFakeApi, type FakeApi } from '../../support/kubernetes/fake-api.ts';
import { failedChecks, groundOver, lineOf, planWith } from './doctor-ground.ts';
import { plainAccess } from './fake-world.ts';

const wayIn = { about: 'the fake API server', isUnverified: false };

describe('the examination of a cluster', () => {
  let api: FakeApi;
  let transport: Transport;
  beforeEach(async () => {
    api = await startFakeApi({ manner: 'simulated' });
    transport = openTransport(plainAccess(api.url), { patienceMs: 1000 });
  });
  afterEach(async () => {
    transport.close();
    await api.close();
  });

  const examine = (change: Partial<Ground> = {}, plan = planWith()): Promise<readonly CheckLine[]> =>
    examineCluster(groundOver(transport, plan, change), wayIn);

  it('finds nothing that fails in a healthy cluster, and says of each check what was seen and is needed', async () => {
    const lines = await examine();
    expect(failedChecks(lines)).toEqual([]);
    expect(lines.filter(({ seen, needed }) => seen === '' || needed === '')).toEqual([]);
    expect(lineOf(lines, 'nodes')).toMatchObject({ ok: true, seen: '7 of 7 Ready' });
    expect(lineOf(lines, 'nodes for workers')?.seen).toContain('4 take workers');
    expect(lineOf(lines, 'metrics')).toMatchObject({ ok: true, seen: 'metrics-server tells of 7 nodes' });
  });

  it('leaves nothing in the cluster', async () => {
    await examine();
    expect(api.verbs.list('configmaps', 'cortex-workers')).toEqual([]);
    expect(api.verbs.list('secrets', 'cortex-workers')).toEqual([]);
    expect(api.verbs.list('jobs', 'cortex-workers')).toEqual([]);
  });

  it('names the one right that is missing, and tries no object that needs it', async () => {
    api.rights.deny({ verb: 'create', resource: 'jobs' });
    const lines = await examine();
    expect(failedChecks(lines)).toEqual(['right: create jobs.batch']);
    expect(lineOf(lines, 'right: create jobs.batch')).toMatchObject({
      seen: expect.stringContaining('cortex-workers'),
    });
  });

  it('does not take for a fault of the cluster what it may not read', async () => {
    api.rights.deny({ verb: 'list', resource: 'nodes' });
    const lines = await examine();
    expect(failedChecks(lines)).toEqual(['right: list nodes']);
    expect(lineOf(lines, 'nodes')).toMatchObject({ ok: null });
  });

  it('says that metrics are unknown where nobody serves them', async () => {
    api.setMetrics(false);
    const lines = await examine();
    expect(failedChecks(lines)).toEqual([]);
    expect(lineOf(lines, 'metrics')).toMatchObject({ ok: null, seen: expect.stringContaining('no metrics-server') });
  });

  it('fails over a clock that differs by a minute; a run only says so, since it goes by the clock of the store', async () => {
    const now = (): number => Date.now() + 60_000;
    expect(failedChecks(await examine({ now }))).toEqual(['clock of the cluster']);
    const lines = await examineForRun(groundOver(transport, planWith(), { now, clock: 'the store' }), wayIn);
    expect(failedChecks(lines)).toEqual([]);
    expect(lineOf(lines, 'clock of the cluster')).toMatchObject({ ok: true, remedy: expect.any(String) });
  });

  it('says once that the server does not answer, as trouble outside', async () => {
    await api.stop();
    const lines = await examine();
    expect(failedChecks(lines)).toEqual(['way in']);
    expect(lineOf(lines, 'way in')).toMatchObject({ isOutside: true });
    await api.start();
  });

  it('says that a refused token is for the user to mend', async () => {
    api.tokens.issue(60_000);
    const lines = await examine();
    expect(failedChecks(lines)).toEqual(['way in']);
    expect(lineOf(lines, 'way in')?.isOutside).toBeUndefined();
  });

  it('makes a line of a check that breaks, and goes on with the others', async () => {
    api.faults.next({ status: 500 }, { path: /resourcequotas/ });
    const lines = await examine();
    expect(failedChecks(lines)).toEqual(['quota']);
    expect(lineOf(lines, 'quota')).toMatchObject({ isOutside: true });
    expect(lineOf(lines, 'dry run')).toMatchObject({ ok: true });
  });

  it('asks before a run for less, and finds what would make it fail', async () => {
    await examine();
    const { total: whole } = api.counts();
    api.resetCounts();
    api.rights.deny({ verb: 'create', resource: 'secrets' });
    const plan = planWith((spec) => (spec['cluster'] = { nodes: { ready: 9 } }));
    const lines = await examineForRun(groundOver(transport, plan), wayIn);
    expect([...failedChecks(lines)].sort()).toEqual(['nodes', 'right: create secrets']);
    expect(api.counts().total).toBeLessThan(whole);
  });
});
