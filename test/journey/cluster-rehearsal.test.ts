import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parsePlan } from '../../src/plan/parse.ts';
import { allTasks } from '../../src/plan/plan.ts';
import { masterNames } from '../../src/protocol/words.ts';
import { startDeployed } from '../deploy/deployed.ts';
import { runCli, type CliOutcome } from '../support/cli.ts';
import { whatStays, watchPods, type PodWatch, type SeenPod } from '../support/cluster-pods.ts';
import { dataOf, logOf, startBounded, startClusterLeg, type ClusterRun } from '../support/cluster-run.ts';
import { clusterGate, type Cluster } from '../support/clusters.ts';
import { projectRoot, readResults } from '../support/journey.ts';
import { scriptedWorld } from '../support/resumed-run.ts';
import { freshId } from '../support/shared-run.ts';
import { shopFiles } from '../support/shop.ts';
import { stores } from '../support/stores.ts';

const { skip, note } = clusterGate();
const fullPlan = readFileSync(join(projectRoot, 'plans', 'full-orchestration.yaml'), 'utf8');

/** Tasks of the full plan that a run without a model works on, and those of them that wait for no other. */
function tasksOf(text: string): { readonly workable: readonly string[]; readonly first: readonly string[] } {
  const parsed = parsePlan(text, 'plan.yaml');
  if ('problems' in parsed) throw new Error('the full plan is not valid');
  const workable = allTasks(parsed.plan).filter(({ needsModel }) => !needsModel);
  return {
    workable: workable.map(({ id }) => id),
    first: workable.filter(({ needs }) => needs.length === 0).map(({ id }) => id),
  };
}

const { workable, first } = tasksOf(fullPlan);
const agents = ['agent-1', 'agent-2', 'agent-3', 'agent-4'];
const workersOf = (ids: readonly string[]): readonly string[] => ids.map((id) => `${id}-1`).sort();

const ways: readonly [name: string, start: (run: ClusterRun) => Promise<readonly CliOutcome[]>][] = [
  ['one process', async (run) => [await startClusterLeg(run).ended]],
  [
    'seven processes',
    (run) => Promise.all(masterNames.map((master) => startClusterLeg(run, { masters: [master] }).ended)),
  ],
];

interface Placed {
  readonly worker_id: string;
  readonly pod: string;
  readonly node: string;
}

/** `worker-distribution.json`, worker by worker. */
function distribution(out: string): readonly Placed[] {
  const text = readFileSync(join(out, 'worker-distribution.json'), 'utf8');
  const { nodes } = JSON.parse(text) as { nodes: Record<string, Placed[]> };
  return Object.values(nodes).flat();
}

function perAgent(pods: readonly SeenPod[]): readonly number[] {
  return agents.map((agent) => pods.filter(({ node }) => node === agent).length);
}

