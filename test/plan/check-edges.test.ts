import { describe, expect, it } from 'vitest';
import { renderCheck, type CheckLimits, type RenderedCheck } from '../../src/plan/check-markdown.ts';
import type { CheckedPlan } from '../../src/plan/check.ts';
import type { PlanProblem } from '../../src/plan/problem.ts';

const problems = Array.from({ length: 40 }, (_, index): PlanProblem => {
  const place = { file: 'plans/a.yaml', line: index + 1, column: 1, path: 'spec' };
  const words = { message: `Größe ${index} é`, expected: 'weniger', found: 'é', remedy: 'Kürzen.' };
  return { rule: 'too-large', severity: 'error', ...place, ...words };
});
const plans: readonly CheckedPlan[] = [{ file: 'plans/a.yaml', state: 'invalid', problems }];
const whole = renderCheck(plans);

const texts = {
  comment: (text: string) => text.length,
  summary: (text: string) => Buffer.byteLength(text),
} as const satisfies Record<keyof CheckLimits, unknown>;

describe.each(['comment', 'summary'] as const)('the %s of a check', (name) => {
  const sizeOf = texts[name];
  const size = sizeOf(whole[name]);
  const at = (room: number): RenderedCheck => renderCheck(plans, { [name]: room });

  it.each([
    ['one more than it takes', 1],
    ['exactly what it takes', 0],
  ])('is whole in a room of %s', (_, more) => {
    expect(at(size + more)[name]).toBe(whole[name]);
  });

  it('is cut in a room of one less, says so, and names the digest of the whole', () => {
    const { [name]: text, digest } = at(size - 1);
    expect(sizeOf(text)).toBeLessThanOrEqual(size - 1);
    expect(text).toContain('This is not all');
    expect(text).toContain(whole.digest);
    expect(digest).toBe(whole.digest);
  });
});
