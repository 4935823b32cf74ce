import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parsePlan } from '../../../src/plan/parse.ts';
import { quickPlan } from '../../../src/plan/quick/quick-plan.ts';
import { readPlan } from '../../../src/plan/read-plan.ts';
import { mutatedPlan } from '../../support/plan-mutator.ts';
import { changedPlan, originalPlan, planNames, shippedPlan, type Change } from '../../support/plans.ts';

describe('the quick reader of plans', () => {
  it.each(planNames)('reads %s as the full one does', (name) => {
    const text = shippedPlan(name);
    expect(quickPlan(text)).toEqual(parsePlan(text, 'plan.yaml'));
    expect(quickPlan(Buffer.from(text))).toEqual(quickPlan(text));
  });

  it('reads most of the right plans among many with accidents, and each as the full one does', () => {
    const plans = [...planNames.map(shippedPlan), originalPlan(), changedPlan()];
    const [right, different]: [boolean[], number[]] = [[], []];
    for (let seed = 10_000; seed < 11_200; seed += 1) {
      const text = mutatedPlan(plans[seed % plans.length] ?? '', seed);
      const parsed = parsePlan(text, 'plan.yaml');
      const quick = quickPlan(text);
      if (!('problems' in parsed)) right.push(quick !== undefined);
      if (quick !== undefined && !isDeepStrictEqual(quick, parsed)) different.push(seed);
    }
    expect(different).toEqual([]);
    expect(right.length).toBeGreaterThan(50);
    expect(right.filter(Boolean).length).toBeGreaterThan(right.length / 2);
  });

  it.each<[string, Change]>([
    [
      'a task of a capability that there is not',
      ({ masters: [first] }) => first?.tasks.push(task({ capability: 'x' })),
    ],
    [
      'an input that the capability does not take',
      ({ masters: [first] }) => first?.tasks.push(task({ inputs: { paths: [''] } })),
    ],
    ['a need of no task', ({ masters: [first] }) => first?.tasks.push(task({ needs: ['nothing'] }))],
    ['a criterion that is wrong', (spec) => (spec['success'] = [{ id: 'done', check: 'tasks.faild == 0' }])],
    ['a criterion of two types', (spec) => (spec['success'] = [{ id: 'done', check: 'tasks.failed == 0.0' }])],
    ['a warning', ({ masters: [, second] }) => second?.tasks.push(implement({ tokens: 19_999 }))],
    ['an unknown key', (spec) => (spec['spare'] = 1)],
    ['a secret', ({ masters: [first] }) => Object.assign(first ?? {}, { mission: `ghp_${'a1B2c3D4e5'.repeat(4)}` })],
  ])('leaves a plan with %s to the full one, which says so', (_, change) => {
    const text = changedPlan(change);
    const parsed = parsePlan(text, 'plan.yaml');
    expect('problems' in parsed ? parsed.problems.length : parsed.warnings.length).toBeGreaterThan(0);
    expect(quickPlan(text)).toBeUndefined();
  });

  it.each([
    ['an anchor', (text: string) => text.replace('name: simple', 'name: &simple simple')],
    ['two documents', (text: string) => `${text}---\n${text}`],
    ['a tab', (text: string) => text.replace('name: simple', 'name:\tsimple')],
    ['a hidden character', (text: string) => text.replace('kind: Plan', 'kind: Plan # \u202e')],
    ['the same key twice', (text: string) => text.replace('kind: Plan', 'kind: Plan\nkind: Plan')],
  ])('leaves a text with %s to the full one', (_, change) => {
    const text = change(changedPlan());
    expect(text).not.toBe(changedPlan());
    expect(quickPlan(text)).toBeUndefined();
  });

  it('is no other reader to those who ask for a plan: what it leaves is read by the full one', async () => {
    const [right, wrong] = [shippedPlan('security-nightly'), changedPlan((spec) => (spec['spare'] = 1))];
    expect(await readPlan(right, 'plan.yaml')).toEqual(parsePlan(right, 'plan.yaml'));
    expect(await readPlan(wrong, 'plan.yaml')).toEqual(parsePlan(wrong, 'plan.yaml'));
  });
});

function task(difference: Record<string, unknown>): Record<string, unknown> {
  return { id: 'further', worker: 'scan-worker', capability: 'secrets', ...difference };
}

function implement(difference: Record<string, unknown>): Record<string, unknown> {
  return { ...task({ worker: 'implementation-worker', capability: 'implement', retries: 0 }), ...difference };
}
