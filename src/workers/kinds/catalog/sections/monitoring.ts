import {
  alertGroupsOfFiles,
  alertGroupsOfObjects,
  type AlertGroup,
} from '../../../../checks/kubernetes/alert-rules.ts';
import { fieldsOf, isFields, listOf, textOf } from '../../../../checks/kubernetes/fields.ts';
import type { KubernetesObject, UnreadFile } from '../../../../checks/kubernetes/objects.ts';
import { readText } from '../../../../checks/workspace.ts';
import type { Asset } from '../../../../protocol/asset.ts';
import { sortedSet } from '../../../../shared/canonical.ts';
import { nameAt, newAsset, objectAsset, objectNamespace } from '../assets.ts';
import type { CatalogSource, SectionYield } from '../source.ts';

const maxDashboardBytes = 4 * 1024 * 1024;
const monitorGroups: ReadonlySet<string> = new Set([
  'monitoring.coreos.com',
  'monitoring.grafana.com',
  'grafana.integreatly.org',
]);

/** Dashboards, alert groups and the objects that tell Prometheus what to scrape. */
export function readMonitoring(source: CatalogSource): SectionYield {
  const { objects } = source.kubernetes;
  const files = alertGroupsOfFiles(source.workspace, source.globs);
  const dashboards = readDashboardFiles(source);
  return {
    assets: [
      ...objects.filter(isMonitoringObject).flatMap(monitoringAsset),
      ...objects.flatMap(dashboardsOfConfigMap),
      ...[...alertGroupsOfObjects(objects), ...files.groups].map((group) => alertGroupAsset(source, group)),
      ...dashboards.assets,
    ],
    unread: [...files.unread, ...dashboards.unread],
  };
}

/** Objects of the Prometheus and Grafana operators. */
export function isMonitoringObject({ group }: KubernetesObject): boolean {
  return monitorGroups.has(group);
}

/** A PrometheusRule is its alert groups; a dashboard object is a dashboard. */
function monitoringAsset(object: KubernetesObject): readonly Asset[] {
  if (object.kind === 'PrometheusRule') return [];
  return [objectAsset(object, { kind: object.kind === 'GrafanaDashboard' ? 'Dashboard' : 'KubernetesObject' })];
}

function alertGroupAsset(source: CatalogSource, { object, path, pointer, name, alerts }: AlertGroup): Asset {
  return newAsset({
    kind: 'AlertGroup',
    namespace: object ? objectNamespace(object) : source.repository.namespace,
    name: object ? `${object.name}/${name}` : nameAt(source.repository, `${path}/${name}`),
    locator: `${path}#${pointer}`,
    spec: { alerts: sortedSet(alerts.map(({ alert }) => alert)) },
  });
}

/** Grafana's sidecar loads each `.json` entry of a ConfigMap with this label. */
function dashboardsOfConfigMap(object: KubernetesObject): readonly Asset[] {
  if (object.kind !== 'ConfigMap' || object.labels['grafana_dashboard'] === undefined) return [];
  const entries = sortedSet(Object.keys(fieldsOf(object.body['data']))).filter((entry) => entry.endsWith('.json'));
  return entries.map((entry) =>
    newAsset({
      kind: 'Dashboard',
      namespace: objectNamespace(object),
      name: `${object.name}/${entry}`,
      locator: `${object.path}#${object.pointer}/data/${entry}`,
    }),
  );
}

function readDashboardFiles(source: CatalogSource): {
  readonly assets: readonly Asset[];
  readonly unread: readonly UnreadFile[];
} {
  const assets: Asset[] = [];
  const unread: UnreadFile[] = [];
  for (const { path, size } of source.files.filter((file) => file.path.endsWith('.json'))) {
    const text = readText(source.workspace, path);
    if (text === undefined || !text.includes('"schemaVersion"') || !/"(?:panels|rows)"/.test(text)) continue;
    const read = size > maxDashboardBytes ? 'larger than 4 MiB' : parseDashboard(text);
    if (typeof read === 'string') unread.push({ path, reason: read });
    else if (read !== undefined) assets.push(dashboardAsset(source, { path, ...read }));
  }
  return { assets, unread };
}

interface DashboardFacts {
  readonly title: string | undefined;
  readonly uid: string | undefined;
  readonly panels: number;
}

/** The facts of a dashboard, undefined for JSON that is none, or the reason why the text is no JSON. */
function parseDashboard(text: string): DashboardFacts | undefined | string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return 'not valid JSON';
  }
  const root = fieldsOf(parsed);
  const model = isFields(root['dashboard']) ? root['dashboard'] : root;
  if (typeof model['schemaVersion'] !== 'number') return undefined;
  const rowed = listOf(model['rows']).flatMap((row) => listOf(fieldsOf(row)['panels']));
  const panels = listOf(model['panels']).length + rowed.length;
  return { title: textOf(model['title']), uid: textOf(model['uid']), panels };
}

function dashboardAsset(source: CatalogSource, { path, ...facts }: DashboardFacts & { readonly path: string }): Asset {
  const name = nameAt(source.repository, path);
  return newAsset({
    kind: 'Dashboard',
    namespace: source.repository.namespace,
    name,
    locator: path,
    spec: { ...facts },
  });
}
