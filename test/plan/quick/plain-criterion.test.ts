import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPlainCriterion } from '../../../src/plan/quick/plain-criterion.ts';
import { compileCriterion } from '../../../src/protocol/criterion.ts';
import { factTable } from '../../../src/protocol/facts.ts';

const names = Object.entries(factTable).flatMap(([group, facts]) =>
  Object.keys(facts).map((fact) => `${group}.${fact}`),
);

function isRight(expression: string): boolean {
  const compiled = compileCriterion(expression);
  return !('problems' in compiled) && compiled.facts.length > 0;
}

const word = fc.oneof(
  fc.constantFrom(...names),
  fc.constantFrom(
    '1',
    '0',
    '01',
    '1.0',
    '1.',
    '-1',
    '"a"',
    '"',
    'true',
    'nope.x',
    'tasks',
    'tasks.failed.x',
    '"a" in capabilities.used',
    '()',
    'tasks . failed',
  ),
);
const sign = fc.constantFrom(
  ' == ',
  ' != ',
  ' <= ',
  ' >= ',
  ' < ',
  ' > ',
  ' + ',
  ' * ',
  ' - ',
  ' && ',
  ' || ',
  ' in ',
  '==',
  ' && !',
  ' ? ',
);
const expressions = fc
  .tuple(word, fc.array(fc.tuple(sign, word), { maxLength: 6 }))
  .map(([first, rest]) => first + rest.flat().join(''));

describe('a plain criterion', () => {
  it('is one that CEL takes, and that speaks of a fact', () => {
    let plain = 0;
    fc.assert(
      fc.property(expressions, (expression) => {
        plain += isPlainCriterion(expression) ? 1 : 0;
        return !isPlainCriterion(expression) || isRight(expression);
      }),
      { numRuns: 4000 },
    );
    expect(plain).toBeGreaterThan(50);
  });

  it.each([
    'tasks.failed == 0',
    'tasks.complete + tasks.skipped == tasks.planned && tasks.failed == 0',
    'tokens.used * 10 >= tokens.budget * 7',
    'redis.latency_ms < 10.0',
    'execution.minutes <= execution.target_minutes',
    'doors.model',
    '"scan-worker/dependencies" in capabilities.used',
  ])('is %s', (expression) => {
    expect(isPlainCriterion(expression)).toBe(true);
    expect(isRight(expression)).toBe(true);
  });

  it.each([
    '1 == 1', 'tasks.failed', 'tasks.failed == 0.0', 'redis.latency_ms < 10', 'doors.model == true', 'tasks.nope == 0', 'constructor.name == 0', 'tasks.constructor == 0',
    'tasks.failed == 0 || tasks.blocked == 0', '!doors.model', 'tasks.failed==0', '"a" in doors.model', 'capabilities.used == capabilities.missing', '',
  ])('is not %j', (expression) => {
    expect(isPlainCriterion(expression)).toBe(false);
  }); // prettier-ignore

  it('is at most 200 characters long', () => {
    const long = (length: number): string => `"${'x'.repeat(length - 23)}" in capabilities.used`;
    expect([199, 200, 201].map((length) => [long(length).length, isPlainCriterion(long(length))])).toEqual([
      [199, true],
      [200, true],
      [201, false],
    ]);
  });
});
