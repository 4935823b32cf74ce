import { describe, expect, it } from 'vitest';
import { readObjects } from '../../../src/checks/kubernetes/objects.ts';
import { podTemplateOf } from '../../../src/checks/kubernetes/pods.ts';
import { memoryWorkspace } from '../../../src/checks/workspace.ts';
import { folderWorkspace } from '../../support/folder-workspace.ts';

const service = 'apiVersion: v1\nkind: Service\nmetadata:\n  name: cart\n';

function read(files: Record<string, string | Uint8Array>): ReturnType<typeof readObjects> {
  return readObjects(memoryWorkspace(files), ['**']);
}

describe('reading Kubernetes objects', () => {
  it('finds an object with its place, names and labels', () => {
    const { objects, unread } = read({
      'k8s/shop.yaml': `# licence\n---\n${service}  namespace: shop\n  labels: { app: cart, tier: 1 }\n`,
    });
    expect(unread).toEqual([]);
    expect(objects).toMatchObject([
      {
        path: 'k8s/shop.yaml',
        document: 0,
        pointer: '/0',
        line: 3,
        apiVersion: 'v1',
        group: '',
        kind: 'Service',
        namespace: 'shop',
        name: 'cart',
        labels: { app: 'cart', tier: '1' },
      },
    ]);
  });

  it('finds every document of a file, in order', () => {
    const { objects } = read({ 'a.yaml': `${service}---\n${service.replace('cart', 'till')}` });
    expect(objects.map(({ name, document, line }) => [name, document, line])).toEqual([
      ['cart', 0, 1],
      ['till', 1, 6],
    ]);
  });

  it('unfolds lists, typed ones too', () => {
    const items = [
      '  - apiVersion: v1\n    kind: Secret\n    metadata: { name: key }',
      '  - apiVersion: apps/v1\n    kind: DaemonSet\n    metadata: { name: agent }',
    ];
    const { objects } = read({
      'list.yaml': `apiVersion: v1\nkind: List\nitems:\n${items.join('\n')}\n`,
      'typed.json': '{"apiVersion":"v1","kind":"ConfigMapList","items":[{"metadata":{"name":"settings"}}]}',
    });
    expect(objects.map(({ kind, name, pointer, line }) => [kind, name, pointer, line])).toEqual([
      ['Secret', 'key', '/0/items/0', 4],
      ['DaemonSet', 'agent', '/0/items/1', 7],
      ['ConfigMap', 'settings', '/0/items/0', 1],
    ]);
  });

  it.each([
    [
      'a kustomization',
      'kustomization.yaml',
      'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nmetadata: { name: x }\n',
    ],
    ['chart values', 'values.yaml', 'image: { tag: v1 }\n'],
    ['a chart', 'Chart.yaml', 'apiVersion: v2\nname: shop\nversion: 1.0.0\n'],
    ['a compose file', 'docker-compose.yml', 'services:\n  cart: { image: cart }\n'],
    ['a workflow', '.github/workflows/ci.yml', 'on: push\njobs: {}\n'],
    ['a skaffold file', 'skaffold.yaml', 'apiVersion: skaffold/v3\nkind: Config\nmetadata: { name: app }\n'],
    [
      'a catalog entity',
      'catalog-info.yaml',
      'apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: { name: cart }\n',
    ],
    ['an OpenAPI description', 'api.yaml', 'openapi: 3.1.0\ninfo: { title: apiVersion, version: kind }\n'],
    ['a kubeconfig', 'config.yaml', 'apiVersion: v1\nkind: Config\nclusters: []\n'],
    [
      "a program's configuration",
      'kubelet.yaml',
      'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n',
    ],
  ])('takes %s for no object and misses nothing', (_name, path, text) => {
    expect(read({ [path]: text })).toEqual({ objects: [], unread: [], patches: [] });
  });

  it('names Helm templates instead of guessing what they render', () => {
    const template = service.replace('cart', '{{ .Values.name }}');
    const { objects, unread } = read({
      'charts/shop/Chart.yaml': 'name: shop\n',
      'charts/shop/templates/svc.yaml': template,
    });
    expect(objects).toEqual([]);
    expect(unread).toEqual([
      {
        path: 'charts/shop/templates/svc.yaml',
        reason: 'Helm template: its objects exist only once the chart is rendered',
      },
    ]);
  });

  it('reads braces inside the text of a plain manifest', () => {
    const map = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: rules }\ndata:\n  message: "{{ $labels.pod }}"\n';
    expect(read({ 'map.yaml': map }).objects).toHaveLength(1);
  });

  it.each([
    ['a template as name', service.replace('cart', '"{{ name }}"'), 'line 1: Service is named by a template'],
    ['no name', 'apiVersion: v1\nkind: Service\nmetadata: {}\n', 'line 1: Service has no metadata.name'],
    [
      'a name that is none',
      service.replace('cart', '../x'),
      'line 1: Service has a name that Kubernetes would not take',
    ],
    [
      'a broken namespace',
      `${service}  namespace: "a b"\n`,
      'line 1: namespace of Service cart has a name that Kubernetes would not take',
    ],
  ])('names an object with %s', (_name, text, reason) => {
    expect(read({ 'a.yaml': text })).toMatchObject({ objects: [], unread: [{ path: 'a.yaml', reason }] });
  });

  it('names a file that is no text', () => {
    const bytes = new Uint8Array([0x61, 0xff, 0xfe]);
    expect(read({ 'a.yaml': bytes }).unread).toEqual([{ path: 'a.yaml', reason: 'not UTF-8 text' }]);
  });

  it('names a broken document and reads the others', () => {
    const { objects, unread } = read({ 'a.yaml': `${service}---\napiVersion: v1\nkind: "Pod\n` });
    expect(objects.map(({ name }) => name)).toEqual(['cart']);
    expect(unread).toHaveLength(1);
  });

  it('takes a kustomize patch for no object', () => {
    const { objects, patches } = read({
      'kustomization.yaml': 'patches:\n  - path: patches/replicas.yaml\n',
      'patches/replicas.yaml': service,
      'drop.yaml': `${service}$patch: delete\n`,
      'base.yaml': service,
    });
    expect(objects.map(({ path }) => path)).toEqual(['base.yaml']);
    expect(patches).toEqual(['drop.yaml', 'patches/replicas.yaml']);
  });

  it("keeps the names of a Secret's values and none of the values", () => {
    const value = ['aHVu', 'dGVyMg=='].join('');
    const secret = `apiVersion: v1\nkind: Secret\nmetadata:\n  name: key\n  annotations: { copy: ${value} }\ndata: { password: ${value} }\nstringData: { user: ${value} }\n`;
    const { objects } = read({ 'secret.yaml': secret });
    expect(objects[0]?.body).toMatchObject({ data: { password: null }, stringData: { user: null } });
    expect(JSON.stringify(objects)).not.toContain(value);
  });
});

