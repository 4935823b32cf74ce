import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Plan } from '../../src/plan/plan.ts';
import type { Change as ProposedChange } from '../../src/protocol/change.ts';
import type { Finding } from '../../src/protocol/finding.ts';
import { changeOf } from '../support/changes.ts';
import { leaseMs, openLegs } from '../support/legs.ts';
import { planOf, scan } from '../support/master-plans.ts';
import { runMasters, type Deed, type RunOptions, type Script, type WorkedRun } from '../support/scripted-worker.ts';

const finding: Finding = {
  fingerprint: 'f'.repeat(64),
  ruleId: 'secrets/token',
  tool: { name: 'test', version: '1' },
  severity: 'critical',
  confidence: 'high',
  subject: 'a.ts',
  message: 'A token lies open',
  remedy: 'Revoke it.',
  basis: 'measured',
};

describe('what a run has to decide', () => {
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'cortex-masters-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const run = (plan: Plan, script?: Script, options: Partial<RunOptions> = {}): Promise<WorkedRun> =>
    runMasters(plan, { directory, ...(script ? { script } : {}), ...options });
  const statuses = ({ state }: WorkedRun): Record<string, string> =>
    Object.fromEntries([...state.tasks].map(([id, task]) => [id, task.status]));

  describe('a critical finding', () => {
    const plan = (answer: 'proceed' | 'stop'): Plan =>
      planOf({ 'security-master': [scan('grave'), scan('after', { needs: ['grave'] }), scan('beside')] }, (spec) => {
        spec['escalations'] = { severities: { critical: answer } };
      });
    const grave: Script = ({ task }) => (task === 'grave' ? { findings: [finding] } : {});

    it('answered `stop` blocks what needs its task, which itself is complete', async () => {
      const done = await run(plan('stop'), grave);
      expect(statuses(done)).toEqual({ grave: 'complete', after: 'blocked', beside: 'complete' });
    });

    it('answered `proceed` blocks nothing', async () => {
      expect(statuses(await run(plan('proceed'), grave))['after']).toBe('complete');
    });

    it('is asked about once, with what was found, and the answer names its source', async () => {
      const done = await run(plan('stop'), grave);
      expect(done.dataOf('escalation.raised')).toMatchObject([
        {
          escalation: 'grave-critical',
          severity: 'critical',
          issue: 'grave found 1 critical: A token lies open',
          recommendation: 'Revoke it.',
        },
      ]);
      expect(done.dataOf('escalation.answered')).toEqual([
        { escalation: 'grave-critical', choice: 'stop', by: 'the plan (escalations.severities.critical)' },
      ]);
    });
  });

  describe('where a person can be asked, a critical finding', () => {
    const tasks = {
      'security-master': [scan('grave'), scan('after', { needs: ['grave'] }), scan('beside')],
    };
    const plan = planOf(tasks, (spec) => {
      spec['escalations'] = { severities: { critical: 'stop' } };
    });
    const supervised = { ...plan, masters: [...planOf({ 'coordinator-master': [] }).masters, ...plan.masters] };
    const grave: Script = ({ task }): Deed => (task === 'grave' ? { findings: [finding] } : {});
    const raised = 'escalation.raised:grave-critical';
    const answered = 'escalation.answered:grave-critical';
    const orderOf = ({ events }: WorkedRun, ...ids: readonly string[]): readonly string[] =>
      events.map(({ id }) => id).filter((id) => ids.includes(id));
    /** Answers as soon as everything else is done. */
    const answering =
      (choice: string): Required<RunOptions>['before'] =>
      async ({ board, signal }, store) => {
        const data = { escalation: 'grave-critical', choice, by: 'ada@home' };
        const isBesideDone = board.until((state) => state.tasks.get('beside')?.endedAt, signal);
        const isAsked = board.until((state) => state.escalations.get('grave-critical'), signal);
        void Promise.all([isBesideDone, isAsked]).then(() =>
          store.append([{ id: answered, actor: 'person', fence: 0, type: 'escalation.answered', data }]),
        );
      };
    const minute = { answerWaitMs: 60_000 };

    it('waits for the answer, and so does its task; nothing else does', async () => {
      const done = await run(supervised, grave, { context: minute, before: answering('proceed') });
      const steps = [raised, 'task.completed:beside', answered, 'task.completed:grave', 'worker.launched:after-1'];
      const order = orderOf(done, ...steps);
      expect(order.slice(2)).toEqual(steps.slice(2));
      expect(order).toHaveLength(steps.length);
    });

    it('says until when it waits', async () => {
      const now = Date.parse('2026-01-02T03:04:05.000Z');
      const done = await run(plan, grave, { context: { ...minute, now: () => now }, before: answering('proceed') });
      expect(done.dataOf('escalation.raised')[0]?.answerBy).toBe('2026-01-02T03:05:05.000Z');
    });

    it.each([
      ['proceed', 'complete'],
      ['stop', 'blocked'],
    ])('is answered with %s: what needs its task is %s', async (choice, status) => {
      const done = await run(supervised, grave, { context: minute, before: answering(choice) });
      expect(done.dataOf('escalation.answered')).toEqual([{ escalation: 'grave-critical', choice, by: 'ada@home' }]);
      expect(statuses(done)).toEqual({ grave: 'complete', after: status, beside: 'complete' });
    });

    it.each([
      ['with a coordinator', supervised],
      ['by the one that asked, where there is none', plan],
    ])('is answered as the plan says where nobody answers in time, %s', async (_name, of) => {
      const done = await run(of, grave, { context: { answerWaitMs: 40, leaseMs: 30 } });
      const { answerBy } = done.dataOf('escalation.raised')[0] ?? {};
      const answer = done.events.find(({ id }) => id === answered);
      expect(answer?.data).toMatchObject({ choice: 'stop', by: 'the plan (escalations.severities.critical)' });
      expect(Date.parse(answer?.at ?? '')).toBeGreaterThanOrEqual(Date.parse(answerBy ?? ''));
      expect(statuses(done)).toEqual({ grave: 'complete', after: 'blocked', beside: 'complete' });
    });

    it('is answered by the coordinator, also where the one that asked has gone', async () => {
      const legs = await openLegs(supervised, { directory, script: grave });
      legs.start('a', ['coordinator-master'], { patienceMs: 3_600_000 });
      const asker = legs.start('b', ['security-master'], { answerWaitMs: 2 * leaseMs });
      await legs.until((state) => state.escalations.get('grave-critical'));
      asker.die();
      await legs.pass(2 * leaseMs);
      const answer = await legs.until((state) => state.escalations.get('grave-critical')?.answer);
      await legs.close();
      expect(answer).toEqual({ choice: 'stop', by: 'the plan (escalations.severities.critical)' });
    });

    it('waits no longer than the run may', async () => {
      const deadlineAt = Date.now() + 50;
      const done = await run(plan, grave, { context: { answerWaitMs: 60_000, deadlineAt, leaseMs: 30 } });
      expect(done.dataOf('escalation.raised')[0]?.answerBy).toBe(new Date(deadlineAt).toISOString());
    });

    it('is another matter than a failed task, whose question nobody is waited for', async () => {
      const done = await run(supervised, ({ task }): Deed => (task === 'grave' ? { lost: 'refused' } : {}), {
        context: minute,
      });
      expect(done.dataOf('escalation.raised')).toMatchObject([{ escalation: 'grave-failed', answerBy: null }]);
      expect(done.dataOf('escalation.answered')).toMatchObject([{ escalation: 'grave-failed', choice: 'stop' }]);
    });

    it('is not waited for where nobody can be asked', async () => {
      const done = await run(plan, grave);
      expect(done.dataOf('escalation.raised')).toMatchObject([{ escalation: 'grave-critical', answerBy: null }]);
    });
  });

  describe('a change', () => {
    const fingerprint = 'a'.repeat(64);
    const change: ProposedChange = changeOf([{ path: 'a.yaml', before: 'a\n', after: 'b\n', mode: '100644' }], {
      gone: ['b'.repeat(64)],
      fingerprint,
    });
    const fix = { id: 'fix', worker: 'implementation-worker', capability: 'fix-workflows' };
    const review = { id: 'review', worker: 'review-worker', capability: 'change', needs: ['fix'] };
    const script =
      (passed: boolean): Script =>
      ({ task }) => {
        if (task === 'fix') return { changes: [change] };
        const verdict = passed ? 'approve' : 'request-changes';
        return { reviews: [{ change: fingerprint, verdict, gates: [{ gate: 'size', passed, detail: 'by order' }] }] };
      };
    const verdicts = async (plan: Plan, work: Script): Promise<unknown> =>
      (await run(plan, work))
        .dataOf('change.judged')
        .map(({ change: of, verdict, reason }) => ({ of, verdict, reason }));

    it('is proven by the review that another master’s worker gives it', async () => {
      const plan = planOf({ 'cicd-master': [fix], 'development-master': [review] });
      expect(await verdicts(plan, script(true))).toMatchObject([{ of: fingerprint, verdict: 'proven' }]);
    });

    it('is rejected by the gate that it fails', async () => {
      const plan = planOf({ 'cicd-master': [fix], 'development-master': [review] });
      expect(await verdicts(plan, script(false))).toEqual([
        { of: fingerprint, verdict: 'rejected', reason: 'size: by order' },
      ]);
    });

    it('that nobody reviews is rejected', async () => {
      expect(await verdicts(planOf({ 'cicd-master': [fix] }), script(true))).toEqual([
        { of: fingerprint, verdict: 'rejected', reason: 'no review looked at it' },
      ]);
    });
  });
});
