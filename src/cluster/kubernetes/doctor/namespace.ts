import type { V1Namespace, V1ServiceAccount } from '@kubernetes/client-node';
import { usualNamespace, workerAccount } from '../spec/names.ts';
import { failed, met, noted, unasked, type CheckLine } from './check.ts';

const levelLabel = 'pod-security.kubernetes.io/enforce';

export function namespaceCheck(namespace: V1Namespace | undefined, name: string): CheckLine {
  const needed = 'a namespace for workers (spec.cluster.namespace)';
  const phase = namespace?.status?.phase ?? 'Active';
  if (namespace && phase === 'Active') return met('namespace', `${name} is there`, needed);
  if (namespace) {
    const remedy = `Wait until it is gone, then make it anew: ${makes(name)}.`;
    return failed('namespace', { seen: `${name} is ${phase}`, needed, remedy });
  }
  return failed('namespace', { seen: `there is no ${name}`, needed, remedy: `Make it: ${makes(name)}.` });
}

/** Workers pass the strictest level; a weaker one holds nobody else who gets in there. */
export function podSecurityCheck(namespace: V1Namespace): CheckLine {
  const check = 'pod security';
  const name = namespace.metadata?.name ?? '';
  const labels = namespace.metadata?.labels ?? {};
  const level = labels[levelLabel];
  const needed = 'enforce=restricted, pinned to a version';
  const version = labels[`${levelLabel}-version`] ?? 'latest';
  const remedy = `kubectl label namespace ${name} --overwrite ${levelLabel}=restricted`;
  if (level === undefined) return noted(check, { seen: 'no level is enforced by a label', needed, remedy });
  const seen = `enforce=${level} of ${version}`;
  if (level !== 'restricted') return failed(check, { seen, needed, remedy });
  if (version !== 'latest') return met(check, seen, needed);
  const pin = `kubectl label namespace ${name} ${levelLabel}-version=<version of the server>`;
  return noted(check, { seen: `${seen}: an upgrade may change what it means`, needed, remedy: pin });
}

export function accountCheck(account: V1ServiceAccount | undefined, namespace: string): CheckLine {
  const needed = `${workerAccount}, whom workers run as and who may do nothing`;
  const make =
    namespace === usualNamespace
      ? makes(usualNamespace)
      : `kubectl -n ${namespace} create serviceaccount ${workerAccount}`;
  if (!account) {
    const seen = `there is no ${workerAccount} in ${namespace}`;
    return failed('service account', { seen, needed, remedy: `Make it: ${make}.` });
  }
  return met('service account', `${workerAccount} is there`, needed);
}

/** Lines for what was not asked because the namespace is missing. */
export function withoutNamespace(checks: readonly string[]): readonly CheckLine[] {
  return checks.map((check) => unasked(check, 'not asked: the namespace is missing'));
}

function makes(name: string): string {
  return name === usualNamespace ? 'kubectl apply -k deploy/' : `kubectl create namespace ${name}`;
}
