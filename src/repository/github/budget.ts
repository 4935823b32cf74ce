import type { GitHubLimits } from './limits.ts';

/** A request as limits count it. */
export interface Sending {
  readonly kind: 'read' | 'write' | 'query' | 'mutation';
  /** Whether it makes content that is seen: of such there may be so many a minute and an hour. */
  readonly isContent: boolean;
}

/** Requests are counted from when their answer came: the server can't have seen them later. */
export interface Sent extends Sending {
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** The two halves of the API are limited apart from each other. */
export type Half = 'rest' | 'graphql';

/** What was sent of late, in the order of time, and until when a half of the API is closed. */
export interface Ledger {
  readonly sent: readonly Sent[];
  readonly closedUntil: Readonly<Record<Half, number>>;
}

export const emptyLedger: Ledger = { sent: [], closedUntil: { rest: 0, graphql: 0 } };

const minute = 60_000;
const hour = 60 * minute;
const points: Readonly<Record<Sending['kind'], number>> = { read: 1, write: 5, query: 1, mutation: 5 };

export function halfOf({ kind }: Sending): Half {
  return kind === 'query' || kind === 'mutation' ? 'graphql' : 'rest';
}

/**
 * The first moment, not before `next.at`, at which a request may be sent: with it, no window of a minute or an hour holds more
 * than the limits allow. A window that holds nothing takes any request.
 */
export function admittedAt(ledger: Ledger, next: Sent, limits: GitHubLimits): number {
  const half = halfOf(next);
  const ofHalf = ledger.sent
    .filter((each) => halfOf(each) === half)
    .map((each) => ({ at: each.at, cost: points[each.kind] }));
  const most = half === 'rest' ? limits.restPointsPerMinute : limits.graphqlPointsPerMinute;
  const free = [
    next.at,
    ledger.closedUntil[half],
    freeAt(ofHalf, { windowMs: minute, most, cost: points[next.kind], now: next.at }),
  ];
  const written = ledger.sent.filter(isWrite).map(({ at }) => ({ at, cost: 1 }));
  const content = ledger.sent.filter(({ isContent }) => isContent).map(({ at }) => ({ at, cost: 1 }));
  const rule = { cost: 1, now: next.at };
  if (isWrite(next)) free.push(freeAt(written, { ...rule, windowMs: limits.writeSpacingMs, most: 1 }));
  if (next.isContent)
    free.push(
      freeAt(content, { ...rule, windowMs: minute, most: limits.contentPerMinute }),
      freeAt(content, { ...rule, windowMs: hour, most: limits.contentPerHour }),
    );
  return Math.max(...free);
}

function isWrite({ kind }: Sending): boolean {
  return kind === 'write' || kind === 'mutation';
}

interface Window {
  readonly windowMs: number;
  readonly most: number;
  readonly cost: number;
  readonly now: number;
}

function freeAt(
  sent: readonly { readonly at: number; readonly cost: number }[],
  { windowMs, most, cost, now }: Window,
): number {
  const within = sent.filter(({ at }) => at > now - windowMs);
  let held = within.reduce((sum, each) => sum + each.cost, 0);
  let free = now;
  for (const each of within) {
    if (held + cost <= most) break;
    held -= each.cost;
    free = each.at + windowMs;
  }
  return free;
}

/** The ledger with one request more; what no window reaches any more is dropped. */
export function withSent(ledger: Ledger, sent: Sent): Ledger {
  const kept = ledger.sent.filter(({ at, isContent }) => at > sent.at - (isContent ? hour : minute));
  return { ...ledger, sent: [...kept, sent] };
}

/** The ledger with a half of the API closed until then. */
export function withClosed(ledger: Ledger, half: Half, until: number): Ledger {
  return { ...ledger, closedUntil: { ...ledger.closedUntil, [half]: Math.max(until, ledger.closedUntil[half]) } };
}
