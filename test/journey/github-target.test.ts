import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runAction, type Step } from '../support/action.ts';
import { openPipeline, sevenPlan, workflow, workflowPath, type Pipeline } from '../support/pipeline.ts';
import { scratchRepository } from '../support/scratch-repository.ts';

const id = 'CORTEX-EXEC-2026-01-02-030405';
const other = 'acme/other';
const target = `target: { repositories: [{ repository: ${other}, token: OTHER_TOKEN }] }`;

describe('a run of a plan on another repository', () => {
  const home = scratchRepository({
    'plans/seven.yaml': sevenPlan.replace('  masters:\n', `  ${target}\n  masters:\n`),
  });
  const elsewhere = scratchRepository({ [workflowPath('a')]: workflow('a') });
  const out = mkdtempSync(join(tmpdir(), 'cortex-target-'));
  let world: Pipeline;
  let token: string;

  beforeAll(async () => {
    world = await openPipeline({ repository: { from: home.directory } });
    world.fake.addRepository(other, { from: elsewhere.directory });
    token = world.fake.userToken('acme');
    const inputs = { plan: 'plans/seven.yaml', target: elsewhere.directory, out, 'execution-id': id };
    const ran = await runAction(inputs, { cwd: home.directory });
    if (ran.code !== 0) throw new Error(ran.log);
  }, 60_000);
  afterAll(async () => {
    for (const each of [home, elsewhere]) each.remove();
    rmSync(out, { recursive: true });
    await world.close();
  });

  const plan = (wanted: string): Promise<Step> =>
    runAction(
      { command: 'plan', plan: 'plans/seven.yaml', mode: 'preview', 'target-repository': wanted },
      { cwd: home.directory, env: world.environment },
    );
  const report = (wanted: string, env: Readonly<Record<string, string>>): Promise<Step> =>
    world.report(id, out, { env, inputs: { 'target-repository': wanted } });

  it('is one that the plan names, or its own', async () => {
    expect((await plan('Acme/Other')).outputs['repository']).toBe(other);
    expect((await plan('')).outputs['repository']).toBe('acme/shop');
    const stranger = await plan('acme/stranger');
    expect(stranger.code).toBe(2);
    expect(stranger.log).toContain('does not name the repository acme/stranger');
    expect(stranger.log).toContain(`It names ${other}`);
  });

  it('writes nothing without the token that the plan names for it, whatever others there are', async () => {
    const refused = await report(other, {});
    expect(refused.code).toBe(2);
    expect(refused.log).toContain(`There is no token for ${other}: OTHER_TOKEN is not set`);
    expect(world.fake.repository(other).branches()).toEqual(['main']);
    expect(world.shop.branches()).toEqual(['main']);
  });

  it('brings its changes there with that token, and its results home', async () => {
    const { code, log } = await report(other, { OTHER_TOKEN: token });
    expect(code, log).toBe(0);
    const there = world.fake.repository(other);
    const [pull] = there.pulls();
    expect(there.read(pull?.pull.headBranch ?? '', workflowPath('a'))).toBe(workflow('a', { limit: 30 }));
    expect(there.issues()).toHaveLength(1);
    expect(there.branches()).not.toContain('cortex/results');
    expect(world.shop.read('cortex/results', 'coordination/index.json')).toContain(id);
    expect([world.shop.pulls(), world.shop.issues()]).toEqual([[], []]);
    expect(pull?.body).toContain(`${world.fake.url}/acme/shop/blob/cortex/results/`);
    const writers = world.fake.log
      .all()
      .filter(({ kind, path }) => kind === 'write' && path.startsWith(`/repos/${other}`))
      .map(({ login }) => login);
    expect(new Set(writers)).toEqual(new Set(['acme']));
    expect(log).not.toContain(token.slice(4));
    expect(world.fake.violations).toEqual([]);
  });
});
