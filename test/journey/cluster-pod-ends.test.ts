import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../deploy/deployed.ts';
import type { CliOutcome } from '../support/cli.ts';
import { clusterPlan } from '../support/cluster-plan.ts';
import { whatStays, watchPods, type PodWatch } from '../support/cluster-pods.ts';
import { onRealNode, startReal, type RealCluster } from '../support/cluster-real.ts';
import {
  dataOf,
  foundBy,
  logOf,
  startBounded,
  startClusterLeg,
  type ClusterLeg,
  type ClusterRun,
} from '../support/cluster-run.ts';
import { realNodeGate } from '../support/clusters.ts';
import { programs, projectRoot, readResults } from '../support/journey.ts';
import { finishedTwice, scriptedWorld, type ScriptedWorld } from '../support/resumed-run.ts';
import { freshId } from '../support/shared-run.ts';
import { shopFiles } from '../support/shop.ts';

const { skip, note } = realNodeGate();
const small = 'resources: { cpu: 50m, memory: 160Mi, disk: 64Mi }';
const kinds = `{ timeout: 5m, ${small} }`;
/** By a digest that nothing has, from a registry that nobody runs. */
const missing = `127.0.0.1:9/cortex/worker@sha256:${'0'.repeat(64)}`;
const images = `images: { scan-worker/workflows: '${missing}' }`;
const onNode = (more = ''): string => `\n    ${onRealNode}\n    ${more}`;
/** A task whose worker is long at work: it runs a command of the repository. */
const slowTask = (seconds: number): string =>
  `        - { id: slow, worker: test-worker, capability: coverage, inputs: { command: [sleep, '${seconds}'] } }`;

interface Given extends ClusterRun {
  readonly world: ScriptedWorld;
}

