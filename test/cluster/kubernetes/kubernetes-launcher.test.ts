import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kubeconfigAccess } from '../../../src/cluster/kubernetes/api/kubeconfig.ts';
import type { Access } from '../../../src/cluster/kubernetes/api/access.ts';
import { clusterGate, startCluster, type Cluster } from '../../support/clusters.ts';
import { startFakeApi, type FakeApi } from '../../support/kubernetes/fake-api.ts';
import { launcherContract } from '../launcher-contract.ts';
import { openFakeWorld, plainAccess } from './fake-world.ts';
import { openSimulatedWorld } from './simulated-world.ts';

launcherContract('the Kubernetes launcher over a fake API server', { logs: true }, () => openFakeWorld());

describe('over a fake API server with simulated nodes', () => {
  let api: FakeApi;
  beforeAll(async () => {
    api = await startFakeApi({ manner: 'simulated', secondMs: 100 });
  });
  afterAll(() => api.close());

  launcherContract('the Kubernetes launcher', { logs: false }, () =>
    Promise.resolve(openSimulatedWorld(plainAccess(api.url))),
  );
});

const gate = clusterGate();

describe.skipIf(gate.skip)(`over a real API server with simulated nodes${gate.note}`, () => {
  let cluster: Cluster;
  let access: Access;
  beforeAll(async () => {
    cluster = await startCluster({ name: 'launcher' });
    await cluster.kubectl(['create', 'namespace', 'cortex-workers']);
    await cluster.kubectl(['create', 'serviceaccount', 'cortex-worker', '--namespace', 'cortex-workers']);
    access = await kubeconfigAccess(cluster.kubeconfig, undefined);
  }, 120_000);
  afterAll(() => cluster?.down());

  launcherContract('the Kubernetes launcher', { logs: false }, () => Promise.resolve(openSimulatedWorld(access)));

  it('has left nothing behind once its executions are cleared', async () => {
    await expect
      .poll(() => cluster.kubectl(['get', 'jobs,pods,secrets', '--namespace', 'cortex-workers', '--output', 'name']), {
        timeout: 30_000,
      })
      .toBe('');
  });
});
