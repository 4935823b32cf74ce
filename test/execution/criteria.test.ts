import { describe, expect, it } from 'vitest';
import { evaluateCriteria, failedGates, type JudgedCriterion } from '../../src/execution/criteria.ts';
import { factsOf } from '../../src/execution/facts.ts';
import { foldEvents } from '../../src/execution/state.ts';
import type { CriterionResult } from '../../src/protocol/event.ts';
import { executionId, logOf, started, totals } from '../support/events.ts';

// One task, no findings, nothing known of coverage.
const facts = factsOf(foldEvents(executionId, logOf(started(), totals())));

function judge(overrides: Partial<JudgedCriterion>): CriterionResult {
  const base = { id: 'c', title: 'C', level: 'gate', scope: 'system', when: null, reason: null } as const;
  const [result] = evaluateCriteria([{ ...base, check: 'true', ...overrides }], facts);
  if (!result) throw new Error('no result');
  return result;
}

describe('a criterion', () => {
  it('is met when its check holds, and shows the facts it looked at', () => {
    expect(judge({ check: 'findings.critical == 0 && tasks.planned == 1' })).toMatchObject({
      outcome: 'met',
      facts: { 'findings.critical': 0, 'tasks.planned': 1 },
    });
  });

  it('has failed when its check does not hold', () => {
    expect(judge({ check: 'findings.total > 0' })).toMatchObject({ outcome: 'failed', facts: { 'findings.total': 0 } });
  });

  it('is unknown when nobody saw what it asks for, and names that', () => {
    const result = judge({ check: 'coverage.before >= 80.0' });
    expect(result).toMatchObject({ outcome: 'unknown', facts: {} });
    expect(result.reason).toContain('coverage.before');
  });

  it('is decided where the unseen fact makes no difference', () => {
    expect(judge({ check: 'doors.redis && redis.latency_ms < 10.0' }).outcome).toBe('failed');
    expect(judge({ check: 'findings.total == 0 || coverage.before > 80.0' }).outcome).toBe('met');
  });

  it('is not applicable by its own `when` alone, for the plan’s reason', () => {
    expect(judge({ check: 'false', when: 'doors.model', reason: 'no model' })).toMatchObject({
      outcome: 'not-applicable',
      reason: 'no model',
      facts: { 'doors.model': false },
    });
    expect(judge({ check: 'false', when: 'doors.model' }).reason).toContain('doors.model');
  });

  it('is judged where its `when` holds, and unknown where that was not seen', () => {
    expect(judge({ check: 'false', when: 'tasks.planned == 1' }).outcome).toBe('failed');
    expect(judge({ check: 'true', when: 'coverage.before > 0.0' }).outcome).toBe('unknown');
  });

  it('that does not compile is our bug: the plan’s rules let it through', () => {
    expect(() => judge({ check: 'tasks.' })).toThrow(
      expect.objectContaining({ family: 'bug', code: 'criterion-broken' }),
    );
  });
});

describe('the gates that keep a run from success', () => {
  const results = (['gate', 'target'] as const).flatMap((level) => [
    judge({ id: `${level}-met`, level, check: 'true' }),
    judge({ id: `${level}-failed`, level, check: 'false' }),
    judge({ id: `${level}-unknown`, level, check: 'coverage.before > 0.0' }),
    judge({ id: `${level}-not-applicable`, level, when: 'doors.redis' }),
  ]);
  it('are those that failed or that nobody can judge; targets never', () => {
    expect(failedGates(results).map(({ id }) => id)).toEqual(['gate-failed', 'gate-unknown']);
  });
});
