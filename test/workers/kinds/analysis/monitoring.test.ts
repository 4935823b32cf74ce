import { describe, expect, it } from 'vitest';
import type { Work } from '../../../../src/workers/work.ts';
import { analyseMonitoring } from '../../../../src/workers/kinds/analysis/monitoring.ts';
import { folderWorkspace } from '../../../support/folder-workspace.ts';
import { testWork, type TestWorkOptions } from '../../../support/work-context.ts';

type World = Pick<TestWorkOptions<{ paths: string[] }>, 'files' | 'workspace'>;

function analyse(world: World, paths: string[] = ['**']): Promise<Work> {
  return analyseMonitoring(
    testWork({ kind: 'analysis-worker', capability: 'monitoring', inputs: { paths }, ...world }).context,
  );
}

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: { name: cart, namespace: shop }
spec:
  template:
    metadata: { labels: { app: cart } }
    spec: { containers: [{ name: main, image: cart }] }
`;
const service = `apiVersion: v1
kind: Service
metadata: { name: cart-http, namespace: shop, labels: { team: a } }
spec: { selector: { app: cart }, ports: [{ name: metrics, port: 9090 }] }
`;
const serviceMonitor = `apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: { name: team-a, namespace: shop }
spec: { selector: { matchLabels: { team: a } }, endpoints: [{ port: metrics }] }
`;
const podMonitor = `apiVersion: monitoring.coreos.com/v1
kind: PodMonitor
metadata: { name: pods, namespace: shop }
spec: { selector: { matchExpressions: [{ key: app, operator: In, values: [cart] }] } }
`;
function rule(expression: string): string {
  return `apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata: { name: shop }
