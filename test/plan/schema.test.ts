import { Ajv } from 'ajv';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { planJsonSchema } from '../../src/plan/json-schema.ts';
import { parse } from '../support/yaml-value.ts';
import { at, changedPlan, planNames, problemsIn, shippedPlan, type Change } from '../support/plans.ts';

describe('the schema', () => {
  const scan = (spec: Parameters<Change>[0]): Record<string, unknown> => at(at(spec.masters, 0).tasks, 0);

  it.each<[title: string, change: Change, rule: string, path: string, says: string]>([
    ['a misspelt key', (spec) => (spec['dedline'] = '60m'), 'unknown-key', 'spec.dedline', '"deadline"'],
    [
      'a misspelt key of a task',
      (spec) => (scan(spec)['prority'] = 'high'),
      'unknown-key',
      'spec.masters[0].tasks[0].prority',
      '"priority"',
    ],
    [
      'a missing key',
      (spec) => delete scan(spec)['capability'],
      'missing-key',
      'spec.masters[0].tasks[0].capability',
      '"capability"',
    ],
    ['a number as duration', (spec) => (spec['deadline'] = 60), 'wrong-type', 'spec.deadline', 'text'],
    ['an ISO duration', (spec) => (spec['deadline'] = 'PT1H'), 'invalid-value', 'spec.deadline', '15m'],
    ['a list as mapping', (spec) => (spec['budget'] = []), 'wrong-type', 'spec.budget', 'mapping'],
    [
      'a negative budget',
      (spec) => (spec['budget'] = { tokens: -1 }),
      'out-of-range',
      'spec.budget.tokens',
      'at least 0',
    ],
    [
      'a broken reserve',
      (spec) => (spec['budget'] = { reserve: 'ten' }),
      'invalid-value',
      'spec.budget.reserve',
      '10%',
    ],
    [
      'an id with capitals',
      (spec) => (scan(spec)['id'] = 'Scan'),
      'invalid-value',
      'spec.masters[0].tasks[0].id',
      'lower-case',
    ],
    [
      'an id of 49 letters',
      (spec) => (scan(spec)['id'] = 'a'.repeat(49)),
      'out-of-range',
      'spec.masters[0].tasks[0].id',
      '48',
    ],
    [
      'a branch that climbs',
      (spec) => (spec['publish'] = { branch: 'a/../b' }),
      'invalid-value',
      'spec.publish.branch',
      'git accepts',
    ],
    ['another version', (_, plan) => (plan.apiVersion = 'cortex/v2'), 'invalid-value', 'apiVersion', 'cortex/v1'],
    ['a null spec', (_, plan) => Reflect.set(plan, 'spec', null), 'wrong-type', 'spec', 'mapping'],
    ['an empty master list', (spec) => (spec.masters = []), 'out-of-range', 'spec.masters', 'at least 1'],
  ])('refuses %s', (...[, change, rule, path, says]) => {
    const problems = problemsIn(changedPlan(change));
    expect(problems.map((each) => [each.rule, each.path])).toEqual([[rule, path]]);
    expect(`${at(problems, 0).message} ${at(problems, 0).expected}`).toContain(says);
  });

  it('points at a misspelt key, not at its value', () => {
    const text = changedPlan((spec) => (spec['dedline'] = '60m'));
    const problem = at(problemsIn(text), 0);
    expect(at(text.split('\n'), problem.line - 1).slice(problem.column - 1, (problem.endColumn ?? 0) - 1)).toBe(
      'dedline',
    );
  });
});

interface Described {
  readonly description?: string;
  readonly properties?: Record<string, Described>;
  readonly items?: Described;
}

/** Paths of properties that editors could say nothing about. */
function undescribed(schema: Described, path: string): readonly string[] {
  const inner = Object.entries(schema.properties ?? {}).flatMap(([name, each]) => [
    ...(each.description === undefined ? [`${path}.${name}`] : []),
    ...undescribed(each, `${path}.${name}`),
  ]);
  return schema.items === undefined ? inner : [...inner, ...undescribed(schema.items, `${path}[]`)];
}

describe('the JSON Schema', () => {
  const accepts = new Ajv({ strict: false }).compile(planJsonSchema());

  it.each(planNames)('accepts %s', (name) => {
    accepts(parse(shippedPlan(name)));
    expect(accepts.errors ?? []).toEqual([]);
  });

  it.each<[string, Change]>([
    ['a misspelt key', (spec) => (spec['dedline'] = '60m')],
    ['an unknown kind of worker', (spec) => (at(at(spec.masters, 0).tasks, 0)['worker'] = 'scan-wroker')],
    ['a missing name', (_, plan) => delete plan.metadata['name']],
    ['a broken duration', (spec) => (spec['deadline'] = 'soon')],
  ])('refuses %s', (_, change) => {
    expect(accepts(parse(changedPlan(change)))).toBe(false);
    expect(accepts(parse(changedPlan()))).toBe(true);
  });

  it('describes every field', () => {
    expect(undescribed(planJsonSchema(), 'plan')).toEqual([]);
  });

  const built = new URL('../../dist/plan.schema.json', import.meta.url);
  it.skipIf(!existsSync(built))('is the one in dist (skipped where nothing is built)', () => {
    expect(JSON.parse(readFileSync(built, 'utf8'))).toEqual(JSON.parse(JSON.stringify(planJsonSchema())));
  });
});
