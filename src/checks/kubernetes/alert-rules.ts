import { readText, selectFiles, type Workspace } from '../workspace.ts';
import { fieldsOf, listOf, textOf } from './fields.ts';
import type { KubernetesObject, UnreadFile } from './objects.ts';
import { readYamlDocuments } from './yaml-documents.ts';

export interface AlertRule {
  readonly alert: string;
  readonly expression: string;
}

/** A group of Prometheus rules with at least one alert in it. */
export interface AlertGroup {
  /** The PrometheusRule, or undefined for a plain rule file. */
  readonly object: KubernetesObject | undefined;
  readonly path: string;
  /** JSON pointer inside the file. */
  readonly pointer: string;
  readonly name: string;
  readonly alerts: readonly AlertRule[];
}

/** Alert groups of PrometheusRule objects. */
export function alertGroupsOfObjects(objects: readonly KubernetesObject[]): readonly AlertGroup[] {
  return objects
    .filter((object) => object.kind === 'PrometheusRule')
    .flatMap((object) =>
      readGroups(fieldsOf(object.body['spec'])['groups'], {
        object,
        path: object.path,
        pointer: `${object.pointer}/spec`,
      }),
    );
}

/** Alert groups of plain Prometheus rule files: YAML with `groups` at the root. */
export function alertGroupsOfFiles(
  workspace: Workspace,
  paths: readonly string[],
): { readonly groups: readonly AlertGroup[]; readonly unread: readonly UnreadFile[] } {
  const groups: AlertGroup[] = [];
  const unread: UnreadFile[] = [];
  for (const { path } of selectFiles(workspace, paths).filter((file) => /\.ya?ml$/i.test(file.path))) {
    const text = readText(workspace, path);
    if (text === undefined || !/^groups:/m.test(text) || !/\balert:/.test(text)) continue;
    const { documents, problems } = readYamlDocuments(text);
    unread.push(...problems.map(({ line, reason }) => ({ path, reason: `line ${line}: ${reason}` })));
    for (const { value, index } of documents) {
      groups.push(...readGroups(fieldsOf(value)['groups'], { object: undefined, path, pointer: `/${index}` }));
    }
  }
  return { groups, unread };
}

function readGroups(groups: unknown, place: Pick<AlertGroup, 'object' | 'path' | 'pointer'>): readonly AlertGroup[] {
  return listOf(groups).flatMap((group, position) => {
    const { name, rules } = fieldsOf(group);
    const alerts = listOf(rules).flatMap(readAlert);
    const pointer = `${place.pointer}/groups/${position}`;
    return alerts.length === 0 ? [] : [{ ...place, pointer, name: textOf(name, 253) ?? String(position), alerts }];
  });
}

function readAlert(rule: unknown): readonly AlertRule[] {
  const { alert, expr } = fieldsOf(rule);
  const name = textOf(alert, 253);
  return name === undefined ? [] : [{ alert: name, expression: textOf(expr, 20_000) ?? '' }];
}
