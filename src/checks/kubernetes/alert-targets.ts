import type { AlertRule } from './alert-rules.ts';

/** What an alert can tell a workload by. */
export interface AlertSubject {
  /** `Deployment`… */
  readonly kind: string;
  readonly namespace: string | undefined;
  /** Its own name, its Services' names and the values of its app labels. */
  readonly names: readonly string[];
}

interface Matcher {
  readonly label: string;
  readonly operator: string;
  readonly value: string;
}

/** Labels that say which workload a series belongs to; `job` is the scrape job, by habit the Service's name. */
const namingLabels: ReadonlySet<string> = new Set([
  'app',
  'app_kubernetes_io_name',
  'container',
  'cronjob',
  'daemonset',
  'deployment',
  'job',
  'job_name',
  'name',
  'pod',
  'service',
  'statefulset',
  'workload',
]);

/** Metrics of kube-state-metrics that exist for every workload of a kind. */
const fleetMetrics: Readonly<Record<string, RegExp>> = {
  Deployment: /\bkube_(?:deployment|pod)_/,
  StatefulSet: /\bkube_(?:statefulset|pod)_/,
  DaemonSet: /\bkube_(?:daemonset|pod)_/,
  ReplicaSet: /\bkube_(?:replicaset|pod)_/,
  ReplicationController: /\bkube_(?:replicationcontroller|pod)_/,
  Job: /\bkube_(?:job|pod)_/,
  CronJob: /\bkube_(?:cronjob|job|pod)_/,
  Pod: /\bkube_pod_/,
};

/**
 * Tells of which workloads an alert's expression speaks: a label matcher names it, or the expression asks a metric that
 * every workload of its kind has and names none. Regular expressions of matchers are read as text, never run: plain
 * alternatives with an open end (`cart-.*|checkout.*`) are understood, any other names nothing.
 */
export function alertAim({ expression }: AlertRule): (subject: AlertSubject) => boolean {
  const matchers = readMatchers(expression);
  const places = matchers.filter(({ label }) => label === 'namespace');
  const naming = matchers.filter(({ label, value }) => namingLabels.has(label) && value !== 'kube-state-metrics');
  const chooses = naming.some(({ operator, value }) => operator === '=' || (operator === '=~' && !isOpen(value)));
  return ({ kind, namespace, names }) => {
    if (namespace !== undefined && !places.every((place) => takesNamespace(place, namespace))) return false;
    if (naming.some((matcher) => namesOne(matcher, names))) return true;
    return !chooses && (fleetMetrics[kind]?.test(expression) ?? false);
  };
}

function readMatchers(expression: string): readonly Matcher[] {
  const found = expression.matchAll(
    /\b([A-Za-z_]\w{0,80})[ \t]{0,5}(=~|!~|!=|=)[ \t]{0,5}(?:"([^"\n]{0,500})"|'([^'\n]{0,500})')/g,
  );
  return [...found].map(([, label = '', operator = '', double, single]) => ({
    label,
    operator,
    value: double ?? single ?? '',
  }));
}

function namesOne({ operator, value }: Matcher, names: readonly string[]): boolean {
  if (operator === '=') return names.includes(value);
  return operator === '=~' && alternatives(value).some((alternative) => names.includes(alternative));
}

function takesNamespace({ operator, value }: Matcher, namespace: string): boolean {
  if (operator === '=') return value === namespace;
  if (operator === '!=') return value !== namespace;
  if (operator === '=~') return isOpen(value) || alternatives(value).includes(namespace);
  return !alternatives(value).includes(namespace);
}

/** `.*` and `.+` take everything that has a name. */
function isOpen(pattern: string): boolean {
  return pattern === '.*' || pattern === '.+';
}

/** `(cart-.*|checkout.+)` → cart, checkout. */
function alternatives(pattern: string): readonly string[] {
  const bare = pattern.startsWith('(') && pattern.endsWith(')') ? pattern.slice(1, -1) : pattern;
  return bare.split('|').map((alternative) => alternative.replace(/-?\.[*+]$/, ''));
}
