import { describe, expect, it } from 'vitest';
import { factsOf } from '../../src/execution/facts.ts';
import { foldEvents } from '../../src/execution/state.ts';
import type { NewEvent } from '../../src/protocol/event.ts';
import { factTable, type Facts } from '../../src/protocol/facts.ts';
import {
  booking,
  completed,
  declaredTask,
  executionId,
  finished,
  launched,
  logOf,
  lost,
  newEvent,
  reservation,
  started,
  timeOf,
  totals,
} from '../support/events.ts';

const facts = (...events: readonly NewEvent[]): Facts => factsOf(foldEvents(executionId, logOf(...events)));
const factsSince = (...events: readonly NewEvent[]): Facts => facts(started(), ...events);
const skip = (task: string): NewEvent =>
  newEvent('task.skipped', { task, master: 'security-master', missing: 'model', reason: 'r' }, task);

describe('the facts', () => {
  it('have every group of the table and no other', () => {
    expect(Object.keys(factsSince()).toSorted()).toEqual(Object.keys(factTable).toSorted());
  });

  it('name only what the table names', () => {
    const seen = factsSince(
      totals({
        tests: { suites: 1, cases: 2, skipped: 0, added: 1 },
        coverage: { before: 50, after: 60 },
        workflows: { findings: 1, fixable: 1, fixed: 1 },
        vulnerabilities: { found: 1, fixed: 0 },
      }),
    );
    for (const [group, known] of Object.entries(factTable))
      for (const name of Object.keys(seen[group as keyof Facts])) expect(Object.keys(known)).toContain(name);
  });

  it('that nobody saw are absent, never 0', () => {
    const { results, findings, assets, changes, workflows, tests, coverage, vulnerabilities, redis, catalog } =
      factsSince();
    for (const group of [
      results,
      findings,
      assets,
      changes,
      workflows,
      tests,
      coverage,
      vulnerabilities,
      redis,
      catalog,
    ])
      expect(group).toEqual({});
  });

  it('do not know a budget or a deadline before the execution has told them', () => {
    const { tokens, money, execution } = facts();
    expect([tokens.budget, money.budget_usd, execution.target_minutes, execution.minutes]).toEqual(
      Array(4).fill(undefined),
    );
  });

  it('tell what was aggregated, and leave out what no worker measured', () => {
    const seen = factsSince(totals({ coverage: { before: 62.5 }, tests: { suites: 2, cases: 9, skipped: 1 } }));
    expect(seen.coverage).toEqual({ before: 62.5 });
    expect(seen.tests).toEqual({ suites: 2, cases: 9, skipped: 1 });
    expect(seen.results).toEqual({ expected: 1, aggregated: 1 });
    expect(seen.findings).toEqual({ total: 0, critical: 0, high: 0, medium: 0, low: 0, silenced: 0 });
    expect(seen.workflows).toEqual({});
  });

  it('measure the run from its start to its aggregation', () => {
    // The aggregation is the third event; events are a second apart.
    const seen = factsSince(completed('scan'), totals(), newEvent('criteria.evaluated', { criteria: [] }));
    expect(seen.execution.minutes).toBeCloseTo(2 / 60, 10);
    expect(seen.execution.target_minutes).toBe(60);
  });

  it('count tasks by how they ended', () => {
    const tasks = ['a', 'b', 'c', 'd', 'e'].map((id) => declaredTask(id));
    const master = 'security-master';
    const seen = facts(
      started({ tasks }),
      completed('a'),
      newEvent('task.failed', { task: 'b', master, attempts: 1, code: 'c', message: 'm', hint: 'h' }),
      newEvent('task.blocked', { task: 'c', master, by: ['b'] }),
      skip('d'),
    );
    expect(seen.tasks).toEqual({ planned: 5, complete: 1, failed: 1, blocked: 1, skipped: 1 });
    expect(seen.workers.planned).toBe(4);
  });

  it('tell attempts that failed by themselves from those that were ended from outside', () => {
    const seen = factsSince(
      launched({ task: 'scan' }),
      lost({ task: 'scan' }, { class: 'disruption' }),
      launched({ task: 'scan', attempt: 2 }),
      lost({ task: 'scan', attempt: 2 }, { class: 'out-of-memory' }),
      launched({ task: 'scan', attempt: 3 }),
      lost({ task: 'scan', attempt: 3 }, { class: 'crash' }),
      launched({ task: 'scan', attempt: 4 }),
      finished({ task: 'scan', attempt: 4 }),
    );
    expect(seen.workers).toMatchObject({ started: 1, done: 1, failed: 1, disrupted: 2, retried: 3 });
  });

  it('know how many masters were at work at one moment', () => {
    const activated = (master: 'coordinator-master' | 'security-master'): NewEvent =>
      newEvent('master.activated', { master, tasks: 0, expertise: '' }, master);
    const reported = (master: 'coordinator-master' | 'security-master', outcome: 'complete' | 'failed'): NewEvent =>
      newEvent('master.reported', { master, outcome, done: 0, failed: 0, blocked: 0, skipped: 0, summary: '' }, master);
    const apart = factsSince(
      activated('security-master'),
      reported('security-master', 'failed'),
      activated('coordinator-master'),
    );
    expect(apart.masters).toEqual({ planned: 2, activated: 2, reported: 1, failed: 1, overlapping: 1 });
    const together = factsSince(activated('security-master'), activated('coordinator-master'));
    expect(together.masters.overlapping).toBe(2);
  });

  it('count masters of which one began in the moment that another reported', () => {
    const report = { outcome: 'complete', done: 0, failed: 0, blocked: 0, skipped: 0, summary: '' } as const;
    const log = logOf(
      started(),
      newEvent('master.activated', { master: 'security-master', tasks: 0, expertise: '' }, 'a'),
      newEvent('master.reported', { master: 'security-master', ...report }),
      newEvent('master.activated', { master: 'coordinator-master', tasks: 0, expertise: '' }, 'b'),
    );
    const inOneMoment = log.map((event) => (event.seq === 4 ? { ...event, at: timeOf(3) } : event));
    expect(factsOf(foldEvents(executionId, inOneMoment)).masters.overlapping).toBe(2);
  });

  it('count what is booked, what is still reserved and what went over', () => {
    const seen = factsSince(
      newEvent('budget.reserved', reservation('a', 70), 'a'),
      newEvent('budget.reserved', reservation('b', 30), 'b'),
      newEvent('budget.settled', booking('b', 501), 'b'),
    );
    expect(seen.tokens).toEqual({ budget: 1000, used: 501, reserved: 70 });
    expect(seen.money).toEqual({ budget_usd: 0.01, used_usd: 0.00501 });
    expect(seen.budgets).toEqual({ overrun: 1, unsettled: 1 });
  });

  it('name the capabilities that were used and those that were missing, each once', () => {
    const byModel = { kind: 'test-worker', capability: 'write-tests' } as const;
    const tasks = [declaredTask('a'), declaredTask('b'), declaredTask('c', byModel), declaredTask('d')];
    const seen = facts(started({ tasks }), completed('a'), completed('b'), skip('c'));
    expect(seen.capabilities).toEqual({ used: ['scan-worker/secrets'], missing: ['test-worker/write-tests'] });
  });

  it('count questions, and those still open', () => {
    const raise = (escalation: string): NewEvent =>
      newEvent(
        'escalation.raised',
        {
          escalation,
          task: 'scan',
          master: 'security-master',
          severity: 'high',
          issue: 'i',
          options: ['a'],
          recommendation: 'r',
          answerBy: null,
        },
        escalation,
      );
    const answer = newEvent('escalation.answered', { escalation: 'a', choice: 'proceed', by: 'the plan' });
    expect(factsSince(raise('a'), raise('b'), answer).escalations).toEqual({ raised: 2, open: 1 });
  });
});
