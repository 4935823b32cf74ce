import { describe, expect, it } from 'vitest';
import { localDoors } from '../../../src/entry/run/doors.ts';
import { onlyMasters, openingEvents, routePlan } from '../../../src/entry/run/start.ts';
import type { Plan } from '../../../src/plan/plan.ts';
import { sha256 } from '../../../src/shared/canonical.ts';
import { changedPlan, validPlan, type LooseSpec } from '../../support/plans.ts';

/** Security scans; development needs the scan, and something of its own; one task has no owner. */
function planOf(change: (spec: LooseSpec) => void = () => {}): Plan {
  const scan = { worker: 'scan-worker', capability: 'secrets' };
  return validPlan(
    changedPlan((spec) => {
      spec.masters = [
        { name: 'security-master', tasks: [{ id: 'scan', ...scan }] },
        {
          name: 'development-master',
          tasks: [
            { id: 'review', worker: 'review-worker', capability: 'change', needs: ['scan'] },
            { id: 'churn', worker: 'analysis-worker', capability: 'hotspots' },
            { id: 'after-review', worker: 'analysis-worker', capability: 'hotspots', needs: ['review'] },
          ],
        },
      ];
      spec['tasks'] = [{ id: 'unowned', ...scan }];
      change(spec);
    }),
  ).plan;
}

describe('routing a plan', () => {
  it('gives each unowned task to a master of the plan, and says why', () => {
    const routed = routePlan(planOf());
    expect(routed.routes.get('unowned')).toMatchObject({
      master: 'security-master',
      reason: 'it owns scan-worker/secrets',
    });
    expect(routed.assignments.map(({ master, tasks }) => [master, tasks.map(({ id }) => id)])).toEqual([
      ['security-master', ['scan', 'unowned']],
      ['development-master', ['review', 'churn', 'after-review']],
    ]);
  });

  it('refuses a task that no master of the plan may do', () => {
    const plan = planOf((spec) => {
      spec['tasks'] = [{ id: 'lonely', worker: 'catalog-worker', capability: 'repository' }];
    });
    expect(() => routePlan(plan)).toThrow(expect.objectContaining({ family: 'problem', code: 'task-unroutable' }));
  });

  it('opens the log with what was declared, then with each route', () => {
    const head = { root: '/', commit: 'c'.repeat(40), committedAt: '', repository: 'acme/shop', uncommitted: [] };
    const plan = { name: 'p', file: 'p.yaml', digest: sha256('d'), blob: sha256('b') };
    const [started, ...routes] = openingEvents({
      routed: routePlan(planOf()),
      plan,
      head,
      doors: localDoors,
      simulated: false,
    });
    expect(started).toMatchObject({
      type: 'execution.started',
      data: {
        plan,
        repository: 'acme/shop',
        simulated: false,
        tasks: [{ id: 'scan' }, { id: 'review', needs: ['scan'] }, {}, {}, { id: 'unowned', master: null }],
      },
    });
    expect(routes).toMatchObject([{ type: 'task.routed', data: { task: 'unowned', master: 'security-master' } }]);
  });
});

describe('choosing masters', () => {
  const chosen = (names: readonly string[]): readonly (readonly [string, readonly string[]])[] =>
    onlyMasters(planOf(), names).masters.map(({ name, tasks }) => [name, tasks.map(({ id }) => id)]);

  it('leaves out what needs a task of another, and what needs that', () => {
    expect(chosen(['development-master'])).toEqual([['development-master', ['churn']]]);
  });

  it('leaves out tasks without an owner, unless all are chosen', () => {
    expect(onlyMasters(planOf(), ['security-master']).tasks).toEqual([]);
    expect(onlyMasters(planOf(), ['security-master', 'development-master'])).toEqual(planOf());
  });

  it('refuses one that the plan does not have, and names those that it has', () => {
    expect(() => chosen(['cicd-master'])).toThrow(
      expect.objectContaining({ code: 'unknown-master', hint: 'It has security-master, development-master.' }),
    );
  });
});
