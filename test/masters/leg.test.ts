import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runMaster } from '../../src/masters/run-master.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { routePlan } from '../../src/entry/run/start.ts';
import { leaseMs, openLegs, type Legs } from '../support/legs.ts';
import { planOf, scan } from '../support/master-plans.ts';
import { heldWork, type Script, type WorkedRun } from '../support/scripted-worker.ts';

const [coordinator, security, cicd] = ['coordinator-master', 'security-master', 'cicd-master'] as const;
const analysis = (id: string, needs: readonly string[] = []): Record<string, unknown> => ({
  id,
  worker: 'analysis-worker',
  capability: 'workflows',
  needs,
});

describe('processes that share an execution', () => {
  let directory = '';
  let legs: Legs;
  let held = heldWork();
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'cortex-legs-'));
    held = heldWork();
  });
  afterEach(async () => {
    held.finish();
    await legs.close();
    rmSync(directory, { recursive: true });
  });

  /** The task `held` ends when the test says so. */
  const open = async (plan: Plan, script?: Script): Promise<void> => {
    const work: Script = (task) => (task.task === 'held' ? held.done : (script?.(task) ?? {}));
    legs = await openLegs(plan, { directory, script: work });
  };
  const launched = (task: string): Promise<unknown> =>
    legs.until((state) => state.tasks.get(task)?.status === 'running' || undefined);
  const adoptions = async (): Promise<readonly unknown[]> => (await legs.soFar()).dataOf('master.adopted');
  const outcomes = ({ state }: WorkedRun): readonly (string | undefined)[] =>
    [...state.masters.values()].map(({ report }) => report?.outcome);
  /** Patience is over, but nobody's lease. */
  const losePatience = (): Promise<void> => legs.pass(11 * leaseMs);

  it('each run their own masters, and hand their results to each other', async () => {
    await open(
      planOf({
        [coordinator]: [],
        [security]: [scan('first'), scan('last', { needs: ['then'] })],
        [cicd]: [analysis('then', ['first'])],
      }),
    );
    const first = legs.start('a', [coordinator, security]);
    const second = legs.start('b', [cicd]);
    await Promise.all([first.ended, second.ended]);
    const done = await legs.soFar();
    expect([first.launches, second.launches]).toEqual([['first-1', 'last-1'], ['then-1']]);
    expect(outcomes(done)).toEqual(['complete', 'complete', 'complete']);
    expect([...done.state.handoffs.keys()]).toEqual(['first:then', 'then:last']);
    expect([...done.state.handoffs.values()].every(({ pickedAt }) => pickedAt)).toBe(true);
    expect(await adoptions()).toEqual([]);
  });

  it('do not wait to set out together: the first works before the second is there', async () => {
    await open(planOf({ [security]: [scan('first')], [cicd]: [analysis('then', ['first'])] }));
    await legs.start('a', [security]).ended;
    const second = legs.start('b', [cicd]);
    await second.ended;
    expect(outcomes(await legs.soFar())).toEqual(['complete', 'complete']);
  });

  describe('a process that nobody starts', () => {
    const plan = planOf({ [security]: [scan('held'), scan('last', { needs: ['then'] })], [cicd]: [analysis('then')] });

    it('is done without, when the others have been patient', async () => {
      await open(plan);
      const leg = legs.start('a', [security]);
      held.finish();
      await legs.until((state) => state.tasks.get('held')?.endedAt);
      await legs.pass(9 * leaseMs);
      expect(await adoptions()).toEqual([]);
      await legs.pass(3 * leaseMs);
      await leg.ended;
      expect(await adoptions()).toEqual([{ master: cicd, leg: 'a', from: null, relaunching: [] }]);
      expect(outcomes(await legs.soFar())).toEqual(['complete', 'complete']);
    });

    it('is not done without while there is other work to do', async () => {
      await open(plan);
      legs.start('a', [security]);
      await launched('held');
      await losePatience();
      expect(await adoptions()).toEqual([]);
    });

    it('is not done without where nobody waits for it', async () => {
      await open(planOf({ [security]: [scan('first')], [cicd]: [analysis('held')] }));
      await legs.start('a', [security]).ended;
      expect(await adoptions()).toEqual([]);
      expect((await legs.soFar()).state.masters.get(cicd)?.reportedAt).toBeUndefined();
    });

    it('is not done without while somebody who is waited for is alive', async () => {
      await open(planOf({ [coordinator]: [], [security]: [scan('held')], [cicd]: [analysis('then')] }));
      legs.start('b', [security]);
      legs.start('a', [coordinator]);
      await launched('held');
      await losePatience();
      expect(await adoptions()).toEqual([]);
      held.finish();
      await legs.until((state) => state.masters.get(security)?.reportedAt);
      await losePatience();
      await legs.until((state) => state.masters.get(cicd)?.reportedAt);
      expect(await adoptions()).toEqual([{ master: cicd, leg: 'a', from: null, relaunching: [] }]);
    });

    it('but its coordinator is, where a task needs budget that only the coordinator can give', async () => {
      const poor = scarce(planOf({ [coordinator]: [], [security]: [scan('dear', { tokens: 100 })] }));
      await open(poor);
      const leg = legs.start('a', [security]);
      await legs.until((state) => state.requests.get('dear-1'));
      await losePatience();
      await leg.ended;
      expect((await legs.soFar()).state.tasks.get('dear')?.status).toBe('complete');
      expect(await adoptions()).toMatchObject([{ master: coordinator, leg: 'a' }]);
    });
  });

  it('may start in any order: who lacks budget waits for a coordinator that comes later', async () => {
    await open(scarce(planOf({ [coordinator]: [], [security]: [scan('dear', { tokens: 100 })] })));
    const first = legs.start('a', [security]);
    await legs.until((state) => state.requests.get('dear-1'));
    const second = legs.start('b', [coordinator]);
    await Promise.all([first.ended, second.ended]);
    expect((await legs.soFar()).state.tasks.get('dear')?.status).toBe('complete');
    expect(await adoptions()).toEqual([]);
  });

  describe('of two processes for one master', () => {
    const plan = planOf({ [security]: [scan('before'), scan('held', { needs: ['before'] })] });

    it('one works, and the other stands by until the work is done', async () => {
      await open(plan);
      const first = legs.start('a', [security]);
      await launched('held');
      const second = legs.start('b', [security]);
      await losePatience();
      held.finish();
      await Promise.all([first.ended, second.ended]);
      expect([first.launches, second.launches]).toEqual([['before-1', 'held-1'], []]);
      expect(await adoptions()).toEqual([]);
      expect((await legs.soFar()).dataOf('claim.taken')).toHaveLength(1);
    });

    it('the other takes over when the one has died, and knows all that it did', async () => {
      await open(plan);
      const first = legs.start('a', [security]);
      await launched('held');
      const second = legs.start('b', [security]);
      first.die();
      await legs.pass(2 * leaseMs);
      await legs.until((state) => state.adoptions[0]);
      held.finish();
      await second.ended;
      const done = await legs.soFar();
      expect(second.launches).toEqual(['held-1']);
      expect(await adoptions()).toEqual([
        { master: security, leg: 'b', from: `${security}@a`, relaunching: ['held-1'] },
      ]);
      expect(outcomes(done)).toEqual(['complete']);
      expect(done.dataOf('budget.settled').map(({ key }) => key)).toEqual(['before-1', 'held-1']);
    });

    it('the one that lost its claim in the middle says nothing any more, and ends with the other', async () => {
      await open(plan);
      const first = legs.start('a', [security]);
      await launched('held');
      first.fallSilent();
      const second = legs.start('b', [security]);
      await legs.pass(2 * leaseMs);
      await legs.until((state) => state.adoptions[0]);
      first.hear();
      held.finish();
      await Promise.all([first.ended, second.ended]);
      const done = await legs.soFar();
      const taken = done.events.findIndex(({ type, fence }) => type === 'claim.taken' && fence === 2);
      const spoken = done.events.slice(taken).filter(({ actor, fence }) => actor === security && fence === 1);
      expect(spoken).toEqual([]);
      expect(done.dataOf('task.completed').map(({ task }) => task)).toEqual(['before', 'held']);
      expect(done.dataOf('master.reported')).toHaveLength(1);
    });

    it('a coordinator that lost its claim says nothing in the name of others', async () => {
      await open(planOf({ [coordinator]: [], [security]: [scan('held')], [cicd]: [] }));
      const first = legs.start('a', [coordinator]);
      await legs.until((state) => state.masters.get(coordinator)?.activatedAt);
      first.fallSilent();
      const second = legs.start('b', [coordinator, security]);
      await legs.pass(2 * leaseMs);
      await legs.until((state) => state.adoptions[0]);
      first.hear();
      await legs.pass(2 * leaseMs);
      held.finish();
      await losePatience();
      await Promise.all([first.ended, second.ended]);
      const done = await legs.soFar();
      expect(done.dataOf('task.failed')).toEqual([]);
      expect(outcomes(done)).toEqual(['complete', 'complete', 'complete']);
    });

    it('one that comes when the work is done adopts nothing', async () => {
      await open(planOf({ [security]: [scan('only')] }));
      await legs.start('a', [security]).ended;
      const late = legs.start('b', []);
      const [assignment] = routePlan(planOf({ [security]: [scan('only')] })).assignments;
      if (!assignment) throw new Error('the plan has a master');
      await runMaster(assignment, late.context);
      expect(await adoptions()).toEqual([]);
      expect((await legs.soFar()).dataOf('master.reported')).toHaveLength(1);
      expect(await legs.store.claims()).toEqual([]);
    });
  });
});

/** Nothing for any master, and a reserve that suffices. */
function scarce(plan: Plan): Plan {
  const amount = { tokens: 100, microDollars: 1_000_000_000 };
  const nothing = { tokens: 0, microDollars: 0 };
  return {
    ...plan,
    budget: { ...amount, reserve: amount },
    masters: plan.masters.map((master) => ({ ...master, budget: { ...master.budget, ...nothing } })),
  };
}
