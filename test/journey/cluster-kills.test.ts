import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventType } from '../../src/protocol/event.ts';
import { eventually, startDeployed } from '../deploy/deployed.ts';
import { clusterPlan, firstWorkers, planWorkers, rehearsalFlags } from '../support/cluster-plan.ts';
import { whatStays, watchPods, type PodWatch } from '../support/cluster-pods.ts';
import { dataOf, finishedWorkers, logOf, startClusterLeg, type ClusterRun } from '../support/cluster-run.ts';
import { clusterGate, type Cluster } from '../support/clusters.ts';
import { programs } from '../support/journey.ts';
import { contentOf, finishedTwice, scriptedWorld, type ScriptedWorld } from '../support/resumed-run.ts';
import { freshId } from '../support/shared-run.ts';
import { stores } from '../support/stores.ts';

const { skip, note } = clusterGate();

/** What a process may have seen last. */
const lastSeen: readonly EventType[] = [
  'execution.started',
  'snapshot.taken',
  'budget.reserved',
  'worker.launched',
  'worker.placed',
  'worker.finished',
  'budget.settled',
  'results.aggregated',
  'report.written',
];

describe.skipIf(skip).each(stores().slice(0, 1))(
  `a run whose workers are pods, when something is killed${note}`,
  ({ url }) => {
    let cluster: Cluster;
    let seen: PodWatch;
    let expected = '';
    const undisturbed = scriptedWorld(clusterPlan());
    const runIn = (world: ScriptedWorld, duration: string): ClusterRun => {
      return { cluster, store: url, id: freshId(), path: world.path, flags: rehearsalFlags(duration) };
    };
    beforeAll(async () => {
      cluster = await startDeployed({ name: 'kills', args: ['--servers', '1'] });
      // The runs of this file are side by side.
      const room = {
        spec: { hard: { pods: '100', 'requests.cpu': '30', 'requests.memory': '100Gi', 'limits.memory': '100Gi' } },
      };
      await cluster.kubectl([
        'patch',
        'resourcequota',
        'cortex-workers',
        '-n',
        'cortex-workers',
        '-p',
        JSON.stringify(room),
      ]);
      seen = watchPods(cluster);
      const run = runIn(undisturbed, '1s');
      await startClusterLeg(run).ended;
      expected = contentOf(undisturbed.out, run.id);
    }, 120_000);
    afterAll(async () => {
      undisturbed.remove();
      await seen?.close();
      await cluster?.down();
    });

    const podsOf = (id: string): readonly string[] =>
      seen
        .all(id)
        .map(({ worker }) => worker)
        .sort();

    it('the API server, and started again: the run says that it was blind, and goes on', async () => {
      const world = scriptedWorld(clusterPlan());
      const run = runIn(world, '4s');
      const leg = startClusterLeg(run);
      // A pod whose creation nobody hears of would be made again, by the Job controller of Kubernetes itself.
      await eventually(
        () => Promise.resolve(seen.most(run.id)),
        (together) => together.length === firstWorkers.length,
      );
      await cluster.stop('apiserver', 'KILL');
      await eventually(
        () => Promise.resolve(dataOf(logOf(run), 'watch.lost')),
        (lost) => lost.length > 0,
      );
      await cluster.start('apiserver');
      expect(await leg.ended).toMatchObject({ code: 0, stderr: '' });
      const log = logOf(run);
      expect(dataOf(log, 'watch.lost')).toHaveLength(1);
      const [restored] = dataOf(log, 'watch.restored');
      expect(restored?.gapMs).toBeGreaterThan(1000);
      expect(finishedWorkers(log)).toEqual(planWorkers);
      expect(dataOf(log, 'worker.lost')).toEqual([]);
      expect(podsOf(run.id)).toEqual(planWorkers);
      expect(contentOf(world.out, run.id)).toBe(expected);
      expect(await whatStays(cluster, run.id)).toEqual([]);
      world.remove();
    }, 120_000);

    it.concurrent.for(lastSeen)(
      'the process after %s: the next one takes its pods over, starts none twice and books nothing twice',
      { timeout: 150_000 },
      async (type, { expect: expectHere }) => {
        const world = scriptedWorld(clusterPlan());
        const run = runIn(world, '6s');
        try {
          const preload = join(programs, 'kill-after.mjs');
          const killed = await startClusterLeg(run, { preload, env: { KILL_AFTER_TYPE: type } }).ended;
          expectHere(killed.signal).toBe('SIGKILL');
          const before = logOf(run);
          expectHere(await startClusterLeg(run).ended).toMatchObject({ code: 0, stderr: '' });
          const log = logOf(run);
          expectHere(log.slice(0, before.length)).toEqual(before);
          expectHere(contentOf(world.out, run.id)).toBe(expected);
          expectHere(finishedTwice(log)).toEqual([]);
          expectHere(podsOf(run.id)).toEqual(planWorkers);
          expectHere(
            dataOf(log, 'budget.reserved')
              .map(({ key }) => key)
              .sort(),
          ).toEqual(planWorkers);
          expectHere(
            dataOf(log, 'budget.settled')
              .map(({ key }) => key)
              .sort(),
          ).toEqual(planWorkers);
          expectHere(await whatStays(cluster, run.id)).toEqual([]);
        } finally {
          world.remove();
        }
      },
    );
  },
);
