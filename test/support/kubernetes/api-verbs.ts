import { randomBytes } from 'node:crypto';
import { deleteObject, type DeleteOptions, type DeletionTimes } from './deletion.ts';
import { withDefaults } from './defaults.ts';
import type { Kinds, KubeObject, Place, Plural, ResourceQuota } from './objects.ts';
import type { ObjectStore, Unborn } from './object-store.ts';
import { admitQuota, withUse } from './quota.ts';
import { apiVersionOf, resources, type Resource } from './resources.ts';
import { alreadyExists, badRequest, conflict, notFound } from './status.ts';
import { validate, validateChange } from './validation.ts';

/** What can be done to objects through the API; each throws a `Refusal` where the server would refuse. */
export interface ApiVerbs {
  readonly create: <P extends Plural>(
    plural: P,
    object: Unborn<Kinds[P]>,
    options?: { readonly dryRun?: boolean },
  ) => Kinds[P];
  readonly read: <P extends Plural>(plural: P, place: Place) => Kinds[P];
  readonly list: <P extends Plural>(plural: P, namespace?: string) => Kinds[P][];
  readonly replace: (plural: Plural, place: Place, object: KubeObject) => KubeObject;
  readonly patch: (plural: Plural, place: Place, patch: unknown) => KubeObject;
  readonly remove: (plural: Plural, place: Place, options?: DeleteOptions) => KubeObject | undefined;
}

export function apiVerbs(store: ObjectStore, times: DeletionTimes): ApiVerbs {
  const asRead = <P extends Plural>(plural: P, object: Kinds[P]): Kinds[P] =>
    plural === 'resourcequotas' ? (withUse(store, object as ResourceQuota) as Kinds[P]) : object;
  const read = <P extends Plural>(plural: P, place: Place): Kinds[P] => {
    const object = store.get(plural, place);
    if (!object) throw notFound(resources[plural], place.name);
    return asRead(plural, object);
  };
  const change = (plural: Plural, place: Place, next: KubeObject): KubeObject => {
    const before = read(plural, place);
    const asked = next.metadata.resourceVersion;
    if (asked && asked !== before.metadata.resourceVersion) throw conflict(resources[plural], place.name);
    validate(resources[plural], next);
    validateChange(resources[plural], before, next);
    const { uid, creationTimestamp } = before.metadata;
    return (
      store.update(plural, place, (draft) =>
        Object.assign(draft, next, { metadata: { ...next.metadata, uid, creationTimestamp } }),
      ) ?? before
    );
  };
  return {
    create: (plural, given, options = {}) => create(store, plural, { given, dryRun: options.dryRun === true }),
    read,
    list: (plural, namespace) => store.list(plural, namespace).map((object) => asRead(plural, object)),
    replace: change,
    patch: (plural, place, patch) => {
      const merged = mergePatch(read(plural, place), patch) as KubeObject;
      const sent = (patch as Partial<KubeObject>).metadata?.resourceVersion;
      // Without a version of its own a patch goes onto whatever stands there.
      if (sent === undefined) merged.metadata.resourceVersion = '';
      return change(plural, place, merged);
    },
    remove: (plural, place, options) => {
      read(plural, place);
      return deleteObject(store, times)(plural, place, options);
    },
  };
}

function create<P extends Plural>(
  store: ObjectStore,
  plural: P,
  { given, dryRun }: { readonly given: Unborn<Kinds[P]>; readonly dryRun: boolean },
): Kinds[P] {
  const resource = resources[plural];
  const object = structuredClone(given);
  object.kind ??= resource.kind;
  object.apiVersion ??= apiVersionOf(resource);
  const { metadata } = object;
  if (!metadata.name && metadata.generateName) metadata.name = metadata.generateName.slice(0, 58) + suffix();
  validate(resource, object as unknown as KubeObject);
  refuseStranger(store, resource, metadata);
  const complete = withDefaults(plural, object);
  const place = { namespace: metadata.namespace ?? '', name: metadata.name };
  if (store.get(plural, place)) throw alreadyExists(resource, metadata.name);
  admitQuota(store, resource, complete);
  if (!dryRun) return store.add(plural, complete);
  const draft = { uid: '00000000-0000-4000-8000-000000000000', creationTimestamp: '2026-01-01T00:00:00Z' };
  return { ...complete, metadata: { ...metadata, ...draft } } as unknown as Kinds[P];
}

function refuseStranger(
  store: ObjectStore,
  resource: Resource,
  metadata: { namespace?: string; resourceVersion?: string },
): void {
  if (metadata.resourceVersion) throw badRequest('resourceVersion should not be set on objects to be created');
  const { namespace = '' } = metadata;
  if (!resource.namespaced) return;
  if (!store.get('namespaces', { namespace: '', name: namespace })) throw notFound(resources.namespaces, namespace);
}

/** Five characters as the server appends them: none that could make a word. */
function suffix(): string {
  const letters = 'bcdfghjklmnpqrstvwxz2456789';
  return [...randomBytes(5)].map((byte) => letters[byte % letters.length]).join('');
}

/** RFC 7386: null removes, objects merge, everything else replaces. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const merged: Record<string, unknown> = isRecord(target) ? structuredClone(target) : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = mergePatch(merged[key], value);
  }
  return merged;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
