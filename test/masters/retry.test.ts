import { describe, expect, it } from 'vitest';
import { retryWait, shareCap, type RetryQuestion } from '../../src/masters/retry.ts';
import { failureClasses, type FailureClass } from '../../src/protocol/event.ts';

const hour = 3_600_000;
function wait(failure: FailureClass, overrides: Partial<RetryQuestion> = {}): number | null {
  const question = { class: failure, seen: 1, planRetries: 2, baseMs: 1000, leftMs: hour, timeoutMs: 60_000 };
  return retryWait({ ...question, ...overrides });
}

describe('the retry policy', () => {
  it.each<readonly [FailureClass, number]>([
    ['disruption', 3],
    ['out-of-memory', 1],
    ['timeout', 2],
    ['try-again', 2],
    ['crash', 2],
    ['protocol', 0],
    ['refused', 0],
    ['no-access', 0],
    ['budget-spent', 0],
    ['bad-task', 0],
    ['cancelled', 0],
  ])('allows after %s %i further attempts, where the plan allows 2', (failure, allowed) => {
    const granted = [1, 2, 3, 4, 5].filter((seen) => wait(failure, { seen }) !== null);
    expect(granted).toEqual([1, 2, 3, 4, 5].slice(0, allowed));
  });

  it('knows every class', () => {
    for (const failure of failureClasses) expect(() => wait(failure)).not.toThrow();
  });

  it('follows the plan where a failure is the worker’s own, and only there', () => {
    expect(wait('crash', { planRetries: 0 })).toBeNull();
    expect(wait('disruption', { planRetries: 0 })).not.toBeNull();
  });

  it.each<readonly [FailureClass, readonly number[]]>([
    ['try-again', [1000, 2000, 4000, 8000, 10_000, 10_000]],
    ['crash', [100, 200, 400, 800, 1600, 3200]],
    ['timeout', [0, 0, 0, 0, 0, 0]],
  ])('waits after %s twice as long each time, up to ten times the base', (failure, waits) => {
    expect(waits.map((_, index) => wait(failure, { seen: index + 1, planRetries: 9 }))).toEqual(waits);
  });

  it('starts no attempt that could not end before the deadline', () => {
    expect(wait('crash', { leftMs: 60_100 })).toBe(100);
    expect(wait('crash', { leftMs: 60_099 })).toBeNull();
  });

  it('counts what the worker did itself together, all else by its class', () => {
    expect(shareCap('crash', 'timeout')).toBe(true);
    expect(shareCap('crash', 'disruption')).toBe(false);
    expect(shareCap('disruption', 'disruption')).toBe(true);
    expect(shareCap('disruption', 'out-of-memory')).toBe(false);
  });
});
