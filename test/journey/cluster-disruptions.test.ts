import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, startDeployed } from '../deploy/deployed.ts';
import { clusterPlan, planWorkers, rehearsalFlags } from '../support/cluster-plan.ts';
import { whatStays, watchPods, type PodWatch, type SeenPod } from '../support/cluster-pods.ts';
import { dataOf, finishedWorkers, logOf, startClusterLeg, type ClusterRun } from '../support/cluster-run.ts';
import { clusterGate, type Cluster } from '../support/clusters.ts';
import { scriptedWorld, type ScriptedWorld } from '../support/resumed-run.ts';
import { freshId } from '../support/shared-run.ts';
import { stores } from '../support/stores.ts';

const { skip, note } = clusterGate();
const workers = ['-n', 'cortex-workers'];
const pods = '/api/v1/namespaces/cortex-workers/pods';
/** Two agents for each run of this file, so that none disturbs another. */
const pairs = { lost: 'agent-1 agent-2', preempted: 'agent-3 agent-4', deleted: 'agent-5 agent-6' };
type Pair = keyof typeof pairs;

interface Disturbed extends ClusterRun {
  readonly world: ScriptedWorld;
}

describe.skipIf(skip).each(stores().slice(0, 1))(
  `a run whose workers are pods, when those are ended from outside${note}`,
  ({ url }) => {
    let cluster: Cluster;
    let seen: PodWatch;
    beforeAll(async () => {
      cluster = await startDeployed({ name: 'disruptions', args: ['--servers', '0', '--agents', '6'] });
      for (const [pair, agents] of Object.entries(pairs)) {
        await cluster.kubectl(['label', 'node', ...agents.split(' '), `pair=${pair}`]);
      }
      seen = watchPods(cluster);
    }, 120_000);
    afterAll(async () => {
      await seen?.close();
      await cluster?.down();
    });

    const runOn = (pair: Pair, duration: string): Disturbed => {
      const world = scriptedWorld(clusterPlan({ cluster: `{ nodeSelector: { pair: ${pair} } }` }));
      return { world, cluster, store: url, id: freshId(), path: world.path, flags: rehearsalFlags(duration) };
    };
    const podOf = (run: ClusterRun, worker: string): Promise<SeenPod> =>
      eventually(
        () => Promise.resolve(seen.all(run.id).find((pod) => pod.worker === worker && pod.phase === 'Running')),
        (pod) => pod !== undefined,
      ) as Promise<SeenPod>;
    const running = (run: ClusterRun, count: number): Promise<unknown> =>
      eventually(
        () => Promise.resolve(seen.all(run.id).filter(({ phase }) => phase === 'Running')),
        (found) => found.length === count,
      );
    /** By which class and cause each lost attempt was lost. */
    const losses = (run: ClusterRun): Readonly<Record<string, string>> =>
      Object.fromEntries(dataOf(logOf(run), 'worker.lost').map((lost) => [lost.worker, `${lost.class} ${lost.cause}`]));
    const counted = ({ world }: Disturbed): unknown => {
      const text = readFileSync(join(world.out, 'worker-pool.json'), 'utf8');
      return (JSON.parse(text) as { disruptions: unknown }).disruptions;
    };
    /** The run is well, each task is done by the attempt that followed the lost one, and nothing stays behind. */
    const endsWell = async (run: Disturbed, lost: readonly string[]): Promise<void> => {
      const log = logOf(run);
      const done = planWorkers.map((worker) => (lost.includes(worker) ? worker.replace(/1$/, '2') : worker));
      expect(finishedWorkers(log)).toEqual(done.sort());
      expect(
        seen
          .all(run.id)
          .map(({ worker }) => worker)
          .sort(),
      ).toEqual([...done, ...lost].sort());
      expect(await whatStays(cluster, run.id)).toEqual([]);
      run.world.remove();
    };

    it.concurrent('drained, deleted as a pod, deleted as a Job: each is told apart, and tried again', async () => {
      const run = runOn('deleted', '6s');
      const leg = startClusterLeg(run);
      await running(run, 4);
      const [drained, deleted, jobless] = await Promise.all([
        podOf(run, 'find-secrets-1'),
        podOf(run, 'find-workflows-1'),
        podOf(run, 'catalog-1'),
      ]);
      const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: drained.name } };
      expect(await cluster.api.post(`${pods}/${drained.name}/eviction`, eviction)).toMatchObject({ status: 201 });
      await cluster.kubectl(['delete', 'pod', deleted.name, '--wait=false', ...workers]);
      const job = jobless.name.replace(/-[^-]+$/, '');
      await cluster.kubectl(['delete', 'job', job, '--wait=false', ...workers]);
      expect(await leg.ended).toMatchObject({ code: 0, stderr: '' });
      expect(losses(run)).toEqual({
        'find-secrets-1': 'disruption drained',
        'find-workflows-1': 'disruption deleted',
        'catalog-1': 'disruption deleted',
      });
      expect(counted(run)).toEqual({ drained: 1, deleted: 2 });
      await endsWell(run, ['find-secrets-1', 'find-workflows-1', 'catalog-1']);
    });

    it.concurrent(
      'a second pod that the Job controller makes of one Job, and takes away again: no worker is lost',
      async () => {
        const run = runOn('deleted', '6s');
        const leg = startClusterLeg(run);
        const { name } = await podOf(run, 'look-1');
        const { body } = await cluster.api.get(`${pods}/${name}`);
        const { metadata, spec } = body as { metadata: Record<string, unknown>; spec: Record<string, unknown> };
        const { labels, annotations, ownerReferences, finalizers } = metadata;
        const twin = {
          metadata: { name: `${name}-twin`, labels, annotations, ownerReferences, finalizers },
          spec: { ...spec, nodeName: undefined },
        };
        const caller = { user: 'system:serviceaccount:kube-system:job-controller', groups: ['system:masters'] };
        expect(await cluster.api.post(pods, twin, caller)).toMatchObject({ status: 201 });
        expect(await leg.ended).toMatchObject({ code: 0, stderr: '' });
        expect(losses(run)).toEqual({});
        expect(seen.all(run.id).filter(({ worker }) => worker === 'look-1')).toHaveLength(2);
        expect(await whatStays(cluster, run.id)).toEqual([]);
        run.world.remove();
      },
    );

    it.concurrent('preempted by what is more important', async () => {
      const run = runOn('preempted', '6s');
      const leg = startClusterLeg(run);
      await running(run, 4);
      const there = seen.all(run.id).filter(({ node }) => node === 'agent-3');
      const wanted = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'important', namespace: 'default' },
        spec: {
          priorityClassName: 'system-cluster-critical',
          nodeSelector: { 'kubernetes.io/hostname': 'agent-3' },
          containers: [{ name: 'important', image: 'node:24-bookworm', resources: { requests: { cpu: '7900m' } } }],
        },
      };
      await cluster.kubectl(['create', '-f', '-'], JSON.stringify(wanted));
      expect(await leg.ended).toMatchObject({ code: 0, stderr: '' });
      expect(there.length).toBeGreaterThan(0);
      expect(losses(run)).toEqual(Object.fromEntries(there.map(({ worker }) => [worker, 'disruption preempted'])));
      expect(counted(run)).toEqual({ preempted: there.length });
      await endsWell(
        run,
        there.map(({ worker }) => worker),
      );
    });

    it.concurrent(
      'lost with their node: started again on another, a minute after the node fell silent',
      async () => {
        const run = runOn('lost', '6s');
        const leg = startClusterLeg(run, { limitMs: 150_000 });
        await running(run, 4);
        const there = seen.all(run.id).filter(({ node }) => node === 'agent-1');
        // A node that is lost ends no pod by itself; a simulated one would.
        const endless = there.map(({ name }) =>
          cluster.kubectl(['annotate', 'pod', name, 'simulate/duration=1h', '--overwrite', ...workers]),
        );
        await Promise.all(endless);
        await cluster.kubectl(['annotate', 'node', 'agent-1', 'simulate/lost=yes']);
        expect(await leg.ended).toMatchObject({ code: 0, stderr: '' });
        expect(there.length).toBeGreaterThan(0);
        expect(losses(run)).toEqual(Object.fromEntries(there.map(({ worker }) => [worker, 'disruption node-lost'])));
        expect(counted(run)).toEqual({ 'node-lost': there.length });
        const again = seen.all(run.id).filter(({ worker }) => worker.endsWith('-2'));
        expect(again.map(({ node }) => node)).toEqual(there.map(() => 'agent-2'));
        await endsWell(
          run,
          there.map(({ worker }) => worker),
        );
      },
      180_000,
    );
  },
);