describe('the pods of a kind', () => {
  const pod =
    '{ metadata: { labels: { app: cart } }, spec: { initContainers: [{ name: wait, image: "busybox:1" }], containers: [{ name: main, image: cart }] } }';
  it.each([
    ['apps/v1', 'Deployment', `spec: { template: ${pod} }`],
    ['apps/v1', 'StatefulSet', `spec: { template: ${pod} }`],
    ['apps/v1', 'DaemonSet', `spec: { template: ${pod} }`],
    ['apps/v1', 'ReplicaSet', `spec: { template: ${pod} }`],
    ['batch/v1', 'Job', `spec: { template: ${pod} }`],
    ['batch/v1', 'CronJob', `spec: { jobTemplate: { spec: { template: ${pod} } } }`],
  ])('are found in a %s %s', (apiVersion, kind, spec) => {
    const { objects } = read({
      'a.yaml': `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: cart }\n${spec}\n`,
    });
    const found = objects.map(podTemplateOf);
    expect(found[0]?.labels).toEqual({ app: 'cart' });
    expect(found[0]?.containers.map(({ name, image, init }) => [name, image, init])).toEqual([
      ['wait', 'busybox:1', true],
      ['main', 'cart', false],
    ]);
  });

  it('are none in a Service', () => {
    expect(read({ 'a.yaml': service }).objects.map(podTemplateOf)).toEqual([undefined]);
  });
});

const corpora = process.env['CORTEX_CORPORA'];
describe.skipIf(corpora === undefined)('microservices-demo (skipped where CORTEX_CORPORA names no folder)', () => {
  it('declares 35 objects in its release manifest', () => {
    const { objects, unread } = readObjects(folderWorkspace(`${corpora}/microservices-demo`), [
      'release/kubernetes-manifests.yaml',
    ]);
    const count = (kind: string): number => objects.filter((object) => object.kind === kind).length;
    expect([objects.length, count('Deployment'), count('Service'), count('ServiceAccount')]).toEqual([35, 12, 12, 11]);
    expect(objects.flatMap((object) => podTemplateOf(object)?.containers ?? [])).toHaveLength(13);
    expect(unread).toEqual([]);
  });
});
