import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Caller } from '../support/cluster-api.ts';
import { clusterGate, type Cluster } from '../support/clusters.ts';
import { startDeployed } from './deployed.ts';

const { skip, note } = clusterGate();
const namespaces = ['cortex-workers', 'cortex-system', 'catalog-system', 'kube-system', 'default'] as const;
type Namespace = (typeof namespaces)[number];

const fromGitHub: Caller = { user: 'github:1:production', groups: ['cortex:launchers'] };
const fromRunner: Caller = { user: 'system:serviceaccount:cortex-system:cortex-launcher' };
const reaper: Caller = { user: 'system:serviceaccount:cortex-system:cortex-reaper' };
const worker: Caller = { user: 'system:serviceaccount:cortex-workers:cortex-worker' };

const everywhere = [
  ...each('get list', 'nodes namespaces nodes.metrics.k8s.io pods.metrics.k8s.io'),
  'get priorityclasses.scheduling.k8s.io',
  'get runtimeclasses.node.k8s.io',
];
const launcherRights: Partial<Record<Namespace, readonly string[]>> = {
  'cortex-workers': [
    ...each('create get list watch delete patch', 'jobs.batch'),
    ...each('get list watch', 'pods events'),
    ...each('get', 'pods/log serviceaccounts localqueues.kueue.x-k8s.io'),
    ...each('create get list delete', 'configmaps'),
    ...each('create get delete', 'secrets'),
    ...each('get list', 'resourcequotas limitranges'),
  ],
  'cortex-system': [
    ...each('get list', 'pods'),
    ...each('get', 'services'),
    ...each('get create', 'pods/portforward_only_redis-0'),
  ],
};

function each(verbs: string, resources: string): readonly string[] {
  return resources.split(' ').flatMap((resource) => verbs.split(' ').map((verb) => `${verb} ${resource}`));
}

const reviewSchema = z.object({
  status: z.object({
    incomplete: z.boolean(),
    resourceRules: z.array(
      z.object({
        verbs: z.array(z.string()),
        apiGroups: z.array(z.string()),
        resources: z.array(z.string()),
        resourceNames: z.array(z.string()).default([]),
      }),
    ),
  }),
});

describe.skipIf(skip)(`what deploy/ lets whom do${note}`, () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startDeployed({ name: 'rights', args: ['--servers', '0', '--agents', '1'] });
  });
  afterAll(() => cluster?.down());

  /** Everything that the API server says that somebody may do there, but to ask about himself. */
  const rightsOf = async (caller: Caller, namespace: string): Promise<readonly string[]> => {
    const asked = { spec: { namespace } };
    const { body } = await cluster.api.post('/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', asked, caller);
    const { incomplete, resourceRules } = reviewSchema.parse(body).status;
    expect(incomplete).toBe(false);
    const rights = resourceRules.flatMap(({ verbs, apiGroups, resources, resourceNames }) =>
      apiGroups.flatMap((group) => {
        const named = resourceNames.length === 0 ? '' : `_only_${resourceNames.join('+')}`;
        const names = resources.map((resource) => `${resource}${named}${group === '' ? '' : `.${group}`}`);
        return each(verbs.join(' '), names.join(' '));
      }),
    );
    return rights.filter((right) => !right.startsWith('create selfsubject')).toSorted();
  };

  it.each([
    ['a job of the repository', fromGitHub],
    ['a runner in the cluster', fromRunner],
  ])('gives %s the rights of a launcher, and no other', async (_who, caller) => {
    for (const namespace of namespaces) {
      const expected = [...everywhere, ...(launcherRights[namespace] ?? [])].toSorted();
      expect(await rightsOf(caller, namespace), namespace).toEqual(expected);
    }
  });

  it('gives the reaper what it needs among workers, and nothing elsewhere', async () => {
    for (const namespace of namespaces) {
      const expected = namespace === 'cortex-workers' ? each('list delete', 'configmaps secrets jobs.batch') : [];
      expect(await rightsOf(reaper, namespace), namespace).toEqual(expected.toSorted());
    }
  });

  it('gives workers nothing, and nobody a right by being there', async () => {
    for (const caller of [worker, { user: 'system:serviceaccount:cortex-workers:default' }, { user: 'somebody' }]) {
      for (const namespace of namespaces) expect(await rightsOf(caller, namespace), namespace).toEqual([]);
    }
  });

  it.each([
    ['GET', '/api/v1/namespaces/cortex-workers/secrets'],
    ['POST', '/api/v1/namespaces/cortex-workers/pods'],
    ['POST', '/api/v1/namespaces/cortex-workers/pods/any/exec?command=id'],
    ['POST', '/api/v1/namespaces/cortex-workers/pods/any/ephemeralcontainers'],
    ['POST', '/api/v1/namespaces/cortex-workers/serviceaccounts/cortex-worker/token'],
    ['POST', '/api/v1/namespaces/cortex-system/pods/other/portforward'],
    ['GET', '/api/v1/namespaces/cortex-system/secrets/cortex-redis'],
    ['GET', '/api/v1/namespaces/kube-system/configmaps'],
    ['DELETE', '/api/v1/namespaces/cortex-workers'],
    ['POST', '/apis/batch/v1/namespaces/cortex-system/jobs'],
    ['DELETE', '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/cortex-worker-jobs'],
  ])('refuses a launcher %s %s', async (method, path) => {
    for (const caller of [fromGitHub, fromRunner]) {
      expect(await cluster.api.send(method, path, { caller, body: method === 'POST' ? {} : undefined })).toMatchObject({
        status: 403,
      });
    }
  });

  it('lets a launcher forward a port of Redis', async () => {
    const path = '/api/v1/namespaces/cortex-system/pods/redis-0/portforward';
    const { status } = await cluster.api.send('GET', `${path}?ports=6379`, { caller: fromGitHub });
    expect(status).not.toBe(403);
  });
});
