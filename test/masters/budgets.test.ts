import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSlots } from '../../src/masters/slots.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { problem } from '../../src/shared/errors.ts';
import { usageOf } from '../support/events.ts';
import { scan, type LooseTask } from '../support/master-plans.ts';
import { dear, movesOf, runScarce, scarce, statusOf } from '../support/scarce-budgets.ts';
import { heldWork, type Deed, type RunOptions, type Script, type WorkedRun } from '../support/scripted-worker.ts';

const analysis = (id: string, overrides: LooseTask = {}): LooseTask => ({
  id,
  worker: 'analysis-worker',
  capability: 'workflows',
  ...overrides,
});

describe('who gets no reservation', () => {
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'cortex-masters-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const run = (plan: Plan, script?: Script, options: Partial<RunOptions> = {}): Promise<WorkedRun> =>
    runScarce(plan, { directory, ...(script ? { script } : {}), ...options });

  it('says nothing of it where the budgets suffice', async () => {
    const done = await run(scarce({ 'security-master': { tokens: 100, tasks: [dear()] } }, { reserve: 30_000 }));
    const kinds = done.events.map(({ type }) => type).filter((type) => type.startsWith('budget.'));
    expect(kinds).toEqual(['budget.reserved', 'budget.settled']);
  });

  it('is refused at once where the plan has no coordinator', async () => {
    const plan = scarce(
      { 'security-master': { tokens: 50, tasks: [dear()] } },
      { coordinator: false, reserve: 30_000 },
    );
    const done = await run(plan);
    const kinds = done.events.map(({ type }) => type).filter((type) => type.startsWith('budget.'));
    expect(kinds).toEqual(['budget.refused']);
    expect(done.dataOf('task.failed')).toMatchObject([{ task: 'dear', code: 'budget-refused', attempts: 0 }]);
  });

  it('waits until enough has come back, and asks with what it wants and for what', async () => {
    const both = [dear({ priority: 'critical' }), scan('other', { tokens: 60, priority: 'low' })];
    const done = await run(scarce({ 'security-master': { tokens: 100, tasks: both } }));
    expect(done.dataOf('budget.requested')).toMatchObject([
      { account: 'security-master', key: 'other-1', task: 'other', tokens: 60, priority: 'low' },
    ]);
    expect(movesOf(done)).toEqual(['other-1: 0 from reserve to security-master']);
    expect(statusOf(done, 'other')).toBe('complete');
  });

  it('gets its turn, however many of one master wait, and however long their way to the store is', async () => {
    const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];
    const tasks = ids.map((id) => scan(id, { tokens: 100 }));
    const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));
    const done = await run(
      scarce({ 'security-master': { tokens: 100, tasks } }),
      async () => {
        await pause();
        return {};
      },
      {
        context: { slots: createSlots(ids.length, Date.now) },
        before: async ({ store: own }, { reserve }) => {
          Object.assign(own, {
            reserve: (...wanted: Parameters<typeof reserve>) => pause().then(() => reserve(...wanted)),
          });
        },
      },
    );
    expect(ids.map((id) => statusOf(done, id))).toEqual(ids.map(() => 'complete'));
    // One goes ahead; each of the others asks once.
    expect(done.dataOf('budget.requested')).toHaveLength(9);
  });

  it('gets what a master left over that reports later, and not before', async () => {
    const plan = scarce({
      'security-master': { tokens: 40, tasks: [dear()] },
      'cicd-master': {
        tokens: 500,
        tasks: [analysis('first', { tokens: 100 }), analysis('then', { needs: ['first'] })],
      },
    });
    const done = await run(plan, ({ task }) => (task === 'first' ? { usage: usageOf(30) } : {}));
    expect(movesOf(done)).toEqual(['dear-1: 60 from cicd-master to security-master']);
    const at = (type: string, of: string): number => done.events.findIndex((e) => e.type === type && e.id.includes(of));
    expect(at('budget.moved', 'dear')).toBeGreaterThan(at('master.reported', 'cicd'));
    expect(statusOf(done, 'dear')).toBe('complete');
  });

  it('gets it from several, the first of the masters first', async () => {
    const late = heldWork();
    const plan = scarce({
      'security-master': { tokens: 10, tasks: [dear({ needs: ['first', 'second'] })] },
      'testing-master': { tokens: 60, tasks: [{ id: 'first', worker: 'test-worker', capability: 'inventory' }] },
      'cicd-master': { tokens: 50, tasks: [analysis('second')] },
      'monitoring-master': { tokens: 0, tasks: [{ ...analysis('held'), tokens: 0 }] },
    });
    const done = await run(plan, ({ task }) => (task === 'held' ? late.done : {}), {
      before: async ({ board, signal }) => {
        const both = ['cicd-master', 'testing-master'] as const;
        void board
          .until((state) => both.every((name) => state.masters.get(name)?.reportedAt) || undefined, signal)
          .then(() => late.finish());
      },
    });
    expect(statusOf(done, 'dear')).toBe('complete');
    expect(done.state.masters.get('security-master')?.tokens).toBe(100);
    // What is left of it is with the one that comes later.
    expect(done.state.masters.get('cicd-master')?.tokens).toBe(0);
    expect(done.state.masters.get('testing-master')?.tokens).toBe(20);
  });

  it('gets it out of the reserve in steps of 10,000 tokens', async () => {
    const done = await run(scarce({ 'security-master': { tokens: 40, tasks: [dear()] } }, { reserve: 25_000 }));
    expect(movesOf(done)).toEqual(['dear-1: 10000 from reserve to security-master']);
    expect(statusOf(done, 'dear')).toBe('complete');
  });

  it('gets the last of the reserve where that is less than a step, and enough', async () => {
    const done = await run(scarce({ 'security-master': { tokens: 40, tasks: [dear()] } }, { reserve: 70 }));
    expect(movesOf(done)).toEqual(['dear-1: 70 from reserve to security-master']);
  });

  it('gets what a master left over and the rest out of the reserve, for one request', async () => {
    const plan = scarce(
      {
        'security-master': { tokens: 40, tasks: [dear({ needs: ['gate'] })] },
        'cicd-master': { tokens: 50, tasks: [] },
        'testing-master': { tokens: 0, tasks: [{ id: 'gate', worker: 'test-worker', capability: 'inventory' }] },
      },
      { reserve: 20_000 },
    );
    const held = heldWork();
    const done = await run(plan, ({ task }) => (task === 'gate' ? held.done : {}), {
      before: async ({ board, signal }) => {
        const look = board.until((state) => state.masters.get('cicd-master')?.reportedAt, signal);
        void look.then(() => held.finish());
      },
    });
    expect(movesOf(done)).toEqual([
      'dear-1<cicd-master: 50 from cicd-master to security-master',
      'dear-1: 10000 from reserve to security-master',
    ]);
  });

  it.each(['high', 'low'] as const)(
    'at priority %s waits while work goes on, also between two attempts',
    async (priority) => {
      const plan = scarce({
        'security-master': { tokens: 0, tasks: [dear({ priority })] },
        'cicd-master': { tokens: 100, tasks: [analysis('flaky', { retries: 1, priority: 'high' })] },
      });
      const flaky: Script = ({ task, attempt }): Deed =>
        task === 'flaky' && attempt === 1 ? { lost: 'try-again' } : {};
      const done = await run(plan, flaky, {
        context: { retryBaseMs: 40 },
      });
      expect(done.dataOf('budget.denied')).toEqual([]);
      expect(movesOf(done)).toEqual(['dear-1: 100 from cicd-master to security-master']);
    },
  );

  it('is denied at once where nothing may come and nobody can be asked', async () => {
    const done = await run(scarce({ 'security-master': { tokens: 40, tasks: [dear()] } }, { reserve: 59 }));
    expect(done.dataOf('budget.denied')).toMatchObject([{ account: 'security-master', key: 'dear-1' }]);
    expect(done.dataOf('escalation.raised').map(({ escalation }) => escalation)).toEqual(['dear-failed']);
    expect(done.dataOf('task.failed')).toMatchObject([{ task: 'dear', code: 'budget-refused', attempts: 0 }]);
    expect(movesOf(done)).toEqual([]);
  });

  it('whose tasks wait for each other’s budget wait for nobody', async () => {
    const plan = scarce({
      'security-master': { tokens: 40, tasks: [dear({ priority: 'low' })] },
      'cicd-master': { tokens: 10, tasks: [analysis('also', { tokens: 300, priority: 'critical' })] },
    });
    const done = await run(plan);
    expect([statusOf(done, 'dear'), statusOf(done, 'also')]).toEqual(['failed', 'failed']);
  });

  it('too late for its task fails, and nothing is moved for it afterwards', async () => {
    const held = heldWork();
    const plan = scarce({
      'security-master': { tokens: 40, tasks: [dear({ timeout: '10m' })] },
      'cicd-master': { tokens: 500, tasks: [analysis('held')] },
    });
    const done = await run(plan, ({ task }) => (task === 'held' ? held.done : {}), {
      context: { deadlineAt: Date.now() + 9 * 60_000 },
      before: async ({ board, signal }) => {
        const failed = board.until((state) => state.tasks.get('dear')?.status === 'failed' || undefined, signal);
        void failed.then(() => held.finish());
      },
    });
    expect(done.dataOf('task.failed')).toMatchObject([{ task: 'dear', code: 'budget-refused' }]);
    expect(movesOf(done)).toEqual([]);
  });

  it('ends its waiting where the coordinator fails', async () => {
    const masters = {
      'security-master': { tokens: 40, tasks: [dear()] },
      'cicd-master': { tokens: 0, tasks: [analysis('held')] },
    };
    const held = heldWork();
    const gone = problem('store-full', 'no room for moves', { hint: 'Make room.' });
    const done = await run(scarce(masters, { reserve: 100 }), ({ task }) => (task === 'held' ? held.done : {}), {
      before: async (context) => {
        Object.assign(context.store, { move: () => Promise.reject(gone) });
        const failed = context.board.until((state) => state.tasks.get('dear')?.endedAt, context.signal);
        void failed.then(() => held.finish());
      },
    });
    expect(done.state.masters.get('coordinator-master')?.report?.summary).toBe('store-full: no room for moves');
    expect(statusOf(done, 'dear')).toBe('failed');
  });
});
