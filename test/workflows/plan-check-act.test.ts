import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jobNamed, resultsOf, runAct, type ActRun } from './act.ts';
import { copyProject, type ProjectCopy } from './project-copy.ts';
import { gateOf } from './tools.ts';

const gate = gateOf('act');
const plan = 'plans/security-nightly.yaml';

describe.skipIf(gate.skip)(`the check of a pull request under act${gate.note}`, () => {
  let project: ProjectCopy;
  let good: ActRun;
  let bad: ActRun;

  beforeAll(async () => {
    project = copyProject();
    const check = (): Promise<ActRun> =>
      runAct({ cwd: project.path, event: 'pull_request', workflow: '.github/workflows/plan-check.yml' });
    const text = readFileSync(join(project.path, plan), 'utf8');
    project.add(plan, text.replace('deadline: 30m', 'deadline: 31m'));
    good = await check();
    project.add(plan, text.replace('deadline: 30m', 'deadlin: 30m'));
    bad = await check();
  }, 300_000);
  afterAll(() => project.remove());

  it('passes plans that may run, and shows a forecast of each', () => {
    expect(resultsOf(good)).toEqual(['check: success']);
    for (const name of ['full-orchestration', 'inventory-weekly', 'security-nightly'])
      expect(jobNamed(good, 'check').summary).toContain(`Plan \`${name}\``);
  });

  it('shows what the pull request changes', () => {
    expect(jobNamed(good, 'check').summary).toMatch(/30m.{1,80}31m/);
  });

  it('fails on a plan that may not run, and marks the line in its file', () => {
    const line = readFileSync(join(project.path, plan), 'utf8').split('\n').indexOf('  deadlin: 30m') + 1;
    expect(resultsOf(bad)).toEqual(['check: failure']);
    expect(jobNamed(bad, 'check').errors[0]).toMatch(new RegExp(`^${plan}:${line}: .*deadlin`));
    expect(jobNamed(bad, 'check').outputs).toEqual({ 'exit-code': '2' });
  });
});
