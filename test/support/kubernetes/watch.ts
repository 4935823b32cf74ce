import type { ServerResponse } from 'node:http';
import type { KubeObject } from './objects.ts';
import type { Change, ObjectStore } from './object-store.ts';
import { apiVersionOf, type Route } from './resources.ts';
import type { Matcher } from './selectors.ts';
import { expired } from './status.ts';

/** What a watch was asked for. */
export interface WatchRequest {
  readonly route: Route;
  readonly matches: Matcher;
  /** Undefined: what there is now comes first. */
  readonly version: number | undefined;
  readonly bookmarks: boolean;
  readonly timeoutMs: number;
}

/** The watches that are open, and what tests can do to them. */
export interface Watches {
  readonly open: (request: WatchRequest, response: ServerResponse) => void;
  /** Ends them all now, without a word; with an error of the connection, if asked. */
  readonly cut: (how?: 'end' | 'reset') => void;
  /** From now on nothing comes on them, though they stay open: also no end. */
  readonly freeze: () => void;
  readonly thaw: () => void;
}

export interface WatchTimes {
  readonly bookmarkMs: number;
}

export function openWatches(store: ObjectStore, times: WatchTimes, counted: (change: 1 | -1) => void): Watches {
  const open = new Map<ServerResponse, () => void>();
  const pace = { frozen: false };
  return {
    open: (request, response) => {
      counted(1);
      response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-cache, private' });
      response.flushHeaders();
      const stop = follow(store, { request, response, times, isFrozen: () => pace.frozen });
      open.set(response, stop);
      response.once('close', () => {
        stop();
        open.delete(response);
        counted(-1);
      });
    },
    cut: (how = 'end') => {
      for (const response of open.keys()) {
        if (how === 'reset') response.socket?.resetAndDestroy();
        else response.destroy();
      }
    },
    freeze: () => void (pace.frozen = true),
    thaw: () => void (pace.frozen = false),
  };
}

interface Followed {
  readonly request: WatchRequest;
  readonly response: ServerResponse;
  readonly times: WatchTimes;
  readonly isFrozen: () => boolean;
}

function follow(store: ObjectStore, { request, response, times, isFrozen }: Followed): () => void {
  const { route, version, bookmarks, timeoutMs } = request;
  const say = (type: string, object: unknown): void => {
    if (!isFrozen()) response.write(`${JSON.stringify({ type, object })}\n`);
  };
  const past = version === undefined ? initial(store, request) : store.since(version);
  if (!past) {
    say('ERROR', expired(version ?? 0, store.oldest()));
    response.end();
    return () => undefined;
  }
  let sent = store.version();
  const pass = (change: Change): void => {
    sent = change.version;
    const told = asSeen(change, request);
    if (told) say(told, change.object);
  };
  past.forEach(pass);
  const forget = store.onChange(pass);
  const bookmark = setInterval(() => {
    sent = store.version();
    if (bookmarks) say('BOOKMARK', bookmarkOf(route, sent));
  }, times.bookmarkMs);
  const end = setTimeout(() => {
    if (!isFrozen()) response.end();
  }, timeoutMs);
  return () => {
    forget();
    clearInterval(bookmark);
    clearTimeout(end);
  };
}

/** What there is, as if it had just been made. */
function initial(store: ObjectStore, { route }: WatchRequest): readonly Change[] {
  const { plural } = route.resource;
  return store.list(plural, route.namespace).map((object) => ({
    type: 'ADDED',
    plural,
    object,
    previous: undefined,
    version: Number(object.metadata.resourceVersion),
  }));
}

/** How a change looks to a watch: what begins or stops to match its selectors comes or goes. */
function asSeen({ type, plural, object, previous }: Change, { route, matches }: WatchRequest): string | undefined {
  const isHere = (each: KubeObject): boolean =>
    (route.namespace === '' || each.metadata.namespace === route.namespace) &&
    (route.name === undefined || each.metadata.name === route.name);
  if (plural !== route.resource.plural || !isHere(object)) return undefined;
  if (type === 'DELETED') return previous && matches(previous) ? 'DELETED' : undefined;
  const before = previous !== undefined && matches(previous);
  if (matches(object)) return before ? 'MODIFIED' : 'ADDED';
  return before ? 'DELETED' : undefined;
}

function bookmarkOf({ resource }: Route, version: number): unknown {
  const metadata = { resourceVersion: String(version), creationTimestamp: null };
  return { kind: resource.kind, apiVersion: apiVersionOf(resource), metadata };
}
