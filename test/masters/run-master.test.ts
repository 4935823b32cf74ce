import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSlots } from '../../src/masters/slots.ts';
import type { Plan } from '../../src/plan/plan.ts';
import type { Change as ProposedChange } from '../../src/protocol/change.ts';
import type { Finding } from '../../src/protocol/finding.ts';
import { noUsage } from '../../src/protocol/result.ts';
import { problem } from '../../src/shared/errors.ts';
import { changeOf } from '../support/changes.ts';
import { executionId, usageOf } from '../support/events.ts';
import { changedPlan, validPlan, type LooseSpec } from '../support/plans.ts';
import {
  runMasters,
  scriptedLauncher,
  type Deed,
  type RunOptions,
  type Script,
  type WorkedRun,
} from '../support/scripted-worker.ts';

type LooseTask = Record<string, unknown>;

const scan = (id: string, overrides: LooseTask = {}): LooseTask => ({
  id,
  worker: 'scan-worker',
  capability: 'secrets',
  ...overrides,
});

/** A plan whose masters have these tasks. */
function planOf(
  masters: Readonly<Record<string, readonly LooseTask[]>>,
  change: (spec: LooseSpec) => void = () => {},
): Plan {
  const text = changedPlan((spec) => {
    spec.masters = Object.entries(masters).map(([name, tasks]) => ({ name, tasks: [...tasks] }));
    change(spec);
  });
  return validPlan(text).plan;
}

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

