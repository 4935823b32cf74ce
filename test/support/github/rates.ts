import { Refusal, refusal } from './refusals.ts';
import type { Token } from './tokens.ts';
import type { World } from './world.ts';

/** What a request is to the limits. */
export interface Weight {
  readonly resource: 'core' | 'graphql';
  readonly isWrite: boolean;
  /** Whether it makes content: a write by anything but DELETE, or a mutation. */
  readonly isContent: boolean;
}

interface Spent extends Weight {
  readonly at: number;
  /** Of the hour: 1, and for a query what it costs. */
  points: number;
}

const spent = new WeakMap<World, Map<string, Spent[]>>();

const minuteMs = 60_000;
const hourMs = 3_600_000;

/** Counts a request; throws what GitHub answers where a limit has been passed. */
export function countRequest(world: World, token: Token | undefined, weight: Weight): void {
  const all = requestsOf(world, token);
  const now = world.clock.now();
  const { limits } = world;
  const used = usedThisHour(world, token, weight.resource);
  if (used.count >= limits.requestsPerHour) throw primaryLimit(weight.resource, token?.account.login);
  if (limits.secondary) {
    const lastMinute = all.filter(({ at }) => at > now - minuteMs);
    const content = (ms: number): number => all.filter(({ at, isContent }) => isContent && at > now - ms).length;
    const points = (resource: Weight['resource']): number =>
      lastMinute.filter((each) => each.resource === resource).reduce((sum, { isWrite }) => sum + (isWrite ? 5 : 1), 0);
    const isTooMuch =
      (weight.isContent &&
        (content(minuteMs) >= limits.contentPerMinute || content(hourMs) >= limits.contentPerHour)) ||
      points('core') > limits.restPointsPerMinute ||
      points('graphql') > limits.graphqlPointsPerMinute;
    if (isTooMuch) throw secondaryLimit(60);
  }
  all.push({ ...weight, at: now, points: 1 });
}

/** What the query that was counted last costs beside its first point. */
export function countCost(world: World, token: Token, points: number): void {
  const last = requestsOf(world, token).at(-1);
  if (last) last.points = points;
}

/** GraphQL says it in an answer of 200. */
export function primaryLimit(resource: Weight['resource'], login = 'this address'): Refusal {
  const message = `API rate limit exceeded for ${login}.`;
  if (resource === 'core') return new Refusal(403, { message });
  return new Refusal(200, { errors: [{ type: 'RATE_LIMITED', message }] });
}

export function secondaryLimit(retryAfterSeconds: number | undefined): Refusal {
  const { status, body } = refusal(
    403,
    'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
  );
  return new Refusal(status, body, retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) });
}

export function usedThisHour(
  world: World,
  token: Token | undefined,
  resource: Weight['resource'],
): { readonly count: number; readonly resetSeconds: number } {
  const now = world.clock.now();
  const recent = requestsOf(world, token).filter((each) => each.resource === resource && each.at > now - hourMs);
  return {
    count: recent.reduce((sum, { points }) => sum + points, 0),
    resetSeconds: Math.ceil(((recent[0]?.at ?? now) + hourMs) / 1000),
  };
}

/** Headers of every answer: how much is left, and until when. */
export function rateHeaders(
  world: World,
  token: Token | undefined,
  resource: Weight['resource'],
): Record<string, string> {
  const { count, resetSeconds } = usedThisHour(world, token, resource);
  const limit = world.limits.requestsPerHour;
  return {
    // By the server's own clock, which the reset goes by too.
    date: new Date(world.clock.now()).toUTCString(),
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': String(Math.max(0, limit - count)),
    'x-ratelimit-used': String(count),
    'x-ratelimit-reset': String(resetSeconds),
    'x-ratelimit-resource': resource,
  };
}

function requestsOf(world: World, token: Token | undefined): Spent[] {
  const ofWorld = spent.get(world) ?? new Map<string, Spent[]>();
  spent.set(world, ofWorld);
  const key = token?.value ?? '';
  const found = ofWorld.get(key) ?? [];
  ofWorld.set(key, found);
  return found;
}
