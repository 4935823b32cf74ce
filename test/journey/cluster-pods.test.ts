import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { workerUsername } from '../../src/coordination/redis/acl.ts';
import { eventually } from '../deploy/deployed.ts';
import { runCli, type CliOutcome } from '../support/cli.ts';
import { filesBelow } from '../support/cluster-files.ts';
import { whatStays, watchPods, type PodWatch } from '../support/cluster-pods.ts';
import { onRealNode, startReal, type RealCluster } from '../support/cluster-real.ts';
import { dataOf, foundBy, logOf, startBounded, startClusterLeg, type ClusterRun } from '../support/cluster-run.ts';
import { realNodeGate } from '../support/clusters.ts';
import { projectRoot } from '../support/journey.ts';
import { scriptedWorld } from '../support/resumed-run.ts';
import { freshId } from '../support/shared-run.ts';
import { shopFiles } from '../support/shop.ts';

const { skip, note } = realNodeGate();
const alone = 'CORTEX-EXEC-ALONE';
const small = 'resources: { cpu: 50m, memory: 192Mi, disk: 64Mi }';
const others = ['catalog', 'scan', 'analysis', 'documentation', 'review'];

/** The full plan for one node that is small. */
const plan = readFileSync(join(projectRoot, 'plans', 'full-orchestration.yaml'), 'utf8')
  .replace(/nodes: \{ ready: 7.*\}/, `nodes: { ready: 1 }\n    ${onRealNode}`)
  .replace(/^( {4}(?:implementation|test)-worker: \{.*) \}$/gm, `$1, ${small} }`)
  .replace(/^ {2}workers:$/m, ['  workers:', ...others.map((kind) => `    ${kind}-worker: { ${small} }`)].join('\n'));

describe.skipIf(skip)(`the full plan, its workers real pods over the Redis of deploy/${note}`, () => {
  const world = scriptedWorld(plan, shopFiles);
  const id = freshId();
  let real: RealCluster;
  let seen: PodWatch;
  let run: ClusterRun;
  let ended: CliOutcome;
  let workerStore = '';
  beforeAll(async () => {
    real = await startReal('pods');
    seen = watchPods(real.cluster);
    run = { cluster: real.cluster, store: real.store, id, path: world.path };
    await runCli(['run', 'plans/scripted.yaml', '--id', alone], { cwd: world.path });
    const leg = startClusterLeg(run, { env: { CORTEX_WORKER_STORE: undefined }, limitMs: 200_000 });
    workerStore = await eventually(readWorkerStore, (address) => address !== '', 60_000);
    ended = await leg.ended;
  }, 400_000);
  afterAll(async () => {
    world.remove();
    await seen?.close();
    await real?.down();
  }, 120_000);

  /** What pods are given to reach the store, password included. */
  const readWorkerStore = async (): Promise<string> => {
    const text = await real.cluster.kubectl([
      'get',
      'secrets',
      '-n',
      'cortex-workers',
      '-o',
      'jsonpath={.items[*].data.CORTEX_STORE}',
    ]);
    return Buffer.from(text, 'base64').toString('utf8');
  };

  it('ends well', () => {
    expect(ended).toMatchObject({ code: 0, stderr: '' });
  });

  it('runs 16 workers or more, each as one pod that did its work', () => {
    const pods = seen.all(id);
    expect(pods.length).toBeGreaterThanOrEqual(16);
    expect(new Set(pods.map(({ worker }) => worker)).size).toBe(pods.length);
    expect(pods.filter(({ node }) => node !== 'agent-real')).toEqual([]);
    const finished = dataOf(logOf(run), 'worker.finished').map(({ worker }) => worker);
    expect(finished.sort()).toEqual(pods.map(({ worker }) => worker).sort());
  });

  it('finds, catalogues and proposes what a run on this machine does, byte for byte', () => {
    const expected = foundBy({ path: world.path, id: alone });
    expect(JSON.stringify(foundBy(run))).toBe(JSON.stringify(expected));
    for (const list of Object.values(expected)) expect(list.length).toBeGreaterThan(0);
  });

  it('has the log of each worker', () => {
    for (const { worker } of seen.all(id)) {
      expect(readFileSync(join(world.out, 'logs', id, `${worker}.log`), 'utf8')).not.toBe('');
    }
  });

  it('gives workers a user of their own, who is gone with the run', async () => {
    const log = logOf(run);
    const [preflight] = dataOf(log, 'preflight.checked');
    const access = preflight?.checks.find(({ check }) => check === 'worker access');
    expect(access?.seen).toContain('as a user of this execution');
    const [leg] = dataOf(log, 'leg.joined');
    const name = workerUsername(id, leg?.leg ?? '');
    expect(new URL(workerStore).username).toBe(name);
    // Redis says how many it has removed.
    expect(await real.ask('acl', 'deluser', name)).toBe('0');
  });

  it('leaves nothing behind in the namespace of the workers, and nothing for `cortex gc`', async () => {
    expect(await whatStays(real.cluster)).toEqual([]);
    const gc = await startBounded(['gc'], run).ended;
    expect(gc).toMatchObject({ code: 0, stdout: '0 left over in cortex-workers, 0 executions may still run\n' });
  });

  it('writes no secret anywhere', () => {
    const token = /token: "?([^"\s]+)/.exec(readFileSync(real.cluster.kubeconfig, 'utf8'))?.[1] ?? '';
    const { password } = new URL(workerStore);
    const files = filesBelow(world.out);
    expect(files.length).toBeGreaterThan(16);
    const said = [ended.stdout, ended.stderr, ...files.map((file) => readFileSync(file, 'latin1'))];
    for (const secret of [...real.secrets, token, password]) {
      expect(secret.length).toBeGreaterThan(8);
      expect(said.filter((text) => text.includes(secret))).toEqual([]);
    }
  });
});
