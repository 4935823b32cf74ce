import type { Kinds, KubeObject, Pod, PodSpec, Plural, ResourceQuota } from './objects.ts';
import type { ObjectStore, Unborn } from './object-store.ts';
import { readQuantity, writeQuantity } from './quantities.ts';
import { qualified, resources, type Resource } from './resources.ts';
import { forbidden } from './status.ts';

/** Refuses with 403, in the server's words, an object that would go over a quota of its namespace. */
export function admitQuota<P extends Plural>(store: ObjectStore, resource: Resource, object: Unborn<Kinds[P]>): void {
  const { namespace = '', name } = object.metadata;
  for (const quota of store.list('resourcequotas', namespace)) {
    const asked = usageOf(resource, object as unknown as KubeObject);
    const { hard } = quota.spec;
    const unsaid = Object.keys(hard).filter((key) => resource.plural === 'pods' && isCompute(key) && !(key in asked));
    if (unsaid.length > 0) {
      const container = (object as unknown as Pod).spec.containers[0]?.name ?? '';
      const what = unsaid.map((key) => `${key} for: ${container}`).join('; ');
      throw forbidden(resource, name, `failed quota: ${quota.metadata.name}: must specify ${what}`);
    }
    const used = quotaUse(store, quota);
    const over = Object.keys(hard)
      .filter((key) => (asked[key] ?? 0) > 0 && (used[key] ?? 0) + (asked[key] ?? 0) > readQuantity(hard[key] ?? '0'))
      .toSorted();
    if (over.length === 0) continue;
    const told = (values: (key: string) => string): string => over.map((key) => `${key}=${values(key)}`).join(',');
    const requested = told((key) => writeQuantity(key, asked[key] ?? 0));
    const before = told((key) => writeQuantity(key, used[key] ?? 0));
    const limited = told((key) => hard[key] ?? '');
    const why = `exceeded quota: ${quota.metadata.name}, requested: ${requested}, used: ${before}, limited: ${limited}`;
    throw forbidden(resource, name, why);
  }
}

/** A quota as it reads now. */
export function withUse(store: ObjectStore, quota: ResourceQuota): ResourceQuota {
  const used = quotaUse(store, quota);
  const { hard } = quota.spec;
  const written = Object.keys(hard).map((key) => [key, writeQuantity(key, used[key] ?? 0)]);
  return { ...quota, status: { hard, used: Object.fromEntries(written) as Record<string, string> } };
}

/** What a namespace uses of all that quotas count. Pods that have ended use nothing. */
function quotaUse(
  store: ObjectStore,
  { metadata: { namespace = '' } }: ResourceQuota,
): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const resource of Object.values(resources)) {
    if (!resource.namespaced) continue;
    for (const object of store.list(resource.plural, namespace)) {
      for (const [key, value] of Object.entries(usageOf(resource, object))) sums[key] = (sums[key] ?? 0) + value;
    }
  }
  return sums;
}

function usageOf(resource: Resource, object: KubeObject): Readonly<Record<string, number>> {
  const counted = { [`count/${qualified(resource)}`]: 1, ...(resource.group ? {} : { [resource.plural]: 1 }) };
  if (resource.plural !== 'pods') return counted;
  const { status, spec } = object as Pod;
  const ended = status.phase === 'Succeeded' || status.phase === 'Failed';
  return ended ? { 'count/pods': 1 } : { ...counted, ...computeOf(spec) };
}

function computeOf({ containers }: PodSpec): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const { resources: asked } of containers) {
    for (const side of ['requests', 'limits'] as const) {
      for (const [name, quantity] of Object.entries(asked?.[side] ?? {})) {
        const key = `${side}.${name}`;
        sums[key] = (sums[key] ?? 0) + readQuantity(quantity);
        if (side === 'requests') sums[name] = (sums[name] ?? 0) + readQuantity(quantity);
      }
    }
  }
  return sums;
}

function isCompute(key: string): boolean {
  return /^(?:requests\.|limits\.)?(?:cpu|memory|ephemeral-storage)$/.test(key);
}
