import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, startDeployed } from '../deploy/deployed.ts';
import { clusterPlan, firstWorkers, planWorkers, rehearsalFlags, type PlanWishes } from '../support/cluster-plan.ts';
import { whatStays, watchPods, type PodWatch } from '../support/cluster-pods.ts';
import { dataOf, finishedWorkers, logOf, startClusterLeg, type ClusterRun } from '../support/cluster-run.ts';
import { clusterGate, type Cluster } from '../support/clusters.ts';
import { scriptedWorld } from '../support/resumed-run.ts';
import { freshId } from '../support/shared-run.ts';
import { stores } from '../support/stores.ts';

const { skip, note } = clusterGate();

describe.skipIf(skip).each(stores().slice(0, 1))(
  `a run whose workers are pods, where room is short${note}`,
  ({ url }) => {
    let cluster: Cluster;
    let seen: PodWatch;
    beforeAll(async () => {
      cluster = await startDeployed({ name: 'room', args: ['--servers', '0', '--agents', '1', '--agent-cpu', '4'] });
      seen = watchPods(cluster);
    }, 120_000);
    afterAll(async () => {
      await seen?.close();
      await cluster?.down();
    });

    const runOf = (plan: string): { run: ClusterRun; remove: () => void } => {
      const world = scriptedWorld(plan);
      const run = { cluster, store: url, id: freshId(), path: world.path, flags: rehearsalFlags('8s') };
      return { run, remove: world.remove };
    };
    const setQuota = (podCount: string): Promise<string> => {
      const patch = JSON.stringify({ spec: { hard: { pods: podCount } } });
      return cluster.kubectl(['patch', 'resourcequota', 'cortex-workers', '-n', 'cortex-workers', '-p', patch]);
    };
    const waits = (run: ClusterRun, reason: string): Promise<readonly { worker: string; detail: string }[]> =>
      eventually(
        () => Promise.resolve(dataOf(logOf(run), 'worker.waiting').filter((waiting) => waiting.reason === reason)),
        (found) => found.length > 0,
      );
    const allDone = (run: ClusterRun): void => {
      const log = logOf(run);
      expect(dataOf(log, 'worker.lost')).toEqual([]);
      expect(finishedWorkers(log)).toEqual(planWorkers);
      expect(
        seen
          .all(run.id)
          .map(({ worker }) => worker)
          .sort(),
      ).toEqual(planWorkers);
    };

    it('in the quota: workers wait and say why, and run when it has been raised', async () => {
      const { run, remove } = runOf(clusterPlan());
      await setQuota('1');
      const leg = startClusterLeg(run);
      const [waiting] = await waits(run, 'quota');
      expect(waiting?.detail).toContain(
        'exceeded quota: cortex-workers, requested: pods=1, used: pods=1, limited: pods=1',
      );
      expect(seen.most(run.id)).toHaveLength(1);
      await setQuota('24');
      expect(await leg.ended).toMatchObject({ code: 0, stderr: '' });
      // Those that have waited run at one time.
      expect(seen.most(run.id).length).toBeGreaterThanOrEqual(firstWorkers.length - 1);
      allDone(run);
      expect(await whatStays(cluster, run.id)).toEqual([]);
      remove();
    });

    it('on the nodes: workers wait and say why, and run when there is room', async () => {
      const { run, remove } = runOf(clusterPlan());
      const containers = [{ name: 'busy', image: 'node:24-bookworm', resources: { requests: { cpu: '3900m' } } }];
      const busy = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'busy', namespace: 'default' },
        spec: { containers },
      };
      await cluster.kubectl(['create', '-f', '-'], JSON.stringify(busy));
      const leg = startClusterLeg(run);
      const [waiting] = await waits(run, 'unschedulable');
      expect(waiting?.detail).toContain('Insufficient cpu');
      expect(seen.most(run.id)).toEqual([]);
      await cluster.kubectl(['delete', 'pod', 'busy', '-n', 'default', '--wait=false']);
      expect(await leg.ended).toMatchObject({ code: 0, stderr: '' });
      allDone(run);
      expect(await whatStays(cluster, run.id)).toEqual([]);
      remove();
    });

    it.each<[string, PlanWishes, RegExp]>([
      [
        'every node',
        { scan: '{ timeout: 5m, resources: { cpu: 5 } }' },
        /find-secrets, find-workflows: it asks for 5000m of cpu.* the largest have 4000m/,
      ],
      ['every node that it selects', { cluster: '{ nodeSelector: { disk: fast } }' }, /0 take workers/],
    ])('too large for %s: the run says so before it starts anything', async (_where, wishes, why) => {
      const { run, remove } = runOf(clusterPlan(wishes));
      const ended = await startClusterLeg(run, { limitMs: 20_000 }).ended;
      expect(ended).toMatchObject({ code: 2, stderr: expect.stringMatching(why) as string });
      expect(seen.all(run.id)).toEqual([]);
      expect(await whatStays(cluster, run.id)).toEqual([]);
      remove();
    });
  },
);
