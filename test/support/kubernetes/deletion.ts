import { apiTime, placeOf, type KubeObject, type Place, type Plural, type Pod } from './objects.ts';
import type { ObjectStore } from './object-store.ts';
import { resources } from './resources.ts';

export type Propagation = 'Background' | 'Foreground' | 'Orphan';

export interface DeleteOptions {
  readonly propagation?: Propagation | undefined;
  readonly graceSeconds?: number | undefined;
}

export interface DeletionTimes {
  readonly now: () => number;
  /** What the API calls a second, in ms. */
  readonly secondMs: number;
}

const foreground = 'foregroundDeletion';
const orphaning = 'orphan';

/** Deletes as the server does: pods get their grace time, owners take along what they own. Returns what is left. */
export function deleteObject(
  store: ObjectStore,
  times: DeletionTimes,
): (plural: Plural, place: Place, options?: DeleteOptions) => KubeObject | undefined {
  return (plural, place, options = {}) => {
    if (plural === 'pods') return deletePod(store, times, { place, grace: options.graceSeconds });
    const object = store.get(plural, place);
    if (!object) return undefined;
    // What a Job owns stays behind unless its deletion says otherwise: old clients rely on it.
    const propagation = options.propagation ?? (plural === 'jobs' ? 'Orphan' : 'Background');
    if (propagation === 'Background' || dependents(store, object.metadata.uid).length === 0) {
      store.remove(plural, place);
      return undefined;
    }
    return store.update(plural, place, ({ metadata }) => {
      metadata.deletionTimestamp ??= apiTime(times.now());
      metadata.deletionGracePeriodSeconds = 0;
      metadata.finalizers = [propagation === 'Orphan' ? orphaning : foreground];
    });
  };
}

function deletePod(
  store: ObjectStore,
  { now, secondMs }: DeletionTimes,
  { place, grace }: { readonly place: Place; readonly grace: number | undefined },
): Pod | undefined {
  const pod = store.get('pods', place);
  if (!pod) return undefined;
  const seconds = grace ?? pod.spec.terminationGracePeriodSeconds ?? 30;
  const isOver = hasEnded(pod) || pod.spec.nodeName === undefined || seconds === 0;
  return store.update('pods', place, ({ metadata, status }) => {
    if (metadata.deletionTimestamp !== undefined && !isOver) return;
    metadata.deletionTimestamp ??= apiTime(now() + seconds * secondMs);
    metadata.deletionGracePeriodSeconds = isOver ? 0 : seconds;
    // Its Job must see that it ended, and how, before it is gone.
    if (isOver && !hasEnded(pod)) status.phase = 'Failed';
  });
}

export function hasEnded({ status }: Pod): boolean {
  return status.phase === 'Succeeded' || status.phase === 'Failed';
}

/** A pod that was deleted goes once it has ended and its Job has seen it. */
export function removeEndedPods(store: ObjectStore, later: (ms: number, act: () => void) => unknown): void {
  store.onChange(({ plural, object }) => {
    const pod = object as Pod;
    if (plural === 'pods' && pod.metadata.deletionTimestamp && hasEnded(pod)) {
      later(
        1,
        () =>
          void (
            store.get('pods', placeOf(pod))?.metadata.uid === pod.metadata.uid && store.remove('pods', placeOf(pod))
          ),
      );
    }
  });
}

interface Dependent {
  readonly plural: Plural;
  readonly object: KubeObject;
}

function dependents(store: ObjectStore, uid: string): Dependent[] {
  return owned(store).filter(({ object }) => object.metadata.ownerReferences?.some((owner) => owner.uid === uid));
}

function owned(store: ObjectStore): Dependent[] {
  return Object.values(resources).flatMap(({ plural }) =>
    store
      .list(plural)
      .filter(({ metadata }) => metadata.ownerReferences?.length)
      .map((object) => ({ plural, object })),
  );
}

function orphan(store: ObjectStore, uid: string): void {
  for (const { plural, object } of dependents(store, uid)) {
    store.update(plural, placeOf(object), ({ metadata }) => {
      metadata.ownerReferences = (metadata.ownerReferences ?? []).filter((owner) => owner.uid !== uid);
    });
  }
}

/** The garbage collector: what has lost all its owners goes, and so does an owner that waited for the last it owned. */
export function collectGarbage(
  store: ObjectStore,
  remove: (plural: Plural, place: Place, options?: DeleteOptions) => unknown,
): void {
  const all = Object.values(resources).flatMap(({ plural }) =>
    store.list(plural).map((object) => ({ plural, object })),
  );
  const holding = (finalizer: string): Dependent[] =>
    all.filter(({ object }) => object.metadata.finalizers?.includes(finalizer));
  for (const { plural, object } of holding(orphaning)) {
    orphan(store, object.metadata.uid);
    store.remove(plural, placeOf(object));
  }
  const leaving = new Set(holding(foreground).map(({ object }) => object.metadata.uid));
  const living = new Set(all.map(({ object }) => object.metadata.uid).filter((uid) => !leaving.has(uid)));
  for (const { plural, object } of owned(store)) {
    const owners = object.metadata.ownerReferences ?? [];
    const isLost = !owners.some(({ uid }) => living.has(uid));
    if (isLost && !object.metadata.deletionTimestamp) remove(plural, placeOf(object), { propagation: 'Background' });
  }
  for (const { plural, object } of holding(foreground)) {
    if (dependents(store, object.metadata.uid).length === 0) store.remove(plural, placeOf(object));
  }
}
