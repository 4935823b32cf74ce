import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anchorName } from '../../src/cluster/kubernetes/spec/names.ts';
import { startDeployed } from '../deploy/deployed.ts';
import { clusterPlan, firstWorkers, planWorkers, rehearsalFlags } from '../support/cluster-plan.ts';
import { leftBehind, whatStays } from '../support/cluster-pods.ts';
import { startBounded, startClusterLeg, type ClusterRun } from '../support/cluster-run.ts';
import { clusterGate, type Cluster } from '../support/clusters.ts';
import { startServer, type StoreServer } from '../support/redis-servers.ts';
import { scriptedWorld } from '../support/resumed-run.ts';
import { freshId } from '../support/shared-run.ts';
import { stores } from '../support/stores.ts';

const { skip, note } = clusterGate();

interface Remains {
  readonly execution_id: string;
  readonly workers: readonly {
    readonly worker: string;
    readonly status: string;
    readonly node: string;
    readonly envelope: { readonly status: string } | null;
    readonly result_kept: boolean | null;
  }[];
}

describe.skipIf(skip).each(stores().slice(0, 1))(`what runs leave in a cluster${note}`, ({ name: engine }) => {
  let cluster: Cluster;
  let server: StoreServer;
  const world = scriptedWorld(clusterPlan());
  beforeAll(async () => {
    [cluster, server] = await Promise.all([
      startDeployed({ name: 'leftovers', args: ['--servers', '0', '--agents', '2'] }),
      startServer(engine),
    ]);
  }, 120_000);
  afterAll(async () => {
    world.remove();
    await server?.remove();
    await cluster?.down();
  });

  const runOf = (duration: string): ClusterRun => {
    return { cluster, store: server.url, id: freshId(), path: world.path, flags: rehearsalFlags(duration) };
  };
  const gc = async (...flags: readonly string[]): Promise<string> => {
    const ended = await startBounded(['gc', ...flags], { cluster, path: world.path }).ended;
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    return ended.stdout;
  };
  const setEnd = (run: ClusterRun, at: string): Promise<string> =>
    cluster.kubectl([
      'annotate',
      'configmap',
      anchorName(run.id),
      `cortex.dev/ends-at=${at}`,
      '--overwrite',
      '-n',
      'cortex-workers',
    ]);

  it('when the store has lost all its data: the run ends, and what the cluster still knew is written down', async () => {
    const run = runOf('4s');
    const leg = startClusterLeg(run, { flags: ['--store-timeout', '20s'] });
    await leg.printed(/fix-1 runs as/);
    await server.restartEmpty();
    const ended = await leg.ended;
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/no longer has/);
    expect(ended.stderr).toMatch(/the cluster still knows 5 workers/);
    const file = join(world.out, 'executions', run.id, 'cluster-remains.json');
    const remains = JSON.parse(readFileSync(file, 'utf8')) as Remains;
    expect(remains.execution_id).toBe(run.id);
    expect(remains.workers.map(({ worker }) => worker).sort()).toEqual(planWorkers);
    for (const each of remains.workers.filter(({ worker }) => firstWorkers.includes(worker))) {
      expect(each).toMatchObject({ status: 'ended', envelope: { status: 'done' }, result_kept: true });
    }
    const report = await startBounded(['report', run.id], run).ended;
    expect(report.code).toBe(0);
    await setEnd(run, '2020-01-01T00:00:00Z');
    await gc();
    expect(await whatStays(cluster, run.id)).toEqual([]);
  });

  it('when its process is gone for good: `cortex gc` removes what is over, with all that it owned, and no other', async () => {
    const [over, living] = [runOf('60s'), runOf('60s')];
    for (const run of [over, living]) {
      const leg = startClusterLeg(run);
      await leg.printed(/catalog-1 runs as/);
      await leg.printed(/look-1 runs as/);
      leg.signal('SIGKILL');
      await leg.ended;
    }
    const whole = await leftBehind(cluster, over.id);
    const untouched = await leftBehind(cluster, living.id);
    // Anchor, program, store, and a Job and a pod for each worker.
    expect(whole).toHaveLength(3 + 2 * firstWorkers.length);
    await setEnd(over, '2020-01-01T00:00:00Z');
    const says = `ConfigMap ${anchorName(over.id)} (${over.id}): its execution had to end by 2020-01-01T00:00:00.000Z`;
    expect(await gc('--dry-run')).toContain(`would remove ${says}`);
    expect(await leftBehind(cluster, over.id)).toEqual(whole);
    const done = await gc();
    expect(done).toContain(`removed ${says}`);
    expect(done).toContain('1 left over in cortex-workers, 1 executions may still run');
    expect(await whatStays(cluster, over.id)).toEqual([]);
    expect(await leftBehind(cluster, living.id)).toEqual(untouched);
    const names = ['run', '--cancel', living.id, '--launcher', 'kubernetes', '--store', server.url];
    expect(await startBounded(names, living).ended).toMatchObject({ code: 0, stderr: '' });
    expect(await whatStays(cluster)).toEqual([]);
  });
});
