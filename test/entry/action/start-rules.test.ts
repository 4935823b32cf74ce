import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runAction, type Step } from '../../support/action.ts';
import { openPipeline, sevenPlan, type Pipeline } from '../../support/pipeline.ts';
import { scratchRepository } from '../../support/scratch-repository.ts';

const protectedOne = { production: ['required_reviewers'] } as const;
const withRules = (rules: string): string => sevenPlan.replace('  success:', `  workflow: ${rules}\n  success:`);

describe('a run that is started from a branch, whose plan makes rules of its own', () => {
  const repository = scratchRepository({
    'plans/seven.yaml': withRules('{ environment: production, role: admin, refs: [release] }'),
  });
  let world: Pipeline;

  beforeAll(async () => {
    for (const branch of ['mine', 'release']) {
      repository.git('checkout', '--quiet', '-b', branch, 'main');
      repository.write('plans/seven.yaml', withRules(`{ refs: [${branch}] }`));
      repository.write('plans/new.yaml', withRules(`{ refs: [${branch}] }`));
      repository.commit(branch);
    }
    world = await openPipeline({
      repository: {
        settings: { environments: protectedOne },
        from: repository.directory,
        roles: { ada: 'write', grace: 'admin' },
      },
    });
  });
  afterAll(async () => {
    repository.remove();
    await world.close();
  });

  function start(branch: string, actor: string, inputs: Readonly<Record<string, string>> = {}): Promise<Step> {
    repository.git('checkout', '--quiet', branch);
    const env = { ...world.environment, GITHUB_ACTOR: actor, GITHUB_REF: `refs/heads/${branch}` };
    const given = { command: 'plan', plan: 'plans/seven.yaml', mode: 'auto', ...inputs };
    return runAction(given, { cwd: repository.directory, env });
  }

  it.each(['main', 'mine', 'release'])('asks for the role of the default branch, on %s', async (branch) => {
    const { code, log } = await start(branch, 'ada');
    expect(code).toBe(2);
    expect(log).toContain('The role of ada in this repository is write, and the plan asks for admin');
  });

  it('writes only where the default branch lets it', async () => {
    expect((await start('mine', 'grace')).outputs['mode']).toBe('staged');
    const refused = await start('mine', 'grace', { mode: 'apply' });
    expect(refused.log).toContain('A run of refs/heads/mine may not write');
    expect((await start('release', 'grace', { mode: 'apply' })).outputs['mode']).toBe('apply');
  });

  it('does not start where that environment asks nobody', async () => {
    for (const environments of [{}, { production: ['wait_timer', 'branch_policy'] }] as const) {
      world.shop.settings.environments = environments;
      const { code, log } = await start('main', 'grace');
      expect(code).toBe(2);
      expect(log).toContain('The environment production asks nobody to approve');
    }
    expect((await start('main', 'grace', { mode: 'preview' })).code).toBe(0);
    world.shop.settings.environments = protectedOne;
  });

  it('is approved in the environment of the default branch', async () => {
    const environments = [await start('mine', 'grace'), await start('release', 'grace')].map(
      ({ outputs }) => outputs['environment'],
    );
    expect(environments).toEqual(['production', 'production']);
  });

  it('is staged where the default branch has no such plan', async () => {
    const { outputs } = await start('release', 'grace', { plan: 'plans/new.yaml' });
    expect(outputs['mode']).toBe('staged');
    expect((await start('release', 'grace', { plan: 'plans/new.yaml', mode: 'apply' })).code).toBe(2);
  });
});
