import { apiVerbs, type ApiVerbs } from './api-verbs.ts';
import { apiTime, type Event, type KubeObject } from './objects.ts';
import { objectStore, type ObjectStore, type Unborn } from './object-store.ts';

/** How long the parts of a cluster take; tests shorten what takes minutes in a real one. */
export interface Pace {
  /** Between looks of the controllers at what waits (unschedulable pods, refused creates), in ms. */
  readonly retryMs: number;
  /** What the API calls a second of tolerations, deadlines and lifetimes, in ms. */
  readonly secondMs: number;
  /** From ErrImagePull to ImagePullBackOff, and between tries. */
  readonly pullBackoffMs: number;
}

/** What all parts of the fake cluster share. */
export interface World {
  readonly store: ObjectStore;
  readonly verbs: ApiVerbs;
  readonly now: () => number;
  readonly pace: Pace;
  /** Does something after a time; nothing of it happens once the world has ended. */
  readonly later: (ms: number, act: () => void) => () => void;
  /** Acts now, or when the API server can be reached again: no part of a cluster changes anything without it. */
  readonly act: (change: () => void) => void;
  readonly setReachable: (reachable: boolean) => void;
  readonly tell: (event: Told) => void;
  readonly end: () => void;
}

/** What an event says. */
export interface Told {
  readonly about: KubeObject;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  readonly by: string;
}

export function openWorld(pace: Pace, now: () => number): World {
  const store = objectStore(now);
  const verbs = apiVerbs(store, { now, secondMs: pace.secondMs });
  const timers = new Set<NodeJS.Timeout>();
  let held: (() => void)[] | undefined;
  let events = 0;
  const act = (change: () => void): void => {
    if (held) held.push(change);
    else change();
  };
  const later = (ms: number, change: () => void): (() => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      act(change);
    }, ms);
    timers.add(timer);
    return () => {
      clearTimeout(timer);
      timers.delete(timer);
    };
  };
  return {
    store,
    verbs,
    now,
    pace,
    later,
    act,
    setReachable: (reachable) => {
      const waiting = held ?? [];
      held = reachable ? undefined : waiting;
      if (reachable) for (const change of waiting) act(change);
    },
    tell: (told) => {
      events += 1;
      store.add('events', eventOf(told, { at: apiTime(now()), count: events }));
    },
    end: () => {
      held = [];
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

function eventOf(told: Told, { at, count }: { readonly at: string; readonly count: number }): Unborn<Event> {
  const { apiVersion, kind, metadata } = told.about;
  const { name, namespace = 'default', uid } = metadata;
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${name}.${count.toString(16).padStart(16, '0')}`, namespace },
    involvedObject: { apiVersion, kind, name, namespace, uid },
    reason: told.reason,
    message: told.message,
    type: told.type,
    count: 1,
    firstTimestamp: at,
    lastTimestamp: at,
    source: { component: told.by },
  };
}
