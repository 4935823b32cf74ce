import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { estate, openActWorld, type ActWorld, type WorldRun } from './act-world.ts';
import { jobNamed, resultsOf } from './act.ts';
import { gateOf } from './tools.ts';

const gate = gateOf('act');
const plan = 'plans/security-nightly.yaml';
const workflow = '.github/workflows/plan-check.yml';

describe.skipIf(gate.skip)(`the check of a pull request under act${gate.note}`, () => {
  let world: ActWorld;
  let number: number;
  let text: string;
  let good: WorldRun;
  let again: WorldRun;
  let bad: WorldRun;
  let fork: WorldRun;

  /** What GitHub hands over of a pull request; a fork's token can't write. */
  const check = (from: string): Promise<WorldRun> =>
    world.run({
      event: 'pull_request',
      workflow,
      payload: { pull_request: { number, head: { repo: { full_name: from } }, base: { ref: 'main' } } },
      token: world.github.workflowToken(
        from === estate ? { contents: 'read', metadata: 'read', pull_requests: 'write' } : { contents: 'read' },
      ),
    });
  const comments = (): readonly string[] =>
    world.github
      .repository()
      .thread(number)
      .comments.map(({ body }) => body);

  beforeAll(async () => {
    world = await openActWorld();
    text = readFileSync(join(world.project.path, plan), 'utf8');
    const repository = world.github.repository();
    repository.push('topic', { files: { 'note.md': 'A note\n' } });
    number = repository.openPull({ head: 'topic' });
    await world.add(plan, text.replace('deadline: 30m', 'deadline: 31m'));
    fork = await check('eve/estate');
    good = await check(estate);
    again = await check(estate);
    await world.add(plan, text.replace('deadline: 30m', 'deadlin: 30m'));
    bad = await check(estate);
  }, 300_000);
  afterAll(() => world.close());

  it('passes plans that may run, and shows a forecast of each', () => {
    expect(resultsOf(good)).toEqual(['check: success']);
    for (const name of ['full-orchestration', 'inventory-weekly', 'security-nightly'])
      expect(jobNamed(good, 'check').summary).toContain(`Plan \`${name}\``);
  });

  it('shows what the pull request changes', () => {
    expect(jobNamed(good, 'check').summary).toMatch(/30m.{1,80}31m/);
  });

  it('says the same in one comment, with what runs as before on one line', () => {
    expect(jobNamed(good, 'check').said).toContain('comment written');
    expect(comments()).toHaveLength(1);
    const { digest = 'none' } = jobNamed(bad, 'check').outputs;
    expect(comments()[0]).toContain(digest);
  });

  it('leaves a comment that says it already as it is, and updates one that does not', () => {
    expect(jobNamed(again, 'check').said).toContain('comment unchanged');
    expect(jobNamed(bad, 'check').said).toContain('comment updated');
    expect(comments()[0]).toContain('may not run');
  });

  it('fails on a plan that may not run, and marks the line in its file', () => {
    const line = readFileSync(join(world.project.path, plan), 'utf8').split('\n').indexOf('  deadlin: 30m') + 1;
    expect(resultsOf(bad)).toEqual(['check: failure']);
    expect(jobNamed(bad, 'check').errors[0]).toMatch(new RegExp(`^${plan}:${line}: .*deadlin`));
    expect(jobNamed(bad, 'check').outputs['exit-code']).toBe('2');
  });

  it('shows all of it on a pull request from a fork, but for the comment', () => {
    expect(resultsOf(fork)).toEqual(['check: success']);
    expect(jobNamed(fork, 'check').said).toContain('no comment: the pull request comes from another repository');
    expect(jobNamed(fork, 'check').summary).toMatch(/30m.{1,80}31m/);
    expect(jobNamed(fork, 'check').outputs['digest']).toBe(jobNamed(good, 'check').outputs['digest']);
  });

  it('keeps to GitHub’s own description of its interfaces', () => {
    expect(world.github.violations).toEqual([]);
  });
});
