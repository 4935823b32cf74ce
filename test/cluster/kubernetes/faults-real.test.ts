import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Access } from '../../../src/cluster/kubernetes/api/access.ts';
import { kubeconfigAccess } from '../../../src/cluster/kubernetes/api/kubeconfig.ts';
import { workerSelector } from '../../../src/cluster/kubernetes/spec/names.ts';
import type { Outcome } from '../../../src/protocol/attempt.ts';
import { clusterGate, startCluster, type Cluster } from '../../support/clusters.ts';
import { flakyProxy } from '../../support/flaky-proxy.ts';
import type { Script } from '../launcher-contract.ts';
import { openSimulatedWorld, type SimulatedWorld } from './simulated-world.ts';

const gate = clusterGate();
const namespace = 'cortex-workers';
const long: Script = [['wait', 120_000], ['leave'], ['exit', 0]];
const names = Array.from({ length: 8 }, (_, index) => `scan-${index}-1`);

describe.skipIf(gate.skip)(`faults of a real cluster${gate.note}`, () => {
  let cluster: Cluster;
  let access: Access;
  let world: SimulatedWorld;
  beforeAll(async () => {
    // A silent node is taken for lost after 8 s; the pods' own minute of toleration comes on top.
    const args = ['--controllers-arg', '--node-monitor-grace-period=8s'];
    cluster = await startCluster({ name: 'faults', args });
    await cluster.kubectl(['create', 'namespace', namespace]);
    await cluster.kubectl(['create', 'serviceaccount', 'cortex-worker', '--namespace', namespace]);
    access = await kubeconfigAccess(cluster.kubeconfig, undefined);
  }, 120_000);
  afterAll(() => cluster?.down());
  beforeEach(() => {
    world = openSimulatedWorld(access);
  });
  afterEach(() => world.remove());

  const kubectl = (...args: string[]): Promise<string> => cluster.kubectl([...args, '--namespace', namespace]);
  const selected = (): string => `--selector=${workerSelector(world.execution)}`;
  const started = async (script: Script = long): Promise<{ outcome: Promise<Outcome>; pod: string; node: string }> => {
    const { outcome } = await world.launcher.launch(world.request('scan-1', script, { timeoutMs: 180_000 }));
    const template = 'jsonpath={.items[0].metadata.name} {.items[0].spec.nodeName} {.items[0].status.phase}';
    const read = (): Promise<string> => kubectl('get', 'pods', selected(), '--output', template).catch(() => '');
    await expect.poll(read, { timeout: 20_000 }).toMatch(/Running$/);
    const [pod = '', node = ''] = (await read()).split(' ');
    return { outcome, pod, node };
  };
  const launchAll = async (script: Script, over = world): Promise<readonly Outcome[]> => {
    const all = await Promise.all(names.map((name) => over.launcher.launch(over.request(name, script))));
    return Promise.all(all.map(({ outcome }) => outcome));
  };
  const runsOfAll = (over = world): Promise<readonly number[]> => Promise.all(names.map(over.runs));

  it('loses nothing where the API server is killed in the middle and started again', async () => {
    const outcomes = launchAll([['wait', 5000], ['leave'], ['exit', 0]]);
    await expect.poll(() => runsOfAll(), { timeout: 20_000 }).toEqual(names.map(() => 1));
    await cluster.stop('apiserver', 'KILL');
    await new Promise((resolve) => setTimeout(resolve, 3000));
    await cluster.start('apiserver');
    expect((await outcomes).map((outcome) => outcome.envelope?.worker)).toEqual(names);
    expect(await runsOfAll()).toEqual(names.map(() => 1));
    const told = world.notices.map(({ of }) => of).filter((of) => of.startsWith('watch'));
    expect(told.slice(0, 1)).toEqual(['watch-lost']);
    expect(told.at(-1)).toBe('watch-restored');
  });

  it('makes Jobs once each where every connection is cut every second', async () => {
    const url = new URL(access.server);
    const proxy = await flakyProxy(Number(url.port));
    url.port = String(proxy.port);
    const flaky = openSimulatedWorld({ ...access, server: url.href.replace(/\/$/, '') });
    const cutting = setInterval(() => {
      proxy.cut();
      setTimeout(proxy.mend, 100);
    }, 1000);
    const outcomes = await launchAll([['wait', 4000], ['leave'], ['exit', 0]], flaky);
    clearInterval(cutting);
    proxy.mend();
    expect(outcomes.map((outcome) => outcome.envelope?.worker)).toEqual(names);
    expect(await runsOfAll(flaky)).toEqual(names.map(() => 1));
    await flaky.remove();
    await proxy.close();
  });

  it('tells an eviction through the API by its cause', async () => {
    const { outcome, pod } = await started();
    const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: pod, namespace } };
    await cluster.api.post(`/api/v1/namespaces/${namespace}/pods/${pod}/eviction`, body);
    expect(await outcome).toMatchObject({ kind: 'lost', class: 'disruption', cause: 'drained' });
  });

  it('tells by its cause that a pod of higher priority took its place', async () => {
    const { outcome, node } = await started();
    await cluster.kubectl(['create', 'priorityclass', 'above', '--value=1000']);
    const container = { name: 'big', image: 'big', resources: { requests: { cpu: '7950m' } } };
    const selector = { 'kubernetes.io/hostname': node };
    const spec = { priorityClassName: 'above', nodeSelector: selector, containers: [container] };
    const big = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'big', namespace }, spec };
    expect(await cluster.api.post(`/api/v1/namespaces/${namespace}/pods`, big)).toMatchObject({ status: 201 });
    expect(await outcome).toMatchObject({ kind: 'lost', class: 'disruption', cause: 'preempted' });
    await kubectl('delete', 'pod', 'big', '--force');
  });

  it.each([
    ['its pod', (pod: string) => ['delete', 'pod', pod]],
    ['its Job', (pod: string) => ['delete', 'job', pod.replace(/-[a-z0-9]{5}$/, '')]],
  ])('tells that somebody deleted %s', async (_what, command) => {
    const { outcome, pod } = await started();
    await kubectl(...command(pod), '--wait=false');
    expect(await outcome).toMatchObject({ kind: 'lost', class: 'disruption', cause: 'deleted' });
  });

  it('refuses by name where the image can’t be had, and leaves no Job behind', async () => {
    const { outcome } = await world.launcher.launch(world.request('scan-1', [['hold', 'ErrImagePull']]));
    expect(await outcome).toMatchObject({
      kind: 'lost',
      class: 'refused',
      detail: expect.stringContaining('ErrImagePull') as string,
    });
    await expect.poll(() => kubectl('get', 'jobs', selected(), '--output', 'name'), { timeout: 20_000 }).toBe('');
  });

  it('waits for room in a quota, says why, and starts once there is some', async () => {
    await kubectl('create', 'quota', 'one', '--hard=pods=1');
    await expect
      .poll(() => kubectl('get', 'quota', 'one', '--output', 'jsonpath={.status.used.pods}'), { timeout: 30_000 })
      .toBe('0');
    const work: Script = [['wait', 2000], ['leave'], ['exit', 0]];
    const first = await world.launcher.launch(world.request('scan-a-1', work));
    await expect.poll(() => world.runs('scan-a-1'), { timeout: 20_000 }).toBe(1);
    const second = await world.launcher.launch(world.request('scan-b-1', work));
    expect(await first.outcome).toMatchObject({ kind: 'returned' });
    expect(await second.outcome).toMatchObject({ kind: 'returned' });
    expect(world.notices).toContainEqual(
      expect.objectContaining({
        of: 'waiting',
        worker: 'scan-b-1',
        reason: 'quota',
        detail: expect.stringContaining(
          'exceeded quota: one, requested: pods=1, used: pods=1, limited: pods=1',
        ) as string,
      }),
    );
    await kubectl('delete', 'quota', 'one');
  });

  it('tells that a node was lost, once its pods are given up', { timeout: 180_000 }, async () => {
    const { outcome, node } = await started([['wait', 170_000]]);
    await cluster.kubectl(['annotate', 'node', node, 'simulate/lost=yes']);
    expect(await outcome).toMatchObject({ kind: 'lost', class: 'disruption', cause: 'node-lost' });
    await cluster.kubectl(['annotate', 'node', node, 'simulate/lost-']);
  });
});
