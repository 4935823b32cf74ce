import type { V1Pod } from '@kubernetes/client-node';
import { CortexError, messageOf } from '../../../shared/errors.ts';
import { pause } from '../../../shared/pause.ts';
import { codeOf, statusOf } from '../api/api-errors.ts';
import type { Transport } from '../api/transport.ts';
import type { TypedClients } from '../api/typed-clients.ts';
import { viewPod, type PodView } from './pod-view.ts';
import { readWatch, type WatchEvent } from './read-watch.ts';

export interface FeedOptions {
  readonly transport: Transport;
  readonly clients: TypedClients;
  readonly namespace: string;
  /** Selects the pods by their labels. */
  readonly selector: string;
  /** How often the whole list is read anew: what a watch has missed is known that much later at most, in ms. */
  readonly relistMs: number;
  /** A watch that is away for longer than this is said to be lost, in ms. */
  readonly lostAfterMs: number;
  readonly onPod: (pod: PodView) => void;
  readonly onGone: (pod: PodView) => void;
  /** The whole truth of a moment: names of all pods that there are. */
  readonly onListed: (names: ReadonlySet<string>) => void;
  readonly onLost: (detail: string) => void;
  readonly onRestored: (gapMs: number) => void;
}

const pageSize = 250;
const longestWaitMs = 5000;
/** After so many failures in a row nothing that was seen is relied on. */
const tolerance = 4;
/** A watch that stayed open that long was a good one, though it may have had nothing to tell. */
const steadyMs = 500;

/**
 * Follows pods until the signal aborts: list, watch from there, resume where a watch ends, list anew when the server no
 * longer knows the version (410) and every `relistMs`. It never ends by itself.
 */
export async function followPods(options: FeedOptions, signal: AbortSignal): Promise<void> {
  const contact = contactKeeper(options);
  let version: string | undefined;
  for (let failures = 0; !signal.aborted;) {
    try {
      version = await listPods(options, version, signal);
      version = await watchUntilStale(options, { version, contact, signal });
      failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      // A server that was restored from a copy is behind what we have seen: it would be waited for without end.
      if (codeOf(error) === 410 || failures >= tolerance) version = undefined;
      contact.broken(messageOf(error));
      const growing = Math.min(longestWaitMs, 50 * 2 ** Math.min(failures, 8));
      await pause(Math.max(growing, statusOf(error)?.retryAfterMs ?? 0), signal).catch(() => undefined);
      failures += 1;
    }
  }
}

/** Reads all pods, page by page, no older than a version that was seen. Returns the version to watch from. */
async function listPods(
  options: FeedOptions,
  seen: string | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { clients, namespace, selector } = options;
  const names = new Set<string>();
  const from = seen === undefined ? {} : { resourceVersion: seen, resourceVersionMatch: 'NotOlderThan' };
  let next: string | undefined;
  for (;;) {
    const page = next === undefined ? from : { _continue: next };
    const list = await clients.core.listNamespacedPod({ namespace, labelSelector: selector, limit: pageSize, ...page });
    signal.throwIfAborted();
    for (const pod of list.items) {
      names.add(pod.metadata?.name ?? '');
      options.onPod(viewPod(pod));
    }
    next = list.metadata?._continue || undefined;
    if (next === undefined) {
      options.onListed(names);
      return list.metadata?.resourceVersion;
    }
  }
}

interface Watching {
  readonly version: string | undefined;
  readonly contact: Contact;
  readonly signal: AbortSignal;
}

/** Watches, and resumes, until the list is due again. Returns the last version seen. */
async function watchUntilStale(
  options: FeedOptions,
  { version, contact, signal }: Watching,
): Promise<string | undefined> {
  const until = performance.now() + options.relistMs;
  let last = version;
  for (let failures = 0; performance.now() < until && !signal.aborted;) {
    const stop = AbortSignal.any([signal, AbortSignal.timeout(Math.max(1, Math.ceil(until - performance.now())))]);
    const openedAt = performance.now();
    let steady: NodeJS.Timeout | undefined;
    try {
      // One that opens and then fails at once, again and again, is no contact.
      const onOpen = (): void => void (steady = setTimeout(contact.made, steadyMs));
      const opened = { path: watchPath(options, last, until), signal: stop, onOpen };
      for await (const event of readWatch(options.transport, opened)) {
        contact.made();
        failures = 0;
        last = event.version ?? last;
        tell(options, event);
      }
      contact.made();
    } catch (error) {
      if (stop.aborted) continue;
      // A version that is gone, or a server that answers with an error, is for the list to settle.
      if (error instanceof CortexError && error.code !== 'kube-unreachable') throw error;
      contact.broken(messageOf(error));
    } finally {
      clearTimeout(steady);
    }
    // A watch that ends at once, again and again, must not become a storm of requests.
    if (performance.now() - openedAt > steadyMs) failures = 0;
    await pause(Math.min(longestWaitMs, 20 * 2 ** Math.min(failures, 8)), signal).catch(() => undefined);
    failures += 1;
  }
  return last;
}

function watchPath({ namespace, selector }: FeedOptions, version: string | undefined, until: number): string {
  const query = new URLSearchParams({
    watch: 'true',
    allowWatchBookmarks: 'true',
    labelSelector: selector,
    timeoutSeconds: String(Math.max(1, Math.ceil((until - performance.now()) / 1000))),
    ...(version === undefined ? {} : { resourceVersion: version }),
  });
  return `/api/v1/namespaces/${namespace}/pods?${query.toString()}`;
}

function tell(options: FeedOptions, { type, object }: WatchEvent): void {
  if (type === 'BOOKMARK') return;
  const pod = viewPod(object as V1Pod);
  if (type === 'DELETED') options.onGone(pod);
  else options.onPod(pod);
}

interface Contact {
  readonly made: () => void;
  readonly broken: (detail: string) => void;
}

/** Says once that contact is lost, when it has been for a while, and once that it is back. */
function contactKeeper({ lostAfterMs, onLost, onRestored }: FeedOptions): Contact {
  let brokenAt: number | undefined;
  let isSaid = false;
  return {
    made: () => {
      if (isSaid && brokenAt !== undefined) onRestored(Math.round(performance.now() - brokenAt));
      brokenAt = undefined;
      isSaid = false;
    },
    broken: (detail) => {
      brokenAt ??= performance.now();
      if (isSaid || performance.now() - brokenAt < lostAfterMs) return;
      isSaid = true;
      onLost(detail);
    },
  };
}
