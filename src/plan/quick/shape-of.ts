import type { z } from 'zod';
import { noEnd, type Bound, type Shape } from './shape.ts';

type Def = z.core.$ZodTypes['_zod']['def'];
type Check = z.core.$ZodChecks['_zod']['def'];
type Readers = { readonly [Type in Def['type']]?: (def: Extract<Def, { readonly type: Type }>) => Shape };

/** What has no place in a shape: the schema itself is asked. */
const code: Shape = { is: 'code' };

/** The schemas that are known, by their type. */
const readers: Readers = {
  string: textShape,
  number: numberShape,
  boolean: () => ({ is: 'flag' }),
  enum: (def) => ({ is: 'word', of: Object.values(def.entries) }),
  literal: (def) => ({ is: 'word', of: def.values }),
  union: (def) => ({ is: 'either', of: def.options.map(shapeOf) }),
  array: listShape,
  object: mapShape,
  record: (def) => ({ is: 'record', keys: shapeOf(def.keyType), of: shapeOf(def.valueType) }),
  // The one schema that speaks of itself is that of JSON; a test compares.
  lazy: () => ({ is: 'json' }),
  optional: (def) => ({ is: 'optional', of: shapeOf(def.innerType) }),
  default: (def) => ({ is: 'default', of: shapeOf(def.innerType), value: def.defaultValue, reads: false }),
  prefault: (def) => ({ is: 'default', of: shapeOf(def.innerType), value: def.defaultValue, reads: true }),
};
/** Of these the checks are known too; of the others one that has checks is not. */
const withChecks: readonly string[] = ['string', 'number', 'array'];

/** The shape of a schema. What has no place in one becomes `code`. */
export function shapeOf(schema: z.core.$ZodType): Shape {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (checksOf(def).length > 0 && !withChecks.includes(def.type)) return code;
  const reader = readers[def.type] as ((def: Def) => Shape) | undefined;
  return reader?.(def) ?? code;
}

/** Only strict ones: what a schema would leave out of its value is nothing to guess at. */
function mapShape({ shape, catchall }: z.core.$ZodObjectDef): Shape {
  if (catchall?._zod.def.type !== 'never') return code;
  return { is: 'map', of: Object.fromEntries(Object.entries(shape).map(([key, each]) => [key, shapeOf(each)])) };
}

function textShape(def: z.core.$ZodStringDef): Shape {
  let [least, most] = [0, noEnd];
  const patterns: string[] = [];
  for (const check of checksOf(def)) {
    if (check.check === 'min_length') least = Math.max(least, Number(check.minimum));
    else if (check.check === 'max_length') most = Math.min(most, Number(check.maximum));
    else if (isPlainPattern(check)) patterns.push(check.pattern.source);
    else return code;
  }
  return { is: 'text', least, most, patterns };
}

function isPlainPattern(check: Check): check is Check & { readonly pattern: RegExp } {
  return check.check === 'string_format' && check.format === 'regex' && check.pattern?.flags === '';
}

function numberShape(def: z.core.$ZodNumberDef): Shape {
  const whole = 'format' in def && def.format === 'safeint';
  const bounds: Bound[] = [];
  for (const check of checksOf(def)) {
    if (check.check === 'greater_than') {
      bounds.push({ than: check.inclusive ? 'least' : 'above', value: Number(check.value) });
    } else if (check.check === 'less_than') {
      bounds.push({ than: check.inclusive ? 'most' : 'below', value: Number(check.value) });
    } else return code;
  }
  return { is: 'number', whole, bounds };
}

function listShape(def: z.core.$ZodArrayDef): Shape {
  let [least, most] = [0, noEnd];
  for (const check of checksOf(def)) {
    if (check.check === 'min_length') least = Math.max(least, Number(check.minimum));
    else if (check.check === 'max_length') most = Math.min(most, Number(check.maximum));
    else return code;
  }
  return { is: 'list', of: shapeOf(def.element), least, most };
}

function checksOf({ checks }: { readonly checks?: unknown }): readonly Check[] {
  return Array.isArray(checks) ? checks.map((check: z.core.$ZodChecks) => check._zod.def) : [];
}
