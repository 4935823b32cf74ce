import { randomUUID } from 'node:crypto';
import { openHistory, type History } from './history.ts';
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
export interface ObjectStore extends Pick<History, 'version' | 'since' | 'compact' | 'oldest' | 'onChange'> {
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
}

/** An object before the store has given it its identity. */
export type Unborn<T extends KubeObject> = Omit<T, 'metadata'> & {
  metadata: Omit<Meta, 'uid' | 'resourceVersion' | 'creationTimestamp'>;
};

export function objectStore(now: () => number): ObjectStore {
  const collections = new Map<Plural, Map<string, KubeObject>>();
  const history = openHistory();
  const collection = (plural: Plural): Map<string, KubeObject> => {
    const known = collections.get(plural) ?? new Map<string, KubeObject>();
    collections.set(plural, known);
    return known;
  };
  const put = (plural: Plural, object: KubeObject): void => {
    const objects = collection(plural);
    const previous = objects.get(keyOf(placeOf(object)));
    object.metadata.resourceVersion = String(history.step());
    objects.set(keyOf(placeOf(object)), object);
    history.record({ type: previous ? 'MODIFIED' : 'ADDED', plural, object, previous });
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
      const object = structuredClone(previous);
      object.metadata.resourceVersion = String(history.step());
      history.record({ type: 'DELETED', plural, object, previous });
      return object;
    },
    version: history.version,
    since: history.since,
    compact: history.compact,
    oldest: history.oldest,
    onChange: history.onChange,
  };
}

function keyOf({ namespace, name }: Place): string {
  return `${namespace}/${name}`;
}
