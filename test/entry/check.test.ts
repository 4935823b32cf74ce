import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readArguments } from '../../src/entry/arguments.ts';
import { checkPlans, type PlanCheck } from '../../src/entry/check/check-plans.ts';
import { checkCommand } from '../../src/entry/commands/check.ts';
import { readEnvironment } from '../../src/entry/environment.ts';
import { changedPlan, type Change } from '../support/plans.ts';
import { reportWith } from '../support/report.ts';
import { scratchRepository, type ScratchRepository } from '../support/scratch-repository.ts';

const path = process.env['PATH'] ?? '';
const more: Change = (spec) => (spec['budget'] = { tokens: 2_000_000, usd: 40, reserve: '10%' });
const broken = changedPlan((spec) => (spec['deadlin'] = '60m'));

describe('a check', () => {
  let repository: ScratchRepository;
  const file = (name: string): string => join(repository.directory, 'plans', name);
  const plan = (name: string, change?: Change): void => repository.write(`plans/${name}`, changedPlan(change));
  beforeEach(() => {
    repository = scratchRepository({
      'README.md': 'shop\n',
      'plans/a.yaml': changedPlan(),
      'plans/b.yaml': changedPlan(),
    });
  });
  afterEach(() => repository.remove());

  const check = (names: readonly string[], base: string | undefined = 'HEAD'): Promise<PlanCheck> =>
    checkPlans({ files: names.map(file), base, readHistory: () => Promise.resolve([]), path });
  const statesOf = ({ plans }: PlanCheck): readonly string[] =>
    plans.map((each) => `${each.file.split('/').at(-1)} ${each.state}`);

  it('says of each plan what it is beside the base', async () => {
    plan('a.yaml', more);
    plan('new.yaml');
    repository.write('plans/broken.yaml', broken);
    const found = await check(['a.yaml', 'b.yaml', 'new.yaml', 'broken.yaml']);
    expect(statesOf(found)).toEqual(['a.yaml changed', 'b.yaml unchanged', 'new.yaml added', 'broken.yaml invalid']);
    expect(found.exitCode).toBe(2);
    expect(found.problems[0]).toMatchObject({ file: file('broken.yaml'), severity: 'error' });
  });

  it('is good where every plan may run', async () => {
    plan('a.yaml', more);
    expect((await check(['a.yaml'])).exitCode).toBe(0);
  });

  it('names plans that are gone, wherever the others stand', async () => {
    repository.git('rm', '--quiet', 'plans/b.yaml');
    expect(statesOf(await check(['a.yaml']))).toEqual(['a.yaml unchanged', 'b.yaml removed']);
  });

  it.each([
    ['a plan that is named', ['b.yaml'], ['a.yaml', 'b.yaml']],
    ['whatever a pattern meant, with its folder', ['a.yaml', 'b.yaml'], ['*.yaml']],
  ])('takes for gone %s', async (_, removed, named) => {
    repository.git('rm', '--quiet', ...removed.map((name) => `plans/${name}`));
    const states = ['a.yaml', 'b.yaml'].map((name) => `${name} ${removed.includes(name) ? 'removed' : 'unchanged'}`);
    expect(statesOf(await check(named))).toEqual(states);
  });

  it('does not know of a plan that never was', async () => {
    await expect(check(['nowhere.yaml'])).rejects.toMatchObject({ code: 'plan-not-read' });
    await expect(check(['none/*.yaml'])).rejects.toMatchObject({ code: 'plan-not-read' });
  });

  it('of a plan that was not valid before compares with nothing, and says so', async () => {
    repository.write('plans/a.yaml', broken);
    repository.commit('break it');
    plan('a.yaml');
    const [checked] = (await check(['a.yaml'])).plans;
    expect(checked).toMatchObject({ state: 'added', note: expect.stringContaining('not valid before') as string });
  });

  it('without a base takes every plan for new', async () => {
    const { plans } = await checkPlans({
      files: [file('a.yaml')],
      base: undefined,
      readHistory: () => Promise.resolve([]),
      path,
    });
    expect(plans.map(({ state }) => state)).toEqual(['added']);
  });

  it('refuses a base that is not there', async () => {
    await expect(check(['a.yaml'], 'nowhere')).rejects.toMatchObject({ code: 'base-unknown' });
    await expect(check(['a.yaml'], '--upload-pack=x')).rejects.toMatchObject({ code: 'base-unknown' });
  });

  describe('at the command line', () => {
    const run = async (...args: readonly string[]): Promise<{ readonly code: number; readonly out: string }> => {
      let out = '';
      const io = { out: (text: string) => void (out += text), err: () => undefined };
      const code = await checkCommand(readArguments('check', args), { io, environment: readEnvironment() });
      return { code, out };
    };

    it('prints text, Markdown or JSON', async () => {
      plan('a.yaml', more);
      const args = [file('a.yaml'), file('b.yaml'), '--base=HEAD'];
      expect(await run(...args)).toMatchObject({ code: 0, out: expect.stringContaining('What changes') as string });
      expect((await run(...args, '--format=md')).out).toMatch(/^## Plan `simple`/);
      const json = JSON.parse((await run(...args, '--format=json')).out) as PlanCheck;
      expect(json.plans.map(({ state }) => state)).toEqual(['changed', 'unchanged']);
    });

    it('ends with 2 and shows the place where a plan may not run', async () => {
      repository.write('plans/a.yaml', broken);
      const { code, out } = await run(file('a.yaml'));
      expect(code).toBe(2);
      expect(out).toMatch(/plans\/a\.yaml:\d+:\d+: error/);
    });

    it('takes earlier executions from a folder, as far as they can be read', async () => {
      const name = 'simple';
      for (const minute of [1, 2, 3]) {
        const report = reportWith({ plan: { name, file: 'plans/a.yaml', digest: 'a'.repeat(64) } });
        repository.write(`past/${minute}-results.json`, JSON.stringify(report));
      }
      repository.write('past/torn-results.json', '{');
      const history = `--history=${join(repository.directory, 'past')}`;
      expect((await run(file('a.yaml'), history)).out).toContain('Forecast, from 3 earlier executions');
      expect((await run(file('a.yaml'), '--history=nowhere')).out).not.toContain('earlier executions');
    });

    it('asks for a plan', async () => {
      await expect(run()).rejects.toMatchObject({ code: 'no-plan' });
    });
  });
});
