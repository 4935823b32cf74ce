import { describe, expect, it } from 'vitest';
import type { ExecutionState } from '../../src/execution/execution-state.ts';
import { foldEvents } from '../../src/execution/state.ts';
import type { NewEvent } from '../../src/protocol/event.ts';
import { sha256 } from '../../src/shared/canonical.ts';
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
  usageOf,
} from '../support/events.ts';

const fold = (...events: readonly NewEvent[]): ExecutionState => foldEvents(executionId, logOf(started(), ...events));
const master = 'security-master';

describe('the state of an execution', () => {
  it('is empty before the first event', () => {
    const state = foldEvents(executionId, []);
    expect(state).toMatchObject({ id: executionId, lastSeq: 0, gaps: 0, resumed: 0 });
    expect([state.masters.size, state.tasks.size, state.workers.size]).toEqual([0, 0, 0]);
    expect(state.started).toBeUndefined();
  });

  it('begins with its masters and tasks pending', () => {
    const state = fold();
    expect([...state.masters.values()].map(({ name, status }) => [name, status])).toEqual([
      ['coordinator-master', 'pending'],
      [master, 'pending'],
    ]);
    expect(state.tasks.get('scan')).toMatchObject({ status: 'pending', master, attempts: 0 });
    expect(state.startedAt).toBe(timeOf(1));
  });

  it('counts the numbers that a log has lost', () => {
    const [first, second] = logOf(started(), completed('scan'));
    const events = [first, second].flatMap((event) => event ?? []);
    expect(foldEvents(executionId, events).gaps).toBe(0);
    expect(
      foldEvents(
        executionId,
        events.map((event) => ({ ...event, seq: event.seq * 3 })),
      ).gaps,
    ).toBe(2 + 2);
  });

  it('counts resumptions', () => {
    const resumed = (key: string): NewEvent => newEvent('execution.resumed', { relaunching: [] }, key);
    expect(fold(resumed('1'), resumed('2')).resumed).toBe(2);
  });
});

describe('phases', () => {
  const begin = newEvent('phase.started', { phase: 'preflight', limitMs: 5000 });
  it('start once, and end with what was seen', () => {
    const exit = [{ id: 'doors-answer', met: true, detail: '3 checks' }];
    const ended = newEvent('phase.ended', { phase: 'preflight', tookMs: 1000, exit });
    expect(fold(begin, begin, ended).phases.get('preflight')).toEqual({
      limitMs: 5000,
      startedAt: timeOf(2),
      endedAt: timeOf(4),
      tookMs: 1000,
      overran: false,
      exit,
    });
  });

  it('that took too long say so', () => {
    const overran = newEvent('phase.overran', { phase: 'preflight', limitMs: 5000 });
    expect(fold(begin, overran).phases.get('preflight')?.overran).toBe(true);
  });

  it('that never started change nothing by ending', () => {
    expect(fold(newEvent('phase.ended', { phase: 'report', tookMs: 1, exit: [] })).phases.size).toBe(0);
  });
});

describe('what was seen before the work', () => {
  it('is kept: preflight and snapshot', () => {
    const preflight = { checks: [], baseline: { assets: 3, source: 'before', list: null } };
    const snapshot = { manifest: sha256('m'), files: 2, bytes: 10, leftOut: [] };
    const state = fold(newEvent('preflight.checked', preflight), newEvent('snapshot.taken', snapshot));
    expect(state).toMatchObject({ preflight, snapshot });
  });
});

describe('masters', () => {
  const activated = newEvent('master.activated', { master, tasks: 1, expertise: 'secrets' });
  const counts = { done: 1, failed: 0, blocked: 0, skipped: 0, summary: 'all done' };

  it('are active once they claimed their assignment', () => {
    expect(fold(activated).masters.get(master)).toMatchObject({
      status: 'active',
      activatedAt: timeOf(2),
      expertise: 'secrets',
    });
  });

  it.each([
    ['complete', 'reported'],
    ['partial', 'reported'],
    ['failed', 'failed'],
  ] as const)('that report %s have %s', (outcome, status) => {
    const reported = newEvent('master.reported', { master, outcome, ...counts });
    const held = fold(activated, reported).masters.get(master);
    expect(held).toMatchObject({ status, reportedAt: timeOf(3), report: { outcome } });
  });
});

