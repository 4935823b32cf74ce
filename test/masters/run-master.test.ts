import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Plan } from '../../src/plan/plan.ts';
import { noUsage } from '../../src/protocol/result.ts';
import { problem } from '../../src/shared/errors.ts';
import { executionId } from '../support/events.ts';
import { planOf, scan } from '../support/master-plans.ts';
import { runMasters, type Deed, type RunOptions, type Script, type WorkedRun } from '../support/scripted-worker.ts';

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
          .map(({ master, outcome, summary }) => `${master} ${outcome}: ${summary}`)
          .toSorted(),
      ).toEqual([
        'cicd-master partial: 0 of 2 tasks complete, 2 blocked',
        'security-master partial: 1 of 2 tasks complete, 1 failed',
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

  it('held by another process are begun when it lets go of them, and not before', async () => {
    const starts: string[] = [];
    const done = await run(
      planOf({ 'security-master': [scan('one')], 'cicd-master': [] }),
      ({ task }) => (starts.push(task), {}),
      {
        context: { leaseMs: 30 },
        before: async ({ board, signal }, store) => {
          const held = await store.claim('security-master', 'another', 60_000);
          const reported = board.until((state) => state.masters.get('cicd-master')?.activatedAt, signal);
          void reported.then(async () => {
            starts.push('let go');
            if ('fence' in held) await store.release(held);
          });
        },
      },
    );
    expect(starts).toEqual(['let go', 'one']);
    expect(done.dataOf('master.reported').map(({ outcome }) => outcome)).toEqual(['complete', 'complete']);
    expect(done.dataOf('master.adopted')).toMatchObject([{ master: 'security-master', from: 'another' }]);
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
      const dying: RunOptions['launcher'] = () => ({
        node: 'here',
        waitMs: 0,
        launch: () => new Promise(() => undefined),
      });
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