spec: { groups: [{ name: shop, rules: [{ alert: Down, expr: '${expression}' }] }] }
`;
}
const alert = rule('up{job="cart-http"} == 0');

/** What the one finding says is missing; undefined where there is none. */
async function missing(...documents: readonly string[]): Promise<string | undefined> {
  const { findings = [] } = await analyse({ files: { 'all.yaml': documents.join('---\n') } });
  expect(findings.length).toBeLessThanOrEqual(1);
  return findings[0]?.message.replace(/^.* lacks /, '');
}

const both = 'scraping and an alert';
const onlyScraping = 'scraping';

describe('a workload', () => {
  it('is covered when it is scraped through its Service and has an alert', async () => {
    expect(await missing(deployment, service, serviceMonitor, alert)).toBeUndefined();
  });

  it('is one finding, whatever is missing', async () => {
    const { findings, measurements } = await analyse({ files: { 'shop.yaml': deployment } });
    expect(findings).toMatchObject([
      {
        ruleId: 'monitoring/uncovered-workload',
        subject: 'deployment:shop/cart',
        severity: 'medium',
        confidence: 'high',
        location: { path: 'shop.yaml', line: 1 },
        message: `Deployment cart lacks ${both}`,
      },
    ]);
    expect(measurements?.map(({ name, value }) => [name, value])).toEqual([
      ['monitoring.workloads', 1],
      ['monitoring.covered', 0],
      ['monitoring.scraped', 0],
      ['monitoring.alerted', 0],
    ]);
  });

  it.each([
    ['a PodMonitor', [podMonitor]],
    ['an annotation of its pods', []],
  ])('is scraped by %s', async (name, monitors) => {
    const annotated = deployment.replace('labels:', 'annotations: { prometheus.io/scrape: "true" }, labels:');
    expect(await missing(name === 'a PodMonitor' ? deployment : annotated, ...monitors)).toBe('an alert');
  });

  it('is scraped by an annotation of its Service', async () => {
    const annotated = service.replace('labels:', 'annotations: { prometheus.io/scrape: "true" }, labels:');
    expect(await missing(deployment, annotated)).toBe('an alert');
  });

  it.each([
    ['takes other labels', serviceMonitor.replace('team: a', 'team: b')],
    ['lives in another namespace', serviceMonitor.replace('namespace: shop', 'namespace: monitoring')],
    ['names a port that the Service lacks', serviceMonitor.replace('port: metrics', 'port: admin')],
    ['has no selector', serviceMonitor.replace('selector: { matchLabels: { team: a } }, ', '')],
  ])('is not scraped by a ServiceMonitor that %s', async (_name, monitor) => {
    expect(await missing(deployment, service, monitor)).toBe(both);
  });

  it('is scraped from another namespace by a monitor that looks there', async () => {
    const monitor = serviceMonitor
      .replace('namespace: shop', 'namespace: monitoring')
      .replace('spec: {', 'spec: { namespaceSelector: { matchNames: [shop] },');
    expect(await missing(deployment, service, monitor)).toBe('an alert');
  });

  it('is not scraped through a Service of other pods', async () => {
    expect(await missing(deployment, service.replace('app: cart', 'app: till'), serviceMonitor)).toBe(both);
  });

  it.each([
    ['its name', 'sum(rate(http_errors{deployment="cart"}[5m])) > 1'],
    ["its Service's name", 'up{service="cart-http"} == 0'],
    ['its app label among alternatives', 'up{app=~"till|cart"} == 0'],
    ['its pods', 'container_oom{pod=~"cart-.*"} > 0'],
    ['every Deployment', 'kube_deployment_status_replicas_unavailable{job="kube-state-metrics"} > 0'],
    ['every Deployment of its namespace', 'kube_deployment_status_replicas_unavailable{namespace="shop"} > 0'],
  ])('has an alert that speaks of %s', async (_name, expression) => {
    expect(await missing(deployment, service, rule(expression))).toBe(onlyScraping);
  });

  it.each([
    ['another workload', 'up{job="till"} == 0'],
    ['a longer name', 'up{job="cart-http-2"} == 0'],
    ['its name in another namespace', 'up{deployment="cart", namespace="test"} == 0'],
    ['every StatefulSet', 'kube_statefulset_replicas > 0'],
    ['one Deployment of all', 'kube_deployment_status_replicas{deployment="till"} > 0'],
    ['everything but it', 'up{deployment!="cart"} == 0'],
  ])('has no alert that speaks of %s', async (_name, expression) => {
    expect(await missing(deployment, service, rule(expression))).toBe(both);
  });

  it('has an alert in a plain rule file', async () => {
    const rules = 'groups:\n  - name: shop\n    rules:\n      - alert: Down\n        expr: up{app="cart"} == 0\n';
    const { findings } = await analyse({ files: { 'shop.yaml': deployment, 'rules/shop.yml': rules } });
    expect(findings?.map(({ message }) => message)).toEqual(['Deployment cart lacks scraping']);
  });

  it('counts once, however many files define it, and is covered where one of them is', async () => {
    const annotated = deployment.replace('labels:', 'annotations: { prometheus.io/scrape: "true" }, labels:');
    const { findings, measurements } = await analyse({
      files: { 'a.yaml': deployment, 'b.yaml': `${annotated}---\n${alert.replace('cart-http', 'cart')}` },
    });
    expect(findings).toEqual([]);
    expect(measurements?.[0]?.value).toBe(1);
  });

  it('that ends by itself needs no scraping', async () => {
    const job = deployment.replace('apps/v1', 'batch/v1').replace('Deployment', 'Job');
    expect(await missing(job)).toBe('an alert');
  });

  it('is judged with less confidence where a template may hold its monitor', async () => {
    const files = {
      'shop.yaml': deployment,
      'chart/Chart.yaml': 'name: shop\n',
      'chart/templates/monitor.yaml': serviceMonitor.replace('team-a', '{{ .Release.Name }}'),
    };
    const { findings, unread } = await analyse({ files });
    expect(findings?.[0]?.confidence).toBe('medium');
    expect(unread?.map(({ path }) => path)).toEqual(['chart/templates/monitor.yaml']);
  });
});

describe('the evidence', () => {
  it('lists every workload with what watches it', async () => {
    const files = { 'all.yaml': [deployment, service, serviceMonitor, alert].join('---\n') };
    const work = testWork({ kind: 'analysis-worker', capability: 'monitoring', inputs: { paths: ['**'] }, files });
    const { measurements = [] } = await analyseMonitoring(work.context);
    const kept = work.evidence.get(measurements[0]?.evidence ?? '');
    expect(JSON.parse(kept?.text ?? '{}')).toMatchObject({
      workloads: [{ subject: 'deployment:shop/cart', scrapedBy: ['ServiceMonitor team-a'], alertedBy: ['shop/Down'] }],
    });
  });
});

const corpora = process.env['CORTEX_CORPORA'];
describe.skipIf(corpora === undefined)('microservices-demo (skipped where CORTEX_CORPORA names no folder)', () => {
  const counted = async (paths: string[]): Promise<readonly (number | undefined)[]> => {
    const { findings, measurements } = await analyse(
      { workspace: folderWorkspace(`${corpora}/microservices-demo`) },
      paths,
    );
    return [findings?.length, ...(measurements ?? []).slice(0, 2).map(({ value }) => value)];
  };

  it('leaves 12 of the 12 workloads of its release uncovered', async () => {
    expect(await counted(['release/kubernetes-manifests.yaml'])).toEqual([12, 12, 0]);
  });

  // The collector and the shopping assistant stand in kustomize components only.
  it('leaves all 14 workloads of the whole tree uncovered', async () => {
    expect(await counted(['**'])).toEqual([14, 14, 0]);
  });
});