describe.skipIf(skip)(`workers that are real pods, and how they end${note}`, () => {
  const folder = skip ? '' : mkdtempSync(join(tmpdir(), 'cortex-hog-'));
  let real: RealCluster;
  let seen: PodWatch;
  let troubled: ReturnType<typeof runTroubled>;
  beforeAll(async () => {
    real = await startReal('ends');
    seen = watchPods(real.cluster);
    troubled = runTroubled();
    // It is awaited last: an image that is not there takes a minute to be given up.
    troubled.catch(() => undefined);
  }, 300_000);
  afterAll(async () => {
    await seen?.close();
    await real?.down();
    if (folder) rmSync(folder, { recursive: true });
  }, 120_000);

  const given = (plan: string, world = scriptedWorld(plan, shopFiles)): Given => {
    const flags = ['--retry-wait=1s', '--lease=3s', '--leg-wait=2s'];
    return { world, cluster: real.cluster, store: real.store, id: freshId(), path: world.path, flags };
  };
  const start = (run: ClusterRun, leg: ClusterLeg = {}): ReturnType<typeof startClusterLeg> =>
    startClusterLeg(run, { limitMs: 150_000, ...leg, env: { CORTEX_WORKER_STORE: undefined } });
  const slowPlan = (seconds: number): string =>
    clusterPlan({ cluster: onNode(), scan: kinds, others: kinds })
      .replace('deadline: 15m', 'deadline: 20m')
      .replace(/^ {2}workers:$/m, `  workers:\n    test-worker: { ${small} }`)
      .replace('execution: 10m', 'execution: 15m')
      .concat(slowTask(seconds), '\n');
  const runTroubled = async (): Promise<{ run: Given; outcome: CliOutcome }> => {
    const worker = join(folder, 'worker.mjs');
    const texts = [join(programs, 'cluster-hog.mjs'), join(projectRoot, 'dist', 'worker.mjs')];
    writeFileSync(worker, texts.map((file) => readFileSync(file, 'utf8')).join('\n'));
    const run = given(
      clusterPlan({ cluster: onNode(images), scan: `{ timeout: 5m, retries: 3, ${small} }`, others: kinds }),
    );
    return { run, outcome: await start(run, { flags: ['--worker', worker] }).ended };
  };
  const untilItWorks = (run: ClusterRun): Promise<unknown> =>
    eventually(
      () => Promise.resolve(seen.all(run.id).find(({ worker, phase }) => worker === 'slow-1' && phase === 'Running')),
      (pod) => pod !== undefined,
      60_000,
    );
  const untilNothingRuns = (run: ClusterRun): Promise<unknown> =>
    eventually(
      () =>
        real.cluster.kubectl([
          'get',
          'pods',
          '-n',
          'cortex-workers',
          '-o',
          'jsonpath={range .items[?(@.status.phase=="Running")]}{.metadata.annotations}{end}',
        ]),
      (text) => !text.includes(run.id),
      60_000,
    );

  it.concurrent(
    'SIGTERM to the process: its workers end, and the next process goes on to the same end',
    async () => {
      const run = given(slowPlan(8));
      const calm = given(slowPlan(8), run.world);
      const undisturbed = start(calm);
      const leg = start(run);
      await untilItWorks(run);
      leg.signal('SIGTERM');
      const interrupted = await leg.ended;
      expect(interrupted).toMatchObject({ code: 1 });
      expect(interrupted.stderr).toContain(`Go on with: cortex run --resume ${run.id}`);
      await untilNothingRuns(run);
      expect(await start(run).ended).toMatchObject({ code: 0, stderr: '' });
      expect(await undisturbed.ended).toMatchObject({ code: 0, stderr: '' });
      expect(foundBy(run)).toEqual(foundBy(calm));
      expect(finishedTwice(logOf(run))).toEqual([]);
      expect(dataOf(logOf(run), 'worker.lost')).toEqual([]);
      for (const each of [run, calm]) {
        expect(await whatStays(real.cluster, each.id)).toEqual([]);
        each.world.remove();
      }
    },
    180_000,
  );

  it.concurrent(
    'cancelled from another process: the run reports what it leaves undone, and nothing runs on',
    async () => {
      const run = given(slowPlan(100));
      const leg = start(run);
      await untilItWorks(run);
      const cancel = ['run', '--cancel', run.id, '--store', run.store, '--launcher', 'kubernetes'];
      const told = await startBounded(cancel, run).ended;
      expect(told).toMatchObject({ code: 0, stderr: '' });
      expect(told.stdout).toContain(`${run.id} is cancelled`);
      const ended = await leg.ended;
      expect(ended).toMatchObject({ code: 1, stderr: '' });
      expect(readResults(run.world.out, run.id)).toMatchObject({ status: 'cancelled' });
      const lost = dataOf(logOf(run), 'worker.lost');
      expect(lost.map(({ worker }) => worker)).toContain('slow-1');
      expect(lost.filter((each) => each.class !== 'cancelled')).toEqual([]);
      expect(await whatStays(real.cluster, run.id)).toEqual([]);
      run.world.remove();
    },
    180_000,
  );

  describe('of which one takes too much memory, and one has an image that is not there', () => {
    let run: Given;
    let outcome: CliOutcome;
    beforeAll(async () => {
      ({ run, outcome } = await troubled);
    }, 180_000);
    afterAll(() => run?.world.remove());

    const lossesOf = (task: string): readonly Record<string, unknown>[] =>
      dataOf(logOf(run), 'worker.lost').filter((lost) => lost.task === task);

    it('ends with the two tasks open, and the others done', () => {
      expect(outcome.code).toBe(3);
      const { tasks } = readResults(run.world.out, run.id) as { tasks: { task_id: string; status: string }[] };
      const status = Object.fromEntries(tasks.map((task) => [task.task_id, task.status]));
      expect(status).toEqual({
        'find-secrets': 'failed',
        'find-workflows': 'failed',
        look: 'complete',
        fix: 'complete',
        catalog: 'complete',
      });
    });

    it('tries the one that the kernel ended once more, whatever the plan allows to errors of its own', () => {
      expect(lossesOf('find-secrets')).toMatchObject([
        { worker: 'find-secrets-1', class: 'out-of-memory', cause: 'out-of-memory', retryInMs: 100 },
        { worker: 'find-secrets-2', class: 'out-of-memory', cause: 'out-of-memory', retryInMs: null },
      ]);
    });

    it('gives up the one without an image, says which, and does not try again', () => {
      expect(lossesOf('find-workflows')).toMatchObject([
        { worker: 'find-workflows-1', class: 'refused', retryInMs: null },
      ]);
      expect(lossesOf('find-workflows')[0]?.['detail']).toContain(missing);
      const waits = dataOf(logOf(run), 'worker.waiting').filter(({ reason }) => reason === 'image');
      expect(new Set(waits.map(({ task }) => task))).toEqual(new Set(['find-workflows']));
    });

    it('counts the first as disruptions, and the second not', () => {
      const text = readFileSync(join(run.world.out, 'worker-pool.json'), 'utf8');
      expect((JSON.parse(text) as { disruptions: unknown }).disruptions).toEqual({ 'out-of-memory': 2 });
    });

    it('leaves nothing behind', async () => {
      expect(await whatStays(real.cluster, run.id)).toEqual([]);
    });
  });
});
