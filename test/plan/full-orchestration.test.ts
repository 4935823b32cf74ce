import { describe, expect, it } from 'vitest';
import { memoryWorkspace, selectFiles } from '../../src/checks/workspace.ts';
import { allTasks, type PlanTask } from '../../src/plan/plan.ts';
import { catalogSections } from '../../src/protocol/capabilities.ts';
import { shippedPlan, validPlan } from '../support/plans.ts';

const { plan } = validPlan(shippedPlan('full-orchestration'));
const tasksOf = (worker: string, capability: string): readonly PlanTask[] =>
  allTasks(plan).filter((task) => task.worker === worker && task.capability === capability);

/** How many tasks see each file. */
function sightings(tasks: readonly PlanTask[], paths: readonly string[]): Record<string, number> {
  const workspace = memoryWorkspace(Object.fromEntries(paths.map((path) => [path, ''])));
  const seen = tasks.flatMap((task) =>
    selectFiles(workspace, task.inputs['paths'] as string[]).map((file) => file.path),
  );
  return Object.fromEntries(paths.map((path) => [path, seen.filter((each) => each === path).length]));
}

const files = ['main.ts', 'src/a/b.go', 'README.md', '.env', '.github/workflows/ci.yaml', 'deploy/app.yaml', 'Makefile', 'test/e2e/x.test.ts', 'e2e/y.py']; // prettier-ignore
const once = Object.fromEntries(files.map((path) => [path, 1]));

describe('the full plan shares work out', () => {
  it('so that every file is scanned for secrets by one worker', () => {
    expect(sightings(tasksOf('scan-worker', 'secrets'), files)).toEqual(once);
  });

  it('so that every test is counted by one worker', () => {
    expect(sightings(tasksOf('test-worker', 'inventory'), files)).toEqual(once);
  });

  it('so that every section of the catalog has one worker', () => {
    const sections = tasksOf('catalog-worker', 'repository').flatMap((task) => task.inputs['sections'] as string[]);
    expect(sections.toSorted()).toEqual([...catalogSections].toSorted());
  });

  it('so that every shard of the workflow fixes has one worker', () => {
    const shards = tasksOf('implementation-worker', 'fix-workflows').map((task) => task.inputs['shard']);
    expect(shards).toEqual([{ index: 1, of: 2 }, { index: 2, of: 2 }]); // prettier-ignore
  });

  it('and three tasks need a model, so that a run without one still starts 16 workers', () => {
    const tasks = allTasks(plan);
    expect(tasks.filter((task) => task.needsModel).map((task) => task.id)).toEqual(['improve-hotspots', 'write-missing-tests', 'monitor-unmonitored']); // prettier-ignore
    expect(tasks.length - 3).toBeGreaterThanOrEqual(16);
    const withModel = new Set(tasks.filter((task) => task.needsModel).map((task) => task.id));
    expect(tasks.filter((task) => task.needs.some((need) => withModel.has(need)))).toEqual([]);
  });
});