describe.skipIf(skip).each(stores().slice(0, 1))(`a rehearsal on three servers and four agents${note}`, ({ url }) => {
  let cluster: Cluster;
  let seen: PodWatch;
  beforeAll(async () => {
    cluster = await startDeployed({ name: 'rehearsal' });
    seen = watchPods(cluster);
  }, 120_000);
  afterAll(async () => {
    await seen?.close();
    await cluster?.down();
  });

  describe.each(ways)('by %s', (_name, start) => {
    const world = scriptedWorld(fullPlan, shopFiles);
    const id = freshId();
    let run: ClusterRun;
    let ended: readonly CliOutcome[];
    beforeAll(async () => {
      // Seven processes take seconds to come up on two cores: the first one's workers still stand when the last one's come.
      run = { cluster, store: url, id, path: world.path, flags: ['--rehearse', '8s', '--leg-wait', '30s'] };
      ended = await start(run);
    }, 150_000);
    afterAll(world.remove);

    it('ends well', () => {
      for (const end of ended) expect(end).toMatchObject({ code: 0, stderr: '' });
    });

    it('says in its first event, its state and its report that it is one', () => {
      expect(logOf(run)[0]).toMatchObject({ type: 'execution.started', data: { simulated: true } });
      expect(readResults(world.out, id)).toMatchObject({ simulated: true, status: 'complete' });
      const report = readFileSync(join(world.out, 'execution-plans', `${id}-FINAL-REPORT.md`), 'utf8');
      expect(report.split('\n')[0]).toContain('SIMULATED');
      expect(JSON.parse(readFileSync(join(world.out, 'current-execution.json'), 'utf8'))).toMatchObject({
        execution_id: id,
        simulated: true,
      });
    });

    it('starts a pod for each worker that needs no model, 16 or more, and no second one for any', () => {
      expect(workable.length).toBeGreaterThanOrEqual(16);
      expect(
        seen
          .all(id)
          .map(({ worker }) => worker)
          .sort(),
      ).toEqual(workersOf(workable));
    });

    it('has pod and node of each worker as the API server has them', () => {
      const theirs = seen.all(id).map(({ worker, name, node }) => ({ worker_id: worker, pod: name, node }));
      const byWorker = (a: Placed, b: Placed): number => (a.worker_id < b.worker_id ? -1 : 1);
      const ours = distribution(world.out).map(({ worker_id, pod, node }) => ({ worker_id, pod, node }));
      expect([...ours].sort(byWorker)).toEqual([...theirs].sort(byWorker));
    });

    it('runs all workers at one time that wait for no other, spread over the agents, and none on a server', () => {
      const together = seen.most(id);
      expect(together.map(({ worker }) => worker)).toEqual(expect.arrayContaining([...workersOf(first)]));
      const counts = perAgent(together);
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      expect(seen.all(id).filter(({ node }) => !agents.includes(node))).toEqual([]);
    });

    it('leaves nothing behind in the namespace of the workers', async () => {
      expect(await whatStays(cluster)).toEqual([]);
    });

    it('leaves no assets and no changes: a real run after it compares with nothing', async () => {
      expect(readdirSync(join(world.out, 'archives', id))).toEqual(['evidence']);
      const next = freshId();
      const real = ['run', 'plans/scripted.yaml', '--id', next, '--masters', 'inventory-master'];
      expect(await runCli(real, { cwd: world.path })).toMatchObject({ stderr: '' });
      const [preflight] = dataOf(logOf({ path: world.path, id: next }), 'preflight.checked');
      expect(preflight?.baseline).toEqual({ assets: 0, source: null, list: null });
      expect(existsSync(join(world.out, 'archives', next, 'assets.json'))).toBe(true);
    });

    it('is not taken for a real run that has ended', async () => {
      const real = await startClusterLeg({ ...run, flags: [] }).ended;
      const says = `${id} is a rehearsal, and this process was started for a real run`;
      expect(real).toMatchObject({ code: 2, stderr: expect.stringContaining(says) as string });
    });
  });

  it('is never gone on with as a real run, and no real process joins it', async () => {
    const world = scriptedWorld(fullPlan, shopFiles);
    const real: ClusterRun = { cluster, store: url, id: freshId(), path: world.path };
    const rehearsal = { ...real, flags: ['--rehearse', '4s', '--lease', '3s'] };
    const leg = startClusterLeg(rehearsal);
    await leg.printed(/analyse-workflows-1 runs as/);
    const says = `${real.id} is a rehearsal, and this process was started for a real run`;
    const joining = await startClusterLeg(real, { masters: ['security-master'] }).ended;
    expect(joining).toMatchObject({ code: 2, stderr: expect.stringContaining(says) as string });
    leg.signal('SIGKILL');
    await leg.ended;
    const ways = ['--launcher', 'kubernetes', '--store', url];
    const resumed = await startBounded(['run', '--resume', real.id, ...ways], real).ended;
    expect(resumed).toMatchObject({ code: 2, stderr: expect.stringContaining(says) as string });
    expect(await startClusterLeg(rehearsal).ended).toMatchObject({ code: 0, stderr: '' });
    world.remove();
  });
});
