import { describe, expect, it } from 'vitest';
import { refusedByPlan, verdictOn } from '../../src/masters/judge.ts';
import type { Review } from '../../src/protocol/change.ts';
import { changeOf } from '../support/changes.ts';

const change = changeOf([{ path: 'a.txt', before: 'a\n', after: 'b\n', mode: '100644' }], { gone: ['f'.repeat(64)] });

function review(overrides: Partial<Review> = {}): Review {
  const gates = [{ gate: 'paths', passed: true, detail: 'all allowed' }];
  return { change: change.fingerprint, verdict: 'approve', gates, ...overrides };
}
const failedGate = { gate: 'size', passed: false, detail: '900 lines' };

describe('the verdict on a change', () => {
  it('is proven by a review that approves, and says what the proof shows', () => {
    expect(verdictOn(change, [review()])).toEqual({
      verdict: 'proven',
      reason: '1 finding gone (1 before, 0 after), nothing new, review approves',
    });
  });

  it('is rejected without a review: its author’s word is not enough', () => {
    expect(verdictOn(change, [])).toEqual({ verdict: 'rejected', reason: 'no review looked at it' });
  });

  it('does not take the review of another change for its own', () => {
    expect(verdictOn(change, [review({ change: '0'.repeat(64) })]).verdict).toBe('rejected');
  });

  it('is rejected where one of its reviews does not approve, whatever the others say', () => {
    const reviews = [review(), review({ verdict: 'request-changes' })];
    expect(verdictOn(change, reviews)).toEqual({ verdict: 'rejected', reason: 'a review asks for changes' });
  });

  it('is rejected for a failed gate, also where the review approves, and names it', () => {
    expect(verdictOn(change, [review({ gates: [failedGate] })])).toEqual({
      verdict: 'rejected',
      reason: 'size: 900 lines',
    });
  });
});

describe('the plan’s word on paths', () => {
  it('lets a change of allowed paths go on to its reviews', () => {
    expect(refusedByPlan(change, { allow: ['**'], deny: ['deploy/**'] })).toBeUndefined();
  });

  it('rejects a change that touches a denied path, and names it', () => {
    const { verdict, reason } = refusedByPlan(change, { allow: ['**'], deny: ['*.txt'] }) ?? {};
    expect(verdict).toBe('rejected');
    expect(reason).toContain('a.txt');
  });

  it('rejects a change of a path that is not among the allowed ones', () => {
    expect(refusedByPlan(change, { allow: ['docs/**'], deny: [] })?.verdict).toBe('rejected');
  });
});
