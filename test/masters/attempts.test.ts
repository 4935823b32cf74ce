import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSlots } from '../../src/masters/slots.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { usageOf } from '../support/events.ts';
import { planOf, scan } from '../support/master-plans.ts';
import {
  runMasters,
  scriptedLauncher,
  type Deed,
  type RunOptions,
  type Script,
  type WorkedRun,
} from '../support/scripted-worker.ts';

describe('the attempts of a task', () => {
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'cortex-masters-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const run = (plan: Plan, script?: Script, options: Partial<RunOptions> = {}): Promise<WorkedRun> =>
    runMasters(plan, { directory, ...(script ? { script } : {}), ...options });
  const statuses = ({ state }: WorkedRun): Record<string, string> =>
    Object.fromEntries([...state.tasks].map(([id, task]) => [id, task.status]));

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
});
