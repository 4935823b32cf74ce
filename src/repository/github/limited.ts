import type { Answer } from './answer.ts';
import type { GitHubLimits } from './limits.ts';

const limitWords = /rate limit|abuse detection|submitted too quickly/i;

/** Whether an answer says that there were too many requests. Such a one has not been carried out. */
export function isLimited({ status, message, headers }: Answer): boolean {
  if (status === 429) return true;
  if (status !== 403 && status !== 422 && status !== 200) return false;
  if (limitWords.test(message)) return true;
  return status === 403 && (headers['retry-after'] !== undefined || headers['x-ratelimit-remaining'] === '0');
}

/**
 * How long to wait after such an answer, in ms: as the server says, else a minute that doubles each time.
 * https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api
 */
export function limitedWaitMs(
  { headers }: Pick<Answer, 'headers'>,
  { now, times, limits }: { readonly now: number; readonly times: number; readonly limits: GitHubLimits },
): number {
  const asked = seconds(headers['retry-after']);
  if (asked !== undefined) return asked * 1000;
  if (headers['x-ratelimit-remaining'] === '0') {
    const wait = untilReset(headers, now);
    if (wait !== undefined) return wait;
  }
  return limits.limitedWaitMs * 2 ** times;
}

/** From now to the reset of the primary limit, by the server's own clock where it tells the time. A second is added for rounding. */
export function untilReset(headers: Answer['headers'], now: number): number | undefined {
  const reset = seconds(headers['x-ratelimit-reset']);
  if (reset === undefined) return undefined;
  const told = Date.parse(headers['date'] ?? '');
  return Math.max(0, reset * 1000 - (Number.isNaN(told) ? now : told)) + 1000;
}

function seconds(text: string | undefined): number | undefined {
  const value = text === undefined || text === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}
