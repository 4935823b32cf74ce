import { fieldsOf, isFields, listOf, textFieldsOf, textOf, valueAt, type Fields } from './fields.ts';
import type { KubernetesObject } from './objects.ts';

export interface Container {
  readonly name: string;
  /** As written; undefined where the container names none. */
  readonly image: string | undefined;
  readonly init: boolean;
  readonly body: Fields;
}

export interface PodTemplate {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Init containers first, each list in its written order. */
  readonly containers: readonly Container[];
  readonly spec: Fields;
}

/** Where each kind that runs pods keeps its pod template. */
const templatePaths: Readonly<Record<string, readonly string[]>> = {
  'apps/Deployment': ['spec', 'template'],
  'apps/StatefulSet': ['spec', 'template'],
  'apps/DaemonSet': ['spec', 'template'],
  'apps/ReplicaSet': ['spec', 'template'],
  'extensions/Deployment': ['spec', 'template'],
  'extensions/DaemonSet': ['spec', 'template'],
  'extensions/ReplicaSet': ['spec', 'template'],
  'batch/Job': ['spec', 'template'],
  'batch/CronJob': ['spec', 'jobTemplate', 'spec', 'template'],
  '/ReplicationController': ['spec', 'template'],
  '/Pod': [],
};

/** True for the kinds that run pods. */
export function runsPods(object: KubernetesObject): boolean {
  return Object.hasOwn(templatePaths, `${object.group}/${object.kind}`);
}

/** True for an object that another object made and keeps; only the owner is a thing of its own. */
export function hasController(object: KubernetesObject): boolean {
  return listOf(valueAt(object.body, 'metadata', 'ownerReferences')).some(
    (owner) => fieldsOf(owner)['controller'] === true,
  );
}

/** The pod that an object runs; undefined for kinds that run none. */
export function podTemplateOf(object: KubernetesObject): PodTemplate | undefined {
  const path = templatePaths[`${object.group}/${object.kind}`];
  if (path === undefined) return undefined;
  const template = valueAt(object.body, ...path);
  const spec = fieldsOf(valueAt(template, 'spec'));
  return {
    labels: textFieldsOf(valueAt(template, 'metadata', 'labels')),
    annotations: textFieldsOf(valueAt(template, 'metadata', 'annotations')),
    containers: [...containersOf(spec, 'initContainers'), ...containersOf(spec, 'containers')],
    spec,
  };
}

function containersOf(spec: Fields, key: 'containers' | 'initContainers'): readonly Container[] {
  return listOf(spec[key])
    .filter(isFields)
    .map((body, position) => ({
      name: textOf(body['name'], 63) ?? String(position),
      image: textOf(body['image']),
      init: key === 'initContainers',
      body,
    }));
}
