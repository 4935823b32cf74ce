import { describe, expect, it } from 'vitest';
import { catalogSections } from '../../../../src/protocol/capabilities.ts';
import { canonicalJson } from '../../../../src/shared/canonical.ts';
import { catalogRepository } from '../../../../src/workers/kinds/catalog/repository.ts';
import { testWork } from '../../../support/work-context.ts';
import { assetsOf, catalog, deployment, object } from './catalog-world.ts';

describe('workloads and their surroundings', () => {
  it.each([
    ['apps/v1', 'StatefulSet', 'Workload', 'statefulset:default/thing'],
    ['batch/v1', 'CronJob', 'Workload', 'cronjob:default/thing'],
    ['v1', 'Service', 'Service', 'service:default/thing'],
    ['networking.k8s.io/v1', 'Ingress', 'Route', 'ingress:default/thing'],
    ['gateway.networking.k8s.io/v1', 'HTTPRoute', 'Route', 'httproute:default/thing'],
    ['v1', 'Namespace', 'Namespace', 'namespace:cluster/thing'],
    ['v1', 'PersistentVolumeClaim', 'Storage', 'persistentvolumeclaim:default/thing'],
    ['storage.k8s.io/v1', 'StorageClass', 'Storage', 'storageclass:cluster/thing'],
    [
      'apiextensions.k8s.io/v1',
      'CustomResourceDefinition',
      'CustomResourceDefinition',
      'customresourcedefinition:cluster/thing',
    ],
    ['v1', 'ServiceAccount', 'ServiceAccount', 'serviceaccount:default/thing'],
    ['v1', 'ConfigMap', 'ConfigMap', 'configmap:default/thing'],
    ['v1', 'Secret', 'Secret', 'secret:default/thing'],
    ['s3.aws.upbound.io/v1beta1', 'S3Bucket', 'KubernetesObject', 's3bucket:default/thing'],
  ])('%s %s is a %s', async (...[apiVersion, kind, assetKind, ref]) => {
    const assets = await assetsOf({ 'a.yaml': object(apiVersion, kind) }, 'workloads');
    expect(assets.map((asset) => [asset.kind, asset.ref])).toEqual([[assetKind, ref]]);
  });

  it('of one name and different kinds stay apart', async () => {
    const files = { 'a.yaml': `${object('apps/v1', 'Deployment')}---\n${object('batch/v1', 'Job')}` };
    expect(await assetsOf(files, 'workloads')).toHaveLength(2);
  });

  it('use their images', async () => {
    const [workload] = await assetsOf({ 'a.yaml': deployment('cart', 'redis:7') }, 'workloads');
    expect(workload?.spec['images']).toEqual({ main: 'docker.io/library/redis:7' });
    expect(workload?.relations).toEqual([{ type: 'uses', target: 'image:docker.io/library/redis' }]);
  });

  it('made by another object are not counted', async () => {
    const pod =
      'apiVersion: v1\nkind: Pod\nmetadata: { name: a, ownerReferences: [{ kind: ReplicaSet, controller: true }] }\n';
    expect(await assetsOf({ 'a.yaml': pod }, 'workloads')).toEqual([]);
  });

  it('never carry the values of a Secret or a ConfigMap', async () => {
    const value = ['c2Vj', 'cmV0'].join('');
    const files = {
      'a.yaml': `${object('v1', 'Secret', `data: { key: ${value} }\n`)}---\n${object('v1', 'ConfigMap', `data: { key: ${value} }\n`)}`,
    };
    const { context, evidence } = testWork({
      kind: 'catalog-worker',
      capability: 'repository',
      inputs: { paths: ['**'], sections: [...catalogSections] },
      files,
    });
    const work = await catalogRepository(context);
    expect(work.assets?.filter(({ spec }) => canonicalJson(spec['entries']) === '["key"]')).toHaveLength(2);
    expect(canonicalJson(work) + [...evidence.values()].map(({ text }) => text).join('')).not.toContain(value);
  });
});

describe('images', () => {
  it('are counted by repository, with tags and digests as facts', async () => {
    const digest = `sha256:${'1'.repeat(64)}`;
    const files = { 'a.yaml': deployment('a', 'redis:7'), 'b.yaml': deployment('b', `docker.io/redis:8@${digest}`) };
    expect(await assetsOf(files, 'images')).toMatchObject([
      {
        ref: 'image:docker.io/library/redis',
        spec: { tags: ['7', '8'], digests: [digest] },
        locators: ['a.yaml#/0', 'b.yaml#/0'],
      },
    ]);
  });

  it('that skaffold builds belong to the repository', async () => {
    const files = {
      'skaffold.yaml': 'apiVersion: skaffold/v3\nbuild: { artifacts: [{ image: cart, context: src/cart }] }\n',
      'a.yaml': deployment('cart', 'cart'),
    };
    expect(await assetsOf(files, 'images')).toMatchObject([
      { ref: 'image:example/repository/cart', spec: { builtFrom: 'src/cart' } },
    ]);
  });

  it('that are placeholders are named as unread', async () => {
    const { assets, unread } = await catalog({ 'a.yaml': deployment('cart', '${IMAGE}') }, ['images']);
    expect([assets, unread]).toEqual([
      [],
      [{ path: 'a.yaml', reason: 'line 1: Deployment cart names no readable image' }],
    ]);
  });
});

describe('monitoring', () => {
  it('knows dashboards in files and in ConfigMaps', async () => {
    const map =
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: boards, labels: { grafana_dashboard: "1" } }\ndata: { shop.json: "{}" }\n';
    const files = { 'shop.json': '{"title":"Shop","uid":"u","schemaVersion":42,"panels":[{},{}]}', 'map.yaml': map };
    const assets = await assetsOf(files, 'monitoring');
    expect(assets.map(({ ref, spec }) => [ref, spec['panels']])).toEqual([
      ['dashboard:default/boards/shop.json', undefined],
      ['dashboard:example/repository/shop.json', 2],
    ]);
  });

  it('knows alert groups of objects and of rule files; groups that only record are none', async () => {
    const groups = '[{ name: up, rules: [{ alert: Down, expr: a }] }, { name: sums, rules: [{ record: b, expr: c }] }]';
    const files = {
      'rule.yaml': object('monitoring.coreos.com/v1', 'PrometheusRule', `spec: { groups: ${groups} }\n`),
      'rules.yml': `groups: ${groups}\n`,
    };
    const assets = await assetsOf(files, 'monitoring');
    expect(assets.map(({ ref, kind, spec }) => [ref, kind, spec['alerts']])).toEqual([
      ['alertgroup:default/thing/up', 'AlertGroup', ['Down']],
      ['alertgroup:example/repository/rules.yml/up', 'AlertGroup', ['Down']],
    ]);
  });

  it('knows what tells Prometheus to scrape, and only once', async () => {
    const { assets } = await catalog({ 'a.yaml': object('monitoring.coreos.com/v1', 'ServiceMonitor') }, [
      'monitoring',
      'workloads',
    ]);
    expect(assets?.map(({ ref }) => ref)).toEqual(['servicemonitor:default/thing']);
  });
});
