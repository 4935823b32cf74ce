import { describe, expect, it } from 'vitest';
import { experts } from '../../src/masters/experts/registry.ts';
import { routeTask, type Route } from '../../src/masters/routing.ts';
import { areas, type Area, type PlanTask } from '../../src/plan/plan.ts';
import { capabilityCard } from '../../src/protocol/capabilities.ts';
import { masterNames, workerKinds, type MasterName, type WorkerKind } from '../../src/protocol/words.ts';
import { at, changedPlan, validPlan } from '../support/plans.ts';

const someTask = at(at(validPlan(changedPlan()).plan.masters, 0).tasks, 0);

/** A task that says nothing of where it belongs. */
function task(overrides: Partial<PlanTask>): PlanTask {
  return { ...someTask, master: null, area: null, title: 'Do it', goal: 'It is done', ...overrides };
}

function route(overrides: Partial<PlanTask>, available: readonly MasterName[] = masterNames): Route | undefined {
  return routeTask(task(overrides), available);
}

describe('a task', () => {
  it('that the plan gives to a master goes there, whatever else it says', () => {
    expect(route({ master: 'cicd-master', area: 'security', worker: 'test-worker' })).toEqual({
      master: 'cicd-master',
      strategy: 'declared',
      confidence: 1,
      reason: 'the plan names it',
    });
  });

  it.each<readonly [Area, WorkerKind, MasterName]>([
    ['coordination', 'analysis-worker', 'coordinator-master'],
    ['security', 'scan-worker', 'security-master'],
    ['development', 'implementation-worker', 'development-master'],
    ['documentation', 'documentation-worker', 'development-master'],
    ['inventory', 'catalog-worker', 'inventory-master'],
    ['cicd', 'implementation-worker', 'cicd-master'],
    ['testing', 'test-worker', 'testing-master'],
    ['monitoring', 'analysis-worker', 'monitoring-master'],
  ])('of the area %s goes by it, sending a %s, to the %s', (area, worker, master) => {
    expect(route({ area, worker })).toMatchObject({ master, strategy: 'single_expert', confidence: 1 });
  });

  it('goes by its area before its capability, and by its capability before its words', () => {
    const secrets = { worker: 'scan-worker', capability: 'secrets', goal: 'Look at the pipeline workflow' } as const;
    expect(route({ ...secrets, area: 'cicd' })?.master).toBe('cicd-master');
    expect(route(secrets)).toMatchObject({ master: 'security-master', reason: 'it owns scan-worker/secrets' });
  });

  it.each<readonly [string, WorkerKind, MasterName]>([
    ['Find which dashboard and which alert is missing', 'analysis-worker', 'monitoring-master'],
    ['Refactor the code of the API', 'analysis-worker', 'development-master'],
    ['Who is the owner of each asset in the inventory', 'analysis-worker', 'inventory-master'],
    ['Why is the CI pipeline slow', 'analysis-worker', 'cicd-master'],
    ['Which tests are flaky', 'analysis-worker', 'testing-master'],
    ['Is there an injection or another vulnerability', 'analysis-worker', 'security-master'],
    ['Orchestrate the escalation', 'analysis-worker', 'coordinator-master'],
  ])('that only has words, %j, goes by them', (goal, worker, master) => {
    expect(route({ goal, worker, capability: 'own' })?.master).toBe(master);
  });

  it('is sure of its words where one master alone is meant, and not where two are', () => {
    const words = (goal: string): Route | undefined => route({ goal, worker: 'analysis-worker', capability: 'own' });
    // One word: 1 / 1.25; one word each: 1 / 2.25.
    expect(words('Look at every dashboard')).toMatchObject({ strategy: 'single_expert', confidence: 0.8 });
    expect(words('A dashboard for each pipeline')).toMatchObject({
      strategy: 'single_expert_low_confidence',
      confidence: 0.44,
    });
  });

  it.each(['A slow query', 'A circle of cities', 'Rapid apiaries'])(
    'is not misled by words inside words: %j',
    (goal) => {
      expect(route({ goal, worker: 'analysis-worker', capability: 'own' })?.reason).toContain(
        'nothing else in the task tells',
      );
    },
  );

  it('about which nothing is known goes to the first master that may send its worker, with little confidence', () => {
    expect(route({ worker: 'implementation-worker', capability: 'own' })).toMatchObject({
      master: 'security-master',
      strategy: 'single_expert_low_confidence',
    });
  });

  it('goes only to a master of the plan that may send its worker', () => {
    expect(route({ area: 'security', worker: 'catalog-worker', capability: 'own' })?.master).toBe('inventory-master');
    expect(route({ worker: 'scan-worker', capability: 'secrets' }, ['cicd-master'])?.master).toBe('cicd-master');
    expect(route({ worker: 'catalog-worker' }, ['testing-master'])).toBeUndefined();
    expect(route({ worker: 'catalog-worker' }, [])).toBeUndefined();
  });

  it('is routed the same way every time', () => {
    expect(route({ worker: 'review-worker' })).toEqual(route({ worker: 'review-worker' }));
  });
});

describe('every master', () => {
  it.each(masterNames)('%s has a card of its own name, reached by at least one area', (name) => {
    expect(experts[name].master).toBe(name);
    expect(experts[name].areas.length).toBeGreaterThan(0);
  });

  it('shares no area, and together they have all', () => {
    expect(masterNames.flatMap((name) => experts[name].areas).toSorted()).toEqual(areas.toSorted());
  });

  it('owns only capabilities that there are, of workers that it may send, and shares none', () => {
    const owned = masterNames.flatMap((name) => experts[name].owns.map((capability) => ({ name, capability })));
    for (const { name, capability } of owned) {
      const [kind = '', own = ''] = capability.split('/');
      expect(capabilityCard(kind as WorkerKind, own)).toBeDefined();
      expect(experts[name].mayUse).toContain(kind);
    }
    expect(new Set(owned.map(({ capability }) => capability)).size).toBe(owned.length);
  });

  it('together may send every kind of worker', () => {
    const sent = new Set(masterNames.flatMap((name) => experts[name].mayUse));
    expect([...sent].toSorted()).toEqual(workerKinds.toSorted());
  });
});