describe('tasks', () => {
  const task = 'scan';
  it('without an owner get the master that they were routed to', () => {
    const route = { task, master: 'testing-master', strategy: 'single_expert', confidence: 1, reason: 'r' } as const;
    const events = logOf(started({ tasks: [declaredTask(task, { master: null })] }), newEvent('task.routed', route));
    expect(foldEvents(executionId, events).tasks.get(task)).toMatchObject({ master: 'testing-master', route });
  });

  it('wait in the queue, then run with their worker', () => {
    const queued = newEvent('task.queued', { task, master, waitsFor: [] });
    expect(fold(queued).tasks.get(task)).toMatchObject({ status: 'queued', queuedAt: timeOf(2) });
    expect(fold(queued, launched({ task })).tasks.get(task)).toMatchObject({ status: 'running', attempts: 1 });
  });

  it('count their attempts', () => {
    const events = [launched({ task }), lost({ task }), launched({ task, attempt: 2 })];
    expect(fold(...events).tasks.get(task)?.attempts).toBe(2);
  });

  it('that are complete keep result, status and counts', () => {
    expect(fold(completed(task, { status: 'partial' })).tasks.get(task)).toMatchObject({
      status: 'complete',
      endedAt: timeOf(2),
      result: sha256(task),
      resultStatus: 'partial',
      summary: 'scan is done',
      counts: { findings: 0 },
    });
  });

  it.each([
    [newEvent('task.skipped', { task, master, missing: 'model', reason: 'why' }), 'skipped', 'why'],
    [
      newEvent('task.failed', { task, master, attempts: 1, code: 'crash', message: 'it broke', hint: 'h' }),
      'failed',
      'crash: it broke',
    ],
  ] as const)('that were not carried out keep the reason', (event, status, reason) => {
    expect(fold(event).tasks.get(task)).toMatchObject({ status, reason, endedAt: timeOf(2) });
  });

  it('that are blocked name what they waited for', () => {
    const held = fold(newEvent('task.blocked', { task, master, by: ['a', 'b'] })).tasks.get(task);
    expect(held?.status).toBe('blocked');
    expect(held?.reason).toContain('a, b');
  });

  it('that the plan does not know change nothing', () => {
    expect([...fold(completed('unknown')).tasks.keys()]).toEqual([task]);
  });
});

describe('workers', () => {
  const task = 'scan';
  it('run from their launch on', () => {
    expect(fold(launched({ task })).workers.get('scan-1')).toMatchObject({
      status: 'running',
      master,
      node: 'node-1',
      startedAt: timeOf(2),
    });
  });

  it('that finish keep what they returned and used', () => {
    const usage = usageOf(40);
    expect(fold(launched({ task }), finished({ task }, { usage })).workers.get('scan-1')).toMatchObject({
      status: 'completed',
      endedAt: timeOf(3),
      durationMs: 1500,
      cpuMs: 700,
      peakBytes: 50 * 1024 * 1024,
      result: sha256(task),
      usage,
    });
  });

  it('that are lost keep why', () => {
    expect(
      fold(launched({ task }), lost({ task }, { class: 'timeout', detail: 'late' })).workers.get('scan-1'),
    ).toMatchObject({
      status: 'failed',
      failure: { class: 'timeout', detail: 'late' },
    });
  });
});

describe('budgets', () => {
  const reserved = newEvent('budget.reserved', reservation('scan-1', 100), 'scan-1');
  const settled = newEvent('budget.settled', booking('scan-1', 40), 'scan-1');

  it('hold what is reserved until it is settled', () => {
    expect([...fold(reserved).reservations]).toEqual([
      ['scan-1', { account: master, tokens: 100, microDollars: 1000 }],
    ]);
    expect(fold(reserved, settled).reservations.size).toBe(0);
  });

  it('book what was spent, once', () => {
    expect(fold(reserved, settled, settled).masters.get(master)).toMatchObject({
      usedTokens: 40,
      usedMicroDollars: 400,
    });
  });

  it('hold nothing for a key that is settled already', () => {
    expect(fold(settled, reserved).reservations.size).toBe(0);
  });

  it('remember refusals', () => {
    const refusal = { ...booking('scan-1', 100), reason: 'too much' };
    expect(fold(newEvent('budget.refused', refusal)).refusals).toEqual([refusal]);
  });
});

describe('what came out', () => {
  it('is kept: verdicts, questions and their answers', () => {
    const judged = { change: sha256('c'), task: 'scan', master, title: 't', verdict: 'proven', reason: 'r' } as const;
    const raised = {
      escalation: 'e',
      task: 'scan',
      master,
      severity: 'high',
      issue: 'i',
      options: ['proceed'],
      recommendation: 'r',
      answerBy: null,
    } as const;
    const state = fold(
      newEvent('change.judged', judged),
      newEvent('escalation.raised', { ...raised, options: ['proceed'] }),
      newEvent('escalation.answered', { escalation: 'e', choice: 'proceed', by: 'the plan' }),
      newEvent('escalation.answered', { escalation: 'unknown', choice: 'stop', by: 'nobody' }),
    );
    expect([...state.changes.values()]).toEqual([judged]);
    expect([...state.escalations.values()]).toEqual([
      { raised, at: timeOf(3), answer: { choice: 'proceed', by: 'the plan' } },
    ]);
  });

  it('is kept: totals, criteria, files and the end', () => {
    const files = [{ path: 'a', sha256: sha256('a') }];
    const end = { status: 'complete', exitCode: 0, reason: 'every gate is met' } as const;
    const state = fold(
      totals(),
      newEvent('criteria.evaluated', { criteria: [] }),
      newEvent('report.written', { files }),
      newEvent('execution.ended', end),
    );
    expect(state).toMatchObject({ aggregatedAt: timeOf(2), criteria: [], files, ended: end, endedAt: timeOf(5) });
    expect(state.totals?.results).toEqual({ expected: 1, aggregated: 1 });
    expect(state.aggregate).toBe(sha256('aggregate'));
  });
});
