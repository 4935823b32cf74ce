import { randomUUID } from 'node:crypto';
import { apiTime, placeOf, type Kinds, type KubeObject, type Meta, type Place, type Plural } from './objects.ts';

/** One change of one object, as watches tell it. */
export interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly plural: Plural;
  readonly object: KubeObject;
  /** The object before it; a watch with a selector needs to know whether it matched. */
  readonly previous: KubeObject | undefined;
  readonly version: number;
}

/** Objects and their history, in memory. What it hands out is never changed afterwards. */
export interface ObjectStore {
  readonly get: <P extends Plural>(plural: P, place: Place) => Kinds[P] | undefined;
  /** Those of a namespace, or all of them, in the order of their names. */
  readonly list: <P extends Plural>(plural: P, namespace?: string) => Kinds[P][];
  readonly add: <P extends Plural>(plural: P, object: Unborn<Kinds[P]>) => Kinds[P];
  /** Changes a copy and stores it; nothing happens where the object is gone or the change changes nothing. */
  readonly update: <P extends Plural>(
    plural: P,
    place: Place,
    change: (draft: Kinds[P]) => void,
  ) => Kinds[P] | undefined;
  readonly remove: (plural: Plural, place: Place) => KubeObject | undefined;
  readonly version: () => number;
  /** Changes after a version; undefined where they are no longer known. */
  readonly since: (version: number) => readonly Change[] | undefined;
  /** Forgets the history so far. */
  readonly compact: () => void;
  readonly oldest: () => number;
  readonly onChange: (listener: (change: Change) => void) => () => void;
}

/** An object before the store has given it its identity. */
export type Unborn<T extends KubeObject> = Omit<T, 'metadata'> & {
  metadata: Omit<Meta, 'uid' | 'resourceVersion' | 'creationTimestamp'>;
};

export function objectStore(now: () => number): ObjectStore {
  const collections = new Map<Plural, Map<string, KubeObject>>();
  const listeners = new Set<(change: Change) => void>();
  let history: Change[] = [];
  let version = 1;
  let oldest = 1;
  const collection = (plural: Plural): Map<string, KubeObject> => {
    const known = collections.get(plural) ?? new Map<string, KubeObject>();
    collections.set(plural, known);
    return known;
  };
  const record = (change: Omit<Change, 'version'>): void => {
    const recorded = { ...change, version };
    history.push(recorded);
    for (const listener of listeners) listener(recorded);
  };
  const put = (plural: Plural, object: KubeObject): void => {
    const objects = collection(plural);
    const previous = objects.get(keyOf(placeOf(object)));
    version += 1;
    object.metadata.resourceVersion = String(version);
    objects.set(keyOf(placeOf(object)), object);
    record({ type: previous ? 'MODIFIED' : 'ADDED', plural, object, previous });
  };
  return {
    get: <P extends Plural>(plural: P, place: Place) => collection(plural).get(keyOf(place)) as Kinds[P] | undefined,
    list: <P extends Plural>(plural: P, namespace = '') =>
      [...collection(plural)]
        .filter(([, { metadata }]) => namespace === '' || metadata.namespace === namespace)
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([, object]) => object as Kinds[P]),
    add: <P extends Plural>(plural: P, given: Unborn<Kinds[P]>) => {
      const object = structuredClone(given) as unknown as Kinds[P];
      Object.assign(object.metadata, { uid: randomUUID(), creationTimestamp: apiTime(now()) });
      put(plural, object);
      return object;
    },
    update: <P extends Plural>(plural: P, place: Place, change: (draft: Kinds[P]) => void) => {
      const object = collection(plural).get(keyOf(place)) as Kinds[P] | undefined;
      if (!object) return undefined;
      const draft = structuredClone(object);
      change(draft);
      if (JSON.stringify(draft) === JSON.stringify(object)) return object;
      put(plural, draft);
      return draft;
    },
    remove: (plural, place) => {
      const previous = collection(plural).get(keyOf(place));
      if (!previous) return undefined;
      collection(plural).delete(keyOf(place));
      version += 1;
      const object = structuredClone(previous);
      object.metadata.resourceVersion = String(version);
      record({ type: 'DELETED', plural, object, previous });
      return object;
    },
    version: () => version,
    since: (from) => {
      if (from < oldest) return undefined;
      return history.slice(firstAfter(history, from));
    },
    compact: () => {
      history = [];
      // What was read before is too old from now on, also where nothing has changed since.
      version += 1;
      oldest = version;
    },
    oldest: () => oldest,
    onChange: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

function keyOf({ namespace, name }: Place): string {
  return `${namespace}/${name}`;
}

function firstAfter(history: readonly Change[], version: number): number {
  let low = 0;
  let high = history.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((history[middle]?.version ?? 0) > version) high = middle;
    else low = middle + 1;
  }
  return low;
}