describe('the masters of a run', () => {
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'cortex-masters-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const run = (plan: Plan, script?: Script, options: Partial<RunOptions> = {}): Promise<WorkedRun> =>
    runMasters(plan, { directory, ...(script ? { script } : {}), ...options });
  const statuses = ({ state }: WorkedRun): Record<string, string> =>
    Object.fromEntries([...state.tasks].map(([id, task]) => [id, task.status]));
  const failOf =
    (id: string): Script =>
    ({ task }): Deed =>
      task === id ? { lost: 'refused' } : {};

  it('claim, activate, carry out their tasks and report', async () => {
    const done = await run(planOf({ 'security-master': [scan('one'), scan('two')] }));
    expect(done.events.map(({ type }) => type)).toContain('claim.taken');
    expect(done.dataOf('master.activated')).toEqual([
      { master: 'security-master', tasks: 2, expertise: expect.stringContaining('Credentials') as string },
    ]);
    expect(done.dataOf('master.reported')).toEqual([
      {
        master: 'security-master',
        outcome: 'complete',
        done: 2,
        failed: 0,
        blocked: 0,
        skipped: 0,
        summary: '2 of 2 tasks complete',
      },
    ]);
    expect(statuses(done)).toEqual({ one: 'complete', two: 'complete' });
  });

  it('without tasks report what they did not do', async () => {
    const done = await run(planOf({ 'security-master': [scan('one')], 'cicd-master': [] }));
    expect(done.dataOf('master.reported').find(({ master }) => master === 'cicd-master')).toMatchObject({
      outcome: 'complete',
      summary: expect.stringContaining('nothing was asked of it') as string,
    });
  });

  it('give a worker all that it may know, and the results that its task needs', async () => {
    const seen: Parameters<Script>[0][] = [];
    const plan = planOf({
      'security-master': [scan('first', { goal: 'Look' })],
      'development-master': [
        { id: 'second', worker: 'review-worker', capability: 'change', needs: ['first'] },
        { id: 'churn', worker: 'analysis-worker', capability: 'hotspots' },
      ],
    });
    const done = await run(plan, (task) => (seen.push(task), {}));
    const of = (id: string): Parameters<Script>[0] | undefined => seen.find(({ task }) => task === id);
    expect(of('first')).toMatchObject({
      execution: executionId,
      master: 'security-master',
      attempt: 1,
      goal: 'Look',
      upstream: [],
    });
    expect(of('first')).not.toHaveProperty('history');
    expect(of('churn')).toHaveProperty('history');
    const result = done.state.tasks.get('first')?.result;
    expect(of('second')?.upstream).toEqual([{ task: 'first', capability: 'secrets', result }]);
  });

  it('begin a task when all that it needs is complete, also of other masters', async () => {
    const order: string[] = [];
    const plan = planOf({
      'security-master': [scan('last', { needs: ['middle'] }), scan('first')],
      'cicd-master': [{ id: 'middle', worker: 'analysis-worker', capability: 'workflows', needs: ['first'] }],
    });
    await run(plan, (task) => (order.push(task.task), {}));
    expect(order).toEqual(['first', 'middle', 'last']);
  });

  describe('a task that needs a model, in a run without one', () => {
    const byModel = { id: 'write', worker: 'implementation-worker', capability: 'implement', tokens: 20_000 };
    const plan = planOf({
      'development-master': [byModel],
      'security-master': [scan('after', { needs: ['write'] }), scan('beside')],
    });

    it('is skipped, with what is missing, and so is what needs it; nothing else', async () => {
      const done = await run(plan);
      expect(statuses(done)).toEqual({ write: 'skipped', after: 'skipped', beside: 'complete' });
      expect(done.dataOf('task.skipped').map(({ task, missing }) => [task, missing])).toEqual([
        ['write', 'model'],
        ['after', 'model'],
      ]);
      expect(done.dataOf('master.reported').map(({ outcome }) => outcome)).toEqual(['complete', 'complete']);
      expect(done.launches).toEqual(['beside-1']);
    });

    it('runs where there is one', async () => {
      expect(statuses(await run(plan, undefined, { context: { doors: { model: true } } }))['write']).toBe('complete');
    });
  });

  describe('a task that fails', () => {
    const plan = planOf({
      'security-master': [scan('broken'), scan('beside')],
      'cicd-master': [
        { id: 'after', worker: 'analysis-worker', capability: 'workflows', needs: ['broken'] },
        { id: 'after-that', worker: 'analysis-worker', capability: 'workflows', needs: ['after'] },
      ],
    });

    it('blocks what needs it, and what needs that, and nothing else', async () => {
      const done = await run(plan, failOf('broken'));
      expect(statuses(done)).toEqual({
        broken: 'failed',
        beside: 'complete',
        after: 'blocked',
        'after-that': 'blocked',
      });
      expect(done.dataOf('task.blocked').map(({ task, by }) => [task, by])).toEqual([
        ['after', ['broken']],
        ['after-that', ['after']],
      ]);
    });

    it('says why, what to do and after how many attempts, and asks what to do', async () => {
      const done = await run(plan, failOf('broken'));
      expect(done.dataOf('task.failed')).toEqual([
        {
          task: 'broken',
          master: 'security-master',
          attempts: 1,
          code: 'refused',
          message: 'by order',
          hint: expect.any(String) as string,
        },
      ]);
      expect(done.dataOf('escalation.raised')).toMatchObject([{ task: 'broken', severity: 'high' }]);
    });

    it('leaves its master with a partial outcome', async () => {
      const done = await run(plan, failOf('broken'));
      expect(
        done
          .dataOf('master.reported')
          .map(({ master, outcome, summary }) => [master, outcome, summary])
          .toSorted(),
      ).toEqual([
        ['cicd-master', 'partial', '0 of 2 tasks complete, 2 blocked'],
        ['security-master', 'partial', '1 of 2 tasks complete, 1 failed'],
      ]);
    });
  });

  describe('an attempt that is lost', () => {
    const plan = (retries: number): Plan => planOf({ 'security-master': [scan('one', { retries })] });
    const loseFirst =
      (...classes: readonly ('crash' | 'timeout' | 'disruption' | 'refused')[]): Script =>
      ({ attempt }) => {
        const lost = classes[attempt - 1];
        return lost ? { lost, usage: usageOf(10) } : {};
      };

    it('is tried again, as often as its class allows', async () => {
      const done = await run(plan(0), loseFirst('disruption', 'disruption', 'disruption'));
      expect(done.launches).toEqual(['one-1', 'one-2', 'one-3', 'one-4']);
      expect(statuses(done)).toEqual({ one: 'complete' });
      expect(done.state.tasks.get('one')?.attempts).toBe(4);
    });

    it('is not tried again where its class allows none', async () => {
      expect((await run(plan(3), loseFirst('refused'))).launches).toEqual(['one-1']);
    });

    it('shares the retries of the plan with all that the worker did itself', async () => {
      const done = await run(plan(1), loseFirst('crash', 'timeout', 'crash'));
      expect(done.launches).toEqual(['one-1', 'one-2']);
      expect(done.dataOf('task.failed')).toMatchObject([{ attempts: 2, code: 'timeout' }]);
    });

    it('says when the next one comes, or that none does', async () => {
      const done = await run(plan(1), loseFirst('crash', 'crash'));
      expect(done.dataOf('worker.lost').map(({ attempt, retryInMs }) => [attempt, retryInMs])).toEqual([
        [1, 0],
        [2, null],
      ]);
    });

    it('is booked with what it spent', async () => {
      const done = await run(plan(1), loseFirst('crash'));
      expect(done.dataOf('budget.settled').map(({ key, tokens }) => [key, tokens])).toEqual([
        ['one-1', 10],
        ['one-2', 0],
      ]);
    });

    it('leaves its place to others while it waits', async () => {
      const two = planOf({
        'security-master': [scan('flaky', { retries: 1, priority: 'critical' }), scan('patient', { priority: 'low' })],
      });
      const order: string[] = [];
      const script: Script = ({ task, attempt }): Deed => {
        order.push(`${task}-${attempt}`);
        return task === 'flaky' && attempt === 1 ? { lost: 'try-again' } : {};
      };
      await run(two, script, { context: { slots: createSlots(1, Date.now), retryBaseMs: 300 } });
      expect(order).toEqual(['flaky-1', 'patient-1', 'flaky-2']);
    });

    it('because it could not be started counts as ended from outside', async () => {
      let failures = 0;
      const launcher: RunOptions['launcher'] = (store) => {
        const real = scriptedLauncher(store, () => ({}));
        return {
          ...real,
          launch: (request) =>
            (failures += 1) === 1 ? Promise.reject(new Error('no processes left')) : real.launch(request),
        };
      };
      const done = await run(plan(0), undefined, { launcher });
      expect(statuses(done)).toEqual({ one: 'complete' });
      expect(done.dataOf('worker.lost')).toMatchObject([{ class: 'disruption', detail: 'no processes left' }]);
    });

    it.each([
      ['that is not there', (): object => ({ result: '0'.repeat(64) })],
      ['that is none', (): object => ({ result: null })],
      ['of another status', (): object => ({ status: 'partial' })],
      ['with other usage', (): object => ({ usage: usageOf(5) })],
    ])('to a result %s is not tried again', async (_name, changed) => {
      const launcher: RunOptions['launcher'] = (store) => {
        const real = scriptedLauncher(store, () => ({}));
        return {
          ...real,
          launch: async (request) => {
            const { node, outcome } = await real.launch(request);
            const ended = await outcome;
            const envelope = { ...ended.envelope, ...changed() };
            return { node, outcome: Promise.resolve({ ...ended, envelope } as typeof ended) };
          },
        };
      };
      const done = await run(plan(3), undefined, { launcher });
      expect(done.dataOf('worker.lost')).toMatchObject([{ class: 'protocol', retryInMs: null }]);
      expect(done.state.workers.size).toBe(1);
    });
  });

  describe('a budget', () => {
    it('that does not suffice is refused before anything starts, and said', async () => {
      const plan = planOf({
        'security-master': [scan('dear', { tokens: 900 }), scan('cheap', { needs: [], tokens: 0 })],
      });
      const poor = {
        ...plan,
        masters: plan.masters.map((master) => ({ ...master, budget: { ...master.budget, tokens: 100 } })),
      };
      const done = await run(poor);
      expect(done.launches).toEqual(['cheap-1']);
      expect(done.dataOf('budget.refused')).toMatchObject([{ key: 'dear-1', tokens: 900 }]);
      expect(done.dataOf('task.failed')).toMatchObject([{ task: 'dear', code: 'budget-refused', attempts: 0 }]);
    });

    it('is all given back or booked at the end', async () => {
      const done = await run(planOf({ 'security-master': [scan('one', { tokens: 50 })] }), () => ({
        usage: usageOf(20),
      }));
      expect(done.state.reservations.size).toBe(0);
      expect(done.state.masters.get('security-master')).toMatchObject({ usedTokens: 20, usedMicroDollars: 200 });
    });
  });

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

  describe('a master that fails', () => {
    const plan = planOf({
      'security-master': [scan('theirs')],
      'cicd-master': [{ id: 'own', worker: 'analysis-worker', capability: 'hotspots' }],
      'testing-master': [{ id: 'after', worker: 'test-worker', capability: 'inventory', needs: ['own'] }],
    });
    const broken = { history: () => Promise.reject(problem('git-failed', 'no git', { hint: 'Install git.' })) };

    it('takes no other down: its tasks are failed, what needs them is blocked, the rest goes on', async () => {
      const done = await run(plan, undefined, { context: broken });
      expect(statuses(done)).toEqual({ theirs: 'complete', own: 'failed', after: 'blocked' });
      expect(done.dataOf('task.failed')).toMatchObject([
        { code: 'git-failed', message: 'no git', hint: 'Install git.' },
      ]);
      expect(
        Object.fromEntries(done.dataOf('master.reported').map(({ master, outcome }) => [master, outcome])),
      ).toEqual({
        'security-master': 'complete',
        'cicd-master': 'failed',
        'testing-master': 'partial',
      });
    });

    it('says how often it had tried', async () => {
      const flaky = planOf({ 'security-master': [scan('one', { retries: 2 })] });
      let settles = 0;
      const done = await run(flaky, () => ({ lost: 'crash' }), {
        before: async (context, { settle }) => {
          const failSecond: typeof settle = (spent) =>
            (settles += 1) === 2 ? Promise.reject(new Error('store gone')) : settle(spent);
          Object.assign(context.store, { settle: failSecond });
        },
      });
      expect(done.dataOf('task.failed')).toMatchObject([{ attempts: 2, code: 'master-failed' }]);
    });
  });

  it('held by another process fail without starting anything', async () => {
    const done = await run(planOf({ 'security-master': [scan('one')] }), undefined, {
      before: async (_context, store) => void (await store.claim('security-master', 'another', 60_000)),
    });
    expect(done.launches).toEqual([]);
    expect(done.dataOf('master.reported')).toMatchObject([
      { outcome: 'failed', summary: expect.stringMatching(/^master-claimed: /) as string },
    ]);
  });

  it('coordinator included: it reports last, when it has work of its own and when it has none', async () => {
    const plan = planOf({ 'coordinator-master': [], 'security-master': [scan('one')], 'cicd-master': [] });
    const done = await run(plan, async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return {};
    });
    expect(done.dataOf('master.reported').at(-1)?.master).toBe('coordinator-master');
  });

  it('stop at the deadline: what was not done is failed with its name', async () => {
    const abort = new AbortController();
    const late = problem('deadline-passed', 'The run’s deadline has passed', { hint: 'Raise it.' });
    const plan = planOf({ 'security-master': [scan('one', { retries: 3 }), scan('two', { needs: ['one'] })] });
    const done = await run(plan, () => (abort.abort(late), { lost: 'try-again' }), {
      context: { signal: abort.signal, retryBaseMs: 60_000 },
    });
    expect(statuses(done)).toEqual({ one: 'failed', two: 'failed' });
    expect(done.dataOf('task.failed').map(({ code }) => code)).toEqual(['deadline-passed', 'deadline-passed']);
    expect(done.launches).toEqual(['one-1']);
  });

  describe('resumed', () => {
    it('do nothing again that is complete', async () => {
      const plan = planOf({ 'security-master': [scan('one')], 'cicd-master': [] });
      await run(plan);
      const again = await run(plan);
      expect(again.launches).toEqual([]);
      expect(again.dataOf('master.reported')).toHaveLength(2);
    });

    it('take up the attempt that was under way, under its own name', async () => {
      const plan = planOf({ 'security-master': [scan('one')] });
      const abort = new AbortController();
      // The process dies while its worker runs: nothing is written any more.
      const dying: RunOptions['launcher'] = () => ({ node: 'here', launch: () => new Promise(() => undefined) });
      const cut = run(plan, undefined, { launcher: dying, context: { signal: abort.signal } });
      await new Promise((resolve) => setTimeout(resolve, 200));
      void cut;
      const copy = `${directory}-copy`;
      cpSync(directory, copy, { recursive: true });
      rmSync(join(copy, 'lock'));
      const done = await runMasters(plan, { directory: copy, script: () => ({ usage: noUsage }) });
      rmSync(copy, { recursive: true });
      expect(done.launches).toEqual(['one-1']);
      expect(statuses(done)).toEqual({ one: 'complete' });
    });
  });
});
