import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileCriterion, type CriterionAnswer } from '../../src/protocol/criterion.ts';
import { factTable, type Facts, type FactType } from '../../src/protocol/facts.ts';

const nothing = Object.fromEntries(Object.keys(factTable).map((group) => [group, {}])) as unknown as Facts;
const seen = (facts: { readonly [G in keyof Facts]?: Facts[G] }): Facts => ({ ...nothing, ...facts });

function answer(expression: string, facts: Facts): CriterionAnswer {
  const compiled = compileCriterion(expression);
  if ('problems' in compiled) throw new Error(compiled.problems.map(({ message }) => message).join('; '));
  return compiled.evaluate(facts);
}

function problems(expression: string): readonly { message: string; offset: number; end: number; hint: string }[] {
  const compiled = compileCriterion(expression);
  return 'problems' in compiled ? compiled.problems : [];
}

describe('a criterion', () => {
  it.each<[string, Facts, CriterionAnswer]>([
    ['workers.started >= 16', seen({ workers: { started: 16 } }), true],
    ['workers.started >= 16', seen({ workers: { started: 15 } }), false],
    ['tokens.used * 10 <= tokens.budget * 9', seen({ tokens: { used: 9, budget: 10 } }), true],
    ['tokens.used * 10 <= tokens.budget * 9', seen({ tokens: { used: 10, budget: 10 } }), false],
    ['redis.latency_ms < 10.0', seen({ redis: { latency_ms: 9.99 } }), true],
    ['redis.latency_ms < 10', seen({ redis: { latency_ms: 10 } }), false],
    ['"scan-worker/secrets" in capabilities.used', seen({ capabilities: { used: ['scan-worker/secrets'] } }), true],
    ['"scan-worker/images" in capabilities.used', seen({ capabilities: { used: ['scan-worker/secrets'] } }), false],
    [
      'capabilities.used.exists(c, c.startsWith("scan-worker/"))',
      seen({ capabilities: { used: ['scan-worker/x'] } }),
      true,
    ],
    ['double(tasks.complete) / double(tasks.planned) > 0.5', seen({ tasks: { complete: 2, planned: 3 } }), true],
  ])('%s of %j is %j', (expression, facts, expected) => {
    expect(answer(expression, facts)).toEqual(expected);
  });

  it.each<[string, Facts, CriterionAnswer]>([
    ['workers.started >= 16', nothing, { unknown: ['workers.started'] }],
    ['tokens.used <= tokens.budget', seen({ tokens: { used: 1 } }), { unknown: ['tokens.budget'] }],
    ['tasks.failed == 0 && tasks.blocked == 0', nothing, { unknown: ['tasks.blocked', 'tasks.failed'] }],
    // The left side has no answer, the right one has: it decides.
    ['doors.redis && redis.latency_ms < 10.0', seen({ doors: { redis: false } }), false],
    ['redis.latency_ms < 10.0 && doors.redis', seen({ doors: { redis: false } }), false],
    ['redis.latency_ms < 10.0 || !doors.redis', seen({ doors: { redis: false } }), true],
    ['doors.redis && redis.latency_ms < 10.0', seen({ doors: { redis: true } }), { unknown: ['redis.latency_ms'] }],
    // Coverage is absent as well, but without a model nothing depends on it.
    [
      '(doors.model && coverage.after > 1.0) || assets.after > 3',
      seen({ doors: { model: false } }),
      { unknown: ['assets.after'] },
    ],
  ])('%s of %j is %j, for what was not seen', (expression, facts, expected) => {
    expect(answer(expression, facts)).toEqual(expected);
  });

  it('that divides by zero has no answer, and says so', () => {
    const facts = seen({ changes: { proven: 0, proposed: 0 } });
    expect(answer('changes.proven / changes.proposed == 1', facts)).toEqual({
      unknown: ['changes.proposed', 'changes.proven'],
      reason: 'division by zero',
    });
  });

  it('names its facts', () => {
    const compiled = compileCriterion('workers.started >= 16 && workers.started == workers.planned');
    expect('facts' in compiled && compiled.facts).toEqual(['workers.planned', 'workers.started']);
  });

  it('can speak of every fact in the table', () => {
    const samples: Readonly<Record<FactType, string>> = {
      int: '>= 0',
      double: '>= 0.0',
      bool: '== true',
      'list<string>': '.size() >= 0',
    };
    for (const [group, facts] of Object.entries(factTable)) {
      for (const [name, [type]] of Object.entries<readonly [FactType, string]>(facts))
        expect(problems(`${group}.${name} ${samples[type]}`)).toEqual([]);
    }
  });
});

describe('an expression is refused in its place', () => {
  it.each<[string, string, string, string]>([
    ['tasks.failed == 0 && workers.strated > 1', 'workers.strated', '"strated"', '"started"'],
    ['worker.started > 1', 'worker.started', '"worker"', '"workers"'],
    ['workers.started', 'workers.started', 'type int', '>='],
    ['workers == workers && tasks.failed == 0', 'workers', 'a group', 'workers.'],
    ['workers["started"] > 1', 'workers["started"]', 'indexes', 'group.name'],
    ['has(redis.latency_ms)', 'has(redis.latency_ms)', 'has()', '`when`'],
    ['"x".matches("(a+)+$") && doors.redis', '"x".matches("(a+)+$")', '"matches"', 'startsWith'],
    [
      'capabilities.used.exists(a, capabilities.used.exists(b, a == b))',
      'capabilities.used.exists(b, a == b)',
      'loop',
      'one of',
    ],
    ['workers.started * 1.5 > 2.0', 'workers.started * 1.5', 'int * double', 'double(x)'],
  ])('%s', (...[expression, place, message, hint]) => {
    const [first] = problems(expression);
    expect(expression.slice(first?.offset, first?.end)).toBe(place);
    expect(first?.message).toContain(message);
    expect(first?.hint).toContain(hint);
  });

  it('says where an unfinished expression ends', () => {
    expect(problems('workers.started >=')[0]).toMatchObject({ offset: 18 });
  });

  it('is not read when it is longer than 500 characters', () => {
    expect(problems(`${'('.repeat(400)}${')'.repeat(400)}`)[0]?.message).toContain('800');
  });
});

it('any text compiles or is refused with a place, a message and a hint', () => {
  const words = ['workers', '.', 'started', '>', '1', '1.0', '&&', '||', '!', '(', ')', '[', ']', '"a"', 'in', '?', ':', ' ', '-', 'doors.redis', 'exists', ',', 'x', '{', '}']; // prettier-ignore
  const texts = fc.oneof(
    fc.string({ maxLength: 60 }),
    fc.array(fc.constantFrom(...words), { maxLength: 20 }).map((each) => each.join('')),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const compiled = compileCriterion(text);
      const answered = 'problems' in compiled ? undefined : compiled.evaluate(nothing);
      const given = 'problems' in compiled ? compiled.problems : [];
      expect(typeof answered === 'boolean' || (answered?.unknown ?? given).length > 0).toBe(true);
      for (const each of given) {
        expect(each.offset).toBeGreaterThanOrEqual(0);
        expect(each.offset).toBeLessThanOrEqual(text.length);
        expect(each.end).toBeGreaterThanOrEqual(each.offset);
        expect(each.message).not.toBe('');
        expect(each.hint).not.toBe('');
      }
    }),
    { numRuns: 2000 },
  );
});
