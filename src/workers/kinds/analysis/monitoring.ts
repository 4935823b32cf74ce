import { alertGroupsOfFiles, alertGroupsOfObjects, type AlertGroup } from '../../../checks/kubernetes/alert-rules.ts';
import { alertAim, type AlertSubject } from '../../../checks/kubernetes/alert-targets.ts';
import { readObjects, type KubernetesObject } from '../../../checks/kubernetes/objects.ts';
import { hasController, podTemplateOf } from '../../../checks/kubernetes/pods.ts';
import { scrapersOf, servicesOf, type RunningPod } from '../../../checks/kubernetes/scraping.ts';
import { findingFingerprint, type Finding } from '../../../protocol/finding.ts';
import { compareText, sortedSet } from '../../../shared/canonical.ts';
import type { Perform } from '../../work.ts';

const ruleId = 'monitoring/uncovered-workload';
const batchKinds: ReadonlySet<string> = new Set(['Job', 'CronJob']);
const appLabels = ['app', 'app.kubernetes.io/name', 'k8s-app'] as const;

/** A workload, once, however many files define it, with what watches it. */
interface Coverage {
  /** `deployment:shop/cart`, as the catalog names it. */
  readonly subject: string;
  readonly kind: string;
  readonly name: string;
  readonly path: string;
  readonly line: number;
  readonly scrapedBy: readonly string[];
  readonly alertedBy: readonly string[];
  readonly missing: readonly string[];
}

/**
 * Finds workloads that nothing in the repository monitors: no ServiceMonitor, PodMonitor or annotation has them scraped,
 * or no alert is about them. One finding per workload. Batch jobs end before a scrape; they need an alert only.
 */
export const analyseMonitoring: Perform<'analysis-worker', 'monitoring'> = async ({
  workspace,
  inputs,
  keepEvidence,
}) => {
  const { objects, unread } = readObjects(workspace, inputs.paths);
  const ruleFiles = alertGroupsOfFiles(workspace, inputs.paths);
  const alerts = aimedAlerts([...alertGroupsOfObjects(objects), ...ruleFiles.groups]);
  const missed = [...unread, ...ruleFiles.unread];
  const workloads = measureCoverage(objects, alerts);
  const uncovered = workloads.filter(({ missing }) => missing.length > 0);
  const evidence = await keepEvidence('Workloads and what monitors them', 'application/json', {
    workloads,
    unread: missed,
  });
  const counts = {
    'monitoring.workloads': workloads.length,
    'monitoring.covered': workloads.length - uncovered.length,
    'monitoring.scraped': workloads.filter(({ scrapedBy }) => scrapedBy.length > 0).length,
    'monitoring.alerted': workloads.filter(({ alertedBy }) => alertedBy.length > 0).length,
  };
  return {
    summary: `${uncovered.length} of ${workloads.length} workloads uncovered`,
    findings: uncovered.map((workload) => toFinding(workload, { readAll: missed.length === 0 })),
    measurements: Object.entries(counts).map(([name, value]) => {
      return { name, value, unit: 'workloads', subject: workspace.repository, evidence };
    }),
    unread: missed,
  };
};

interface AimedAlert {
  /** `<group>/<alert>` */
  readonly label: string;
  readonly covers: (subject: AlertSubject) => boolean;
}

function aimedAlerts(groups: readonly AlertGroup[]): readonly AimedAlert[] {
  return groups.flatMap(({ name, alerts }) =>
    alerts.map((rule) => ({ label: `${name}/${rule.alert}`, covers: alertAim(rule) })),
  );
}

function measureCoverage(objects: readonly KubernetesObject[], alerts: readonly AimedAlert[]): readonly Coverage[] {
  const definitions = new Map<string, RunningPod[]>();
  for (const object of objects) {
    const pod = podTemplateOf(object);
    if (pod === undefined || hasController(object)) continue;
    const subject = `${object.kind}:${object.namespace ?? 'default'}/${object.name}`.toLowerCase();
    const known = definitions.get(subject);
    if (known) known.push({ object, pod });
    else definitions.set(subject, [{ object, pod }]);
  }
  return [...definitions]
    .sort(([a], [b]) => compareText(a, b))
    .flatMap(([subject, pods]) => coverageOf(subject, { pods, objects, alerts }));
}

interface Estate {
  readonly pods: readonly RunningPod[];
  readonly objects: readonly KubernetesObject[];
  readonly alerts: readonly AimedAlert[];
}

/** A workload is covered where any of its definitions is. */
function coverageOf(subject: string, { pods, objects, alerts }: Estate): readonly Coverage[] {
  const [first] = pods;
  if (first === undefined) return [];
  const { kind, name, path, line } = first.object;
  const scrapedBy = sortedSet(pods.flatMap((running) => scrapersOf(running, objects)));
  const subjects = pods.map((running) => alertSubject(running, objects));
  const about = alerts.filter(({ covers }) => subjects.some(covers));
  const alertedBy = sortedSet(about.map(({ label }) => label));
  const missing = [
    ...(scrapedBy.length === 0 && !batchKinds.has(kind) ? ['scraping'] : []),
    ...(alertedBy.length === 0 ? ['an alert'] : []),
  ];
  return [{ subject, kind, name, path, line, scrapedBy, alertedBy, missing }];
}

function alertSubject(running: RunningPod, objects: readonly KubernetesObject[]): AlertSubject {
  const { object, pod } = running;
  const services = servicesOf(running, objects).map(({ name }) => name);
  const apps = appLabels.flatMap((label) => pod.labels[label] ?? []);
  return { kind: object.kind, namespace: object.namespace, names: [object.name, ...services, ...apps] };
}

/** Less sure where something could not be read: a Helm template may hold the missing monitor. */
function toFinding(workload: Coverage, { readAll }: { readonly readAll: boolean }): Finding {
  const { subject, kind, name, path, line, missing } = workload;
  return {
    fingerprint: findingFingerprint(ruleId, subject, name),
    ruleId,
    tool: { name: 'cortex-monitoring', version: '1' },
    severity: missing.length > 1 ? 'medium' : 'low',
    confidence: readAll ? 'high' : 'medium',
    subject,
    message: `${kind} ${name} lacks ${missing.join(' and ')}`,
    remedy: missing.map((lack) => remedies[lack] ?? '').join(' '),
    location: { path, line },
    basis: 'measured',
  };
}

const remedies: Readonly<Record<string, string>> = {
  scraping:
    'Add a ServiceMonitor or PodMonitor whose selector takes its pods (or annotate them with prometheus.io/scrape).',
  'an alert': 'Add a PrometheusRule with an alert on its series, such as unavailable replicas or a failed job.',
};
