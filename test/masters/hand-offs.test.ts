import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MasterContext } from '../../src/masters/context.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { leaseMs, openLegs, type Legs } from '../support/legs.ts';
import { planOf, scan } from '../support/master-plans.ts';
import {
  heldWork,
  runMasters,
  type Deed,
  type RunOptions,
  type Script,
  type WorkedRun,
} from '../support/scripted-worker.ts';

const analysis = (id: string, needs: readonly string[] = []): Record<string, unknown> => ({
  id,
  worker: 'analysis-worker',
  capability: 'workflows',
  needs,
});

describe('a result that another master waits for', () => {
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'cortex-masters-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const run = (plan: Plan, script?: Script, options: Partial<RunOptions> = {}): Promise<WorkedRun> =>
    runMasters(plan, { directory, ...(script ? { script } : {}), ...options });
  const plan = planOf({
    'coordinator-master': [],
    'security-master': [scan('first'), scan('own', { needs: ['first'] })],
    'cicd-master': [analysis('then', ['first'])],
    'testing-master': [{ id: 'also', worker: 'test-worker', capability: 'inventory', needs: ['first'] }],
  });
  const indexOf = (done: WorkedRun, id: string): number => done.events.findIndex((event) => event.id === id);

  it('is handed to each of them, task by task; within one master nothing is handed', async () => {
    const done = await run(plan);
    expect(done.dataOf('handoff.requested').map(({ from, to, need, task }) => [from, to, need, task])).toEqual([
      ['security-master', 'cicd-master', 'first', 'then'],
      ['security-master', 'testing-master', 'first', 'also'],
    ]);
  });

  it('is handed over in one step with its completion', async () => {
    const appended: string[][] = [];
    await run(plan, undefined, {
      before: async ({ board: _board, ...context }, store) => {
        const { append } = store;
        Object.assign(context.store, {
          append: (events: Parameters<typeof append>[0]) => {
            appended.push(events.map(({ id }) => id));
            return append(events);
          },
        });
      },
    });
    const step = appended.find((ids) => ids.includes('task.completed:first'));
    expect(step?.filter((id) => id.startsWith('handoff.requested:'))).toEqual([
      'handoff.requested:first:then',
      'handoff.requested:first:also',
    ]);
  });

  it('is picked up by whoever goes on with it, before its worker starts', async () => {
    const done = await run(plan);
    expect(
      done
        .dataOf('handoff.picked')
        .map(({ to, task }) => `${to} ${task}`)
        .toSorted(),
    ).toEqual(['cicd-master then', 'testing-master also']);
    expect(indexOf(done, 'handoff.picked:first:then')).toBeLessThan(indexOf(done, 'worker.launched:then-1'));
    expect([...done.state.handoffs.values()].every(({ pickedAt, expired }) => pickedAt && !expired)).toBe(true);
  });

  it('is not handed over where there is none', async () => {
    const done = await run(plan, ({ task }): Deed => (task === 'first' ? { lost: 'refused' } : {}));
    expect(done.dataOf('handoff.requested')).toEqual([]);
  });

  it('is not picked up for a task that cannot go on', async () => {
    const two = planOf({
      'security-master': [scan('first'), scan('broken')],
      'cicd-master': [analysis('then', ['first', 'broken'])],
    });
    const done = await run(two, ({ task }): Deed => (task === 'broken' ? { lost: 'refused' } : {}));
    expect(done.dataOf('handoff.requested').map(({ need }) => need)).toEqual(['first']);
    expect(done.dataOf('handoff.picked')).toEqual([]);
  });

  it('is handed over and picked up once, also by a run that is resumed', async () => {
    await run(plan);
    const again = await run(plan);
    expect(again.dataOf('handoff.requested')).toHaveLength(2);
    expect(again.dataOf('handoff.picked')).toHaveLength(2);
  });

  describe('that nobody goes on with in time', () => {
    let held = heldWork();
    const waiting = planOf({
      'coordinator-master': [],
      'security-master': [scan('first')],
      'cicd-master': [analysis('held'), analysis('then', ['first', 'held'])],
    });
    let legs: Legs;
    beforeEach(async () => {
      held = heldWork();
      legs = await openLegs(waiting, { directory, script: ({ task }) => (task === 'held' ? held.done : {}) });
    });
    afterEach(async () => {
      held.finish();
      await legs.close();
    });
    const expired = (): Promise<unknown> => legs.until((state) => state.handoffs.get('first:then')?.expired);
    // The end of the run is the latest time to pick anything up.
    const soon = (): Partial<MasterContext> => ({ deadlineAt: legs.now() + 10 * leaseMs, patienceMs: 3_600_000 });

    it('expires, also where its taker is at work, and may still be picked up later', async () => {
      const leg = legs.start('a', ['coordinator-master', 'security-master', 'cicd-master'], soon());
      await legs.until((state) => state.handoffs.get('first:then'));
      await legs.pass(9 * leaseMs);
      expect((await legs.soFar()).dataOf('handoff.expired')).toEqual([]);
      await legs.pass(leaseMs);
      expect(await expired()).toBe('cicd-master is at work, and has not gone on with it');
      held.finish();
      await leg.ended;
      expect((await legs.soFar()).state.handoffs.get('first:then')?.pickedAt).toBeDefined();
      expect((await legs.soFar()).state.tasks.get('then')?.status).toBe('complete');
    });

    it('expires where nobody runs its taker', async () => {
      legs.start('a', ['coordinator-master', 'security-master'], soon());
      await legs.until((state) => state.handoffs.get('first:then'));
      await legs.pass(10 * leaseMs);
      expect(await expired()).toBe('nobody runs cicd-master');
    });
  });
});
