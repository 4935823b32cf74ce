import type { Plural } from './objects.ts';

/** One collection that the API serves. */
export interface Resource {
  readonly plural: Plural;
  readonly kind: string;
  readonly group: string;
  readonly version: string;
  readonly namespaced: boolean;
}

const core = (plural: Plural, kind: string, namespaced = true): Resource => ({
  plural,
  kind,
  group: '',
  version: 'v1',
  namespaced,
});

export const resources: Readonly<Record<Plural, Resource>> = {
  namespaces: core('namespaces', 'Namespace', false),
  nodes: core('nodes', 'Node', false),
  configmaps: core('configmaps', 'ConfigMap'),
  secrets: core('secrets', 'Secret'),
  pods: core('pods', 'Pod'),
  events: core('events', 'Event'),
  services: core('services', 'Service'),
  serviceaccounts: core('serviceaccounts', 'ServiceAccount'),
  resourcequotas: core('resourcequotas', 'ResourceQuota'),
  limitranges: core('limitranges', 'LimitRange'),
  jobs: { plural: 'jobs', kind: 'Job', group: 'batch', version: 'v1', namespaced: true },
  priorityclasses: {
    plural: 'priorityclasses',
    kind: 'PriorityClass',
    group: 'scheduling.k8s.io',
    version: 'v1',
    namespaced: false,
  },
};

export function apiVersionOf({ group, version }: Resource): string {
  return group ? `${group}/${version}` : version;
}

/** `pods`, `jobs.batch`: how messages name a collection. */
export function qualified({ plural, group }: Resource): string {
  return group ? `${plural}.${group}` : plural;
}

/** What a request's path asks for. */
export interface Route {
  readonly resource: Resource;
  /** Empty for what lies in no namespace, and for a list over all. */
  readonly namespace: string;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
}

const pathForm =
  /^\/(?:api|apis\/(?<group>[^/]+))\/(?<version>[^/]+)(?:\/namespaces\/(?<namespace>[^/]+)(?=\/))?\/(?<plural>[^/]+)(?:\/(?<name>[^/]+))?(?:\/(?<subresource>[^/]+))?$/;

/** Reads a path such as `/apis/batch/v1/namespaces/x/jobs/y`; undefined for one that the API does not serve. */
export function readPath(path: string): Route | undefined {
  const { group = '', version, namespace = '', plural = '', name, subresource } = pathForm.exec(path)?.groups ?? {};
  const resource = Object.values(resources).find(
    (each) => each.plural === plural && each.group === group && each.version === version,
  );
  if (!resource || (namespace !== '' && !resource.namespaced)) return undefined;
  return {
    resource,
    namespace: decodeURIComponent(namespace),
    name: name === undefined ? undefined : decodeURIComponent(name),
    subresource,
  };
}
