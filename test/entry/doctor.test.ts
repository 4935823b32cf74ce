import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deployFolder, eventually, startDeployed } from '../deploy/deployed.ts';
import { clusterGate, type Cluster } from '../support/clusters.ts';
import { freePort, hasEngine, startServer, type StoreServer } from '../support/redis-servers.ts';
import type { Change } from '../support/plans.ts';
import { doctorWorld, type Diagnosis, type DoctorWorld } from './doctor-world.ts';

const { skip, note } = clusterGate();
const namespace = 'cortex-workers';
const workerStore = 'redis://worker:some-password@redis.cortex-system.svc:6379';

describe.skipIf(skip || !hasEngine('redis'))(
  `cortex doctor before a real API server with deploy/ in force${note}`,
  () => {
    let world: DoctorWorld;
    let cluster: Cluster;
    let store: StoreServer;
    let kubeconfig: string;
    beforeAll(async () => {
      world = doctorWorld();
      [cluster, store] = await Promise.all([startDeployed({ name: 'doctor' }), startServer('redis')]);
      kubeconfig = await launchersConfig();
    }, 180_000);
    afterAll(async () => {
      await cluster?.down();
      await store?.remove();
      world?.remove();
    });

    /** The way in of the service account that deploy/ gives the rights of a launcher, and no others. */
    async function launchersConfig(): Promise<string> {
      const token = await cluster.kubectl(['create', 'token', 'cortex-launcher', '--namespace', 'cortex-system']);
      const admin = readFileSync(cluster.kubeconfig, 'utf8');
      return world.file('launcher.kubeconfig', admin.replace(/token: [^\s}]+/, `token: ${token.trim()}`));
    }

    const diagnose = (change?: Change, flags: readonly string[] = []): Promise<Diagnosis> => {
      const own = ['--launcher', 'kubernetes', '--kubeconfig', kubeconfig, '--plan', world.plan(change)];
      const at = flags.includes('--store') ? [] : ['--store', store.url];
      return world.diagnose([...own, ...at, ...flags], { workerStore });
    };

    const onCluster =
      (wishes: object): Change =>
      (spec) =>
        void (spec['cluster'] = wishes);

    /** Changes the cluster, has the doctor look, and puts back what deploy/ says. */
    async function after(...change: readonly string[]): Promise<Diagnosis> {
      await cluster.kubectl(change);
      try {
        return await diagnose();
      } finally {
        await cluster.kubectl(['apply', '-k', deployFolder]);
      }
    }

    it('finds nothing that fails with the rights of a launcher, and says what it can’t know', async () => {
      const { code, failed, line } = await diagnose();
      expect({ code, failed }).toEqual({ code: 0, failed: [] });
      expect(line('nodes')?.seen).toBe('7 of 7 Ready');
      expect(line('nodes for workers')?.seen).toMatch(/^4 take workers .*3 servers, which the plan avoids$/);
      expect(line('pod security')).toMatchObject({ ok: true, seen: 'enforce=restricted of v1.34' });
      expect(line('rights')?.seen).toMatch(/^all \d+$/);
      expect(line('dry run')).toMatchObject({ ok: true });
      expect(line('metrics')).toMatchObject({ ok: null });
    });

    it('leaves nothing in the namespace', async () => {
      await diagnose();
      const left = [
        'get',
        'jobs,secrets,configmaps',
        '-n',
        namespace,
        '-l',
        'app.kubernetes.io/managed-by=cortex',
        '-o',
        'name',
      ];
      expect(await cluster.kubectl(left)).toBe('');
    });

    it('fails over a namespace that is missing, and asks for nothing in it', async () => {
      const { code, failed, line } = await diagnose(onCluster({ namespace: 'elsewhere' }));
      // Nobody has rights in a namespace that is not there, but those who have them everywhere.
      expect(failed.filter((check) => !check.startsWith('right: '))).toEqual(['namespace']);
      expect(code).toBe(2);
      expect(line('dry run')).toMatchObject({ ok: null });
      const asAdmin = ['--launcher', 'kubernetes', '--kubeconfig', cluster.kubeconfig, '--store', store.url];
      const plan = world.plan(onCluster({ namespace: 'elsewhere' }));
      const admin = await world.diagnose([...asAdmin, '--plan', plan], { workerStore });
      expect(admin.failed).toEqual(['namespace']);
      expect(admin.line('namespace')?.remedy).toContain('kubectl create namespace elsewhere');
    });

    it('fails over a service account that is missing', async () => {
      const { failed, line } = await after('delete', 'serviceaccount', 'cortex-worker', '-n', namespace);
      expect(failed).toEqual(['service account']);
      expect(line('service account')?.remedy).toContain('kubectl apply -k deploy/');
    });

    it('names each right that is missing', async () => {
      // The third rule of the role is about logs.
      const patch = JSON.stringify([{ op: 'remove', path: '/rules/2' }]);
      const { failed, line } = await after(
        'patch',
        'role',
        'cortex-launcher',
        '-n',
        namespace,
        '--type=json',
        '-p',
        patch,
      );
      expect(failed).toEqual(['right: get pods/log']);
      expect(line('rights')?.seen).toMatch(/^(\d+) of (\d+)$/);
    });

    it('fails over a quota that is too small for one worker, and names the worker', async () => {
      const patch = JSON.stringify({ spec: { hard: { 'requests.memory': '600Mi' } } });
      const { failed, line } = await after('patch', 'resourcequota', 'cortex-workers', '-n', namespace, '-p', patch);
      expect(failed).toEqual(['quota']);
      expect(line('quota')?.seen).toContain('never any room for improve');
    });

    it('fails over a priority class that is missing', async () => {
      const wishes = onCluster({ priorityClass: 'cortex-worker' });
      expect((await diagnose(wishes)).failed).toEqual([]);
      await cluster.kubectl(['delete', 'priorityclass', 'cortex-worker']);
      const { failed } = await diagnose(wishes);
      await cluster.kubectl(['apply', '-k', deployFolder]);
      expect(failed).toEqual(['priority class']);
    });

    it('fails over too few nodes', async () => {
      const { failed, line } = await diagnose(onCluster({ nodes: { ready: 9 } }));
      expect(failed).toEqual(['nodes']);
      expect(line('nodes')).toMatchObject({ seen: '7 of 7 Ready', needed: '9 (spec.cluster.nodes.ready)' });
    });

    it('fails over a node that is lost', async () => {
      await cluster.kubectl(['annotate', 'node', 'agent-1', 'simulate/lost=yes']);
      const look = (): Promise<Diagnosis> => diagnose(onCluster({ nodes: { ready: 7 } }));
      const { failed, line } = await eventually(look, (seen) => seen.failed.length > 0, 90_000);
      await cluster.kubectl(['annotate', 'node', 'agent-1', 'simulate/lost-']);
      expect(failed).toEqual(['nodes']);
      expect(line('nodes')?.seen).toBe('6 of 7 Ready; not Ready: agent-1');
    }, 120_000);

    it('fails over a weaker level of Pod Security', async () => {
      const label = 'pod-security.kubernetes.io/enforce=privileged';
      const { failed, line } = await after('label', 'namespace', namespace, '--overwrite', label);
      expect(failed).toEqual(['pod security']);
      expect(line('pod security')?.seen).toBe('enforce=privileged of v1.34');
    });

    it('fails over a store that does not answer, as trouble outside', async () => {
      const silent = `redis://127.0.0.1:${await freePort()}`;
      const { code, failed } = await diagnose(undefined, ['--store', silent, '--store-timeout', '300ms']);
      expect({ code, failed }).toEqual({ code: 1, failed: ['store'] });
    });

    it('fails in one line over Jobs that a policy refuses, with its words', async () => {
      const toleration = { key: 'CriticalAddonsOnly', operator: 'Exists', effect: 'NoExecute' };
      const { failed, line } = await diagnose(onCluster({ tolerations: [toleration] }));
      expect(failed).toEqual(['dry run']);
      expect(line('nodes for workers')?.ok).toBe(true);
    });

    it('fails over a queue where Kueue is missing, without taking it for a fault of anything else', async () => {
      const plan = world.plan(onCluster({ queue: 'cortex' }));
      const asAdmin = ['--launcher', 'kubernetes', '--kubeconfig', cluster.kubeconfig, '--store', store.url];
      const { failed } = await world.diagnose([...asAdmin, '--plan', plan], { workerStore });
      expect(failed).toEqual(['queue']);
    });

    it('sees what an execution has left behind, and says how it goes', async () => {
      const anchor = {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: {
          name: 'cx-0123456789',
          namespace,
          labels: {
            'app.kubernetes.io/managed-by': 'cortex',
            'cortex.dev/run': '0123456789',
            'cortex.dev/anchor': 'true',
          },
          annotations: { 'cortex.dev/execution': 'CORTEX-EXEC-OLD', 'cortex.dev/ends-at': '2026-01-01T00:00:00.000Z' },
        },
      };
      await cluster.kubectl(['apply', '-f', '-'], JSON.stringify(anchor));
      const { failed, line } = await diagnose();
      await cluster.kubectl(['delete', 'configmap', 'cx-0123456789', '-n', namespace]);
      expect(failed).toEqual([]);
      expect(line('leftovers')).toMatchObject({ seen: expect.stringContaining('CORTEX-EXEC-OLD') });
      expect(line('leftovers')?.remedy).toContain('cortex gc');
    });
  },
);
