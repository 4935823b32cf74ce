import { fieldsOf, listOf, textFieldsOf, textOf, textsOf, valueAt } from './fields.ts';
import type { KubernetesObject } from './objects.ts';
import type { PodTemplate } from './pods.ts';
import { labelsMatch, selectorMatches } from './selectors.ts';

/** A workload with the pod it runs. */
export interface RunningPod {
  readonly object: KubernetesObject;
  readonly pod: PodTemplate;
}

/** The Services whose selector takes the workload's pods. */
export function servicesOf(
  { object, pod }: RunningPod,
  objects: readonly KubernetesObject[],
): readonly KubernetesObject[] {
  return objects.filter((service) => {
    if (service.kind !== 'Service' || service.group !== '' || !maySharePlace(service, object)) return false;
    const selector = textFieldsOf(valueAt(service.body, 'spec', 'selector'));
    return Object.keys(selector).length > 0 && labelsMatch(selector, pod.labels);
  });
}

/**
 * What tells Prometheus to scrape a workload: the names of its PodMonitors and ServiceMonitors, and where a
 * `prometheus.io/scrape` annotation stands. Empty: nothing in these objects does. A namespace that a file leaves open
 * can be any, so it excludes nothing.
 */
export function scrapersOf(running: RunningPod, objects: readonly KubernetesObject[]): readonly string[] {
  const services = servicesOf(running, objects);
  const annotated = [
    ...(asksForScraping(running.pod.annotations) ? ['annotation of the pod'] : []),
    ...services
      .filter((service) => asksForScraping(service.annotations))
      .map(({ name }) => `annotation of Service ${name}`),
  ];
  const monitors = objects.filter((monitor) => {
    if (monitor.group !== 'monitoring.coreos.com') return false;
    if (monitor.kind === 'PodMonitor') return takes(monitor, { ...running.object, labels: running.pod.labels });
    return (
      monitor.kind === 'ServiceMonitor' &&
      services.some((service) => takes(monitor, service) && hasPort(monitor, service))
    );
  });
  return [...annotated, ...monitors.map(({ kind, name }) => `${kind} ${name}`)];
}

function asksForScraping(annotations: Readonly<Record<string, string>>): boolean {
  return annotations['prometheus.io/scrape'] === 'true';
}

function maySharePlace(a: KubernetesObject, b: KubernetesObject): boolean {
  return a.namespace === undefined || b.namespace === undefined || a.namespace === b.namespace;
}

type Target = Pick<KubernetesObject, 'namespace' | 'labels'>;

function takes(monitor: KubernetesObject, target: Target): boolean {
  return (
    looksInto(monitor, target.namespace) && selectorMatches(valueAt(monitor.body, 'spec', 'selector'), target.labels)
  );
}

/** Without a namespaceSelector a monitor looks into its own namespace only. */
function looksInto(monitor: KubernetesObject, namespace: string | undefined): boolean {
  const { any, matchNames } = fieldsOf(valueAt(monitor.body, 'spec', 'namespaceSelector'));
  if (any === true || namespace === undefined) return true;
  if (Array.isArray(matchNames)) return textsOf(matchNames).includes(namespace);
  return monitor.namespace === undefined || monitor.namespace === namespace;
}

/** An endpoint names a port of the Service; one that names a container port instead (`targetPort`) is believed. */
function hasPort(monitor: KubernetesObject, service: KubernetesObject): boolean {
  const ports = listOf(valueAt(service.body, 'spec', 'ports')).map((port) => textOf(fieldsOf(port)['name']));
  return listOf(valueAt(monitor.body, 'spec', 'endpoints')).some((endpoint) => {
    const port = textOf(fieldsOf(endpoint)['port']);
    return port === undefined ? fieldsOf(endpoint)['targetPort'] !== undefined : ports.includes(port);
  });
}
