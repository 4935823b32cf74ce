import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { fit, misfit } from '../../../src/plan/quick/fit.ts';
import { shapeOf } from '../../../src/plan/quick/shape-of.ts';
import { shapes } from '../../../src/plan/quick/shapes.ts';
import { planSchema } from '../../../src/plan/schema.ts';
import { readOnce } from '../../../src/plan/schema-problems.ts';
import { planNames, shippedPlan, simplePlan } from '../../support/plans.ts';
import { parse } from '../../support/yaml-value.ts';

/** What a schema and its shape make of a value; equal where the shape knows the schema. */
function both(schema: z.ZodType, value: unknown): { readonly real: unknown; readonly quick: unknown } {
  const read = readOnce(schema, value);
  return { real: read.success ? read.data : misfit, quick: fit(shapeOf(schema), value) };
}

describe('a shape', () => {
  it.each<[string, z.ZodType, readonly unknown[]]>([
    ['least and most characters', z.string().min(2).max(4), ['', 'a', 'ab', 'abcd', 'abcde', 'ab\u{1f600}', 7, null, undefined]],
    ['patterns', z.string().regex(/^a/).regex(/b$/), ['ab', 'a', 'b', 'a\nb', '']],
    ['least and most of a number', z.number().min(-1).max(2.5), [-1.1, -1, 0, 2.5, 2.6, '1', NaN, Infinity, -Infinity]],
    ['bounds that are out of reach themselves', z.number().gt(0).lt(1), [0, 0.1, 1, -0]],
    ['whole numbers', z.int().min(1).max(3), [0, 1, 3, 4, 1.5, 2 ** 53, -(2 ** 53), '2']],
    ['flags', z.boolean(), [true, false, 'true', 0, undefined]],
    ['words', z.enum(['a', 'b']), ['a', 'b', 'c', '', 'A', undefined]],
    ['one word', z.literal('Plan'), ['Plan', 'plan', undefined]],
    ['either of two', z.union([z.string().max(1), z.int().max(5)]), ['a', 'ab', 5, 6, null]],
    ['lists', z.array(z.int()).min(1).max(2), [[], [1], [1, 2], [1, 2, 3], ['a'], { 0: 1 }, 'a', undefined]],
    ['maps', z.strictObject({ a: z.int(), b: z.int().optional() }), [{ a: 1 }, { a: 1, b: 2 }, { b: 2 }, { a: 1, c: 3 }, [], null, { a: 1, b: null }]],
    ['maps without a prototype', z.strictObject({ a: z.int() }), [Object.assign(Object.create(null) as object, { a: 1 })]],
    ['records', z.record(z.string().max(2), z.int()), [{}, { a: 1 }, { abc: 1 }, { a: 'b' }, [], null]],
    ['JSON', z.record(z.string(), z.json()), [{ a: [1, 'b', null, true, { c: [] }] }, { a: undefined }, { a: NaN }, { a: 1n }]],
    ['defaults that are taken as they are', z.strictObject({ a: z.array(z.int()).min(1).default([]), b: z.int().default(1) }), [{}, { a: [] }, { a: [1] }, { b: 2 }, { b: null }]],
    ['defaults that are read', z.strictObject({ a: z.strictObject({ b: z.int().default(3) }).prefault({}) }), [{}, { a: {} }, { a: { b: 4 } }, { a: null }, { a: { c: 1 } }]],
  ])('knows %s', (_, schema, values) => {
    for (const value of values) {
      const { real, quick } = both(schema, value);
      expect(quick).toEqual(real);
      expect(isDeepStrictEqual(quick, real)).toBe(true);
    }
  }); // prettier-ignore

  it.each<[string, z.ZodType, unknown]>([
    ['a check in code', z.string().refine((text) => text !== ''), 'a'],
    ['a pattern with flags', z.string().regex(/a/i), 'a'],
    ['keys that are left out of what comes out', z.object({ a: z.int() }), { a: 1 }],
    ['a change of the value', z.string().trim(), 'a'],
    ['a map that is looked at as a whole', z.strictObject({ a: z.int() }).refine(() => true), { a: 1 }],
    ['any value', z.unknown(), 'a'],
  ])('leaves %s to the schema', (_, schema, value) => {
    expect(readOnce(schema, value).success).toBe(true);
    expect(fit(shapeOf(schema), value)).toBe(misfit);
  });

  it('of plans leaves nothing to the schema, so that a plan that is right is read without one', () => {
    expect(JSON.stringify(shapes)).not.toContain('"code"');
    expect(JSON.parse(JSON.stringify(shapes))).toEqual(shapes);
  });

  it('of plans makes the same of a plan with another value anywhere as the schema', () => {
    const plans = [...planNames.map((name) => parse(shippedPlan(name))), simplePlan()];
    let fitted = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...plans),
        fc.nat(),
        fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom(0, -1, '', 'x', '5m', [], {}, 1e9, 'a'.repeat(201))),
        (plan, at, value) => {
          const changed = withValue(plan, at, value);
          const { real, quick } = both(planSchema, changed);
          fitted += quick === misfit ? 0 : 1;
          return isDeepStrictEqual(quick, real);
        },
      ),
      { numRuns: 1500 },
    );
    expect(fitted).toBeGreaterThan(20);
  });
});

/** A copy of a value in which one of its parts, in the order of the text, is another. */
function withValue(whole: unknown, at: number, value: unknown): unknown {
  const copy = structuredClone(whole);
  const places: (readonly [holder: Record<string, unknown>, key: string])[] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const key of Object.keys(node)) {
      places.push([node as Record<string, unknown>, key]);
      visit((node as Record<string, unknown>)[key]);
    }
  };
  visit(copy);
  const [holder, key] = places[at % places.length] ?? [{}, ''];
  holder[key] = value;
  return copy;
}
