import type { Bound, Shape } from './shape.ts';

/** What a shape makes of a value that it does not accept, or that only the schema itself can judge. */
export const misfit: unique symbol = Symbol('misfit');

/** The few patterns of all shapes, each made once. */
const expressions = new Map<string, RegExp>();

type Entry = readonly [key: string, value: unknown];
type Of<Kind extends Shape['is']> = Extract<Shape, { readonly is: Kind }>;

/**
 * The value as the schema behind the shape would give it, with its defaults; `misfit` where the schema does not accept it
 * or could tell more. Never the value of another schema: whoever gets a misfit asks the schema.
 */
export function fit(shape: Shape, value: unknown): unknown {
  switch (shape.is) {
    case 'map':
      return fitMap(shape, value);
    case 'record':
      return fitRecord(shape, value);
    case 'list':
      return fitList(shape, value);
    case 'text':
      return fitsText(shape, value) ? value : misfit;
    case 'number':
      return fitsNumber(shape, value) ? value : misfit;
    case 'flag':
      return typeof value === 'boolean' ? value : misfit;
    case 'word':
      return shape.of.includes(value) ? value : misfit;
    case 'either':
      return fitEither(shape, value);
    case 'json':
      return jsonOf(value);
    case 'optional':
      return value === undefined ? undefined : fit(shape.of, value);
    case 'default':
      return value === undefined && !shape.reads
        ? copyOf(shape.value)
        : fit(shape.of, value === undefined ? shape.value : value);
    case 'code':
      return misfit;
  }
}

function fitMap({ of }: Of<'map'>, value: unknown): unknown {
  if (!isMap(value) || Object.keys(value).some((key) => !Object.hasOwn(of, key))) return misfit;
  const entries: Entry[] = [];
  for (const [key, shape] of Object.entries(of)) {
    const given = Object.hasOwn(value, key) ? value[key] : undefined;
    const fitted = fit(shape, given);
    if (fitted === misfit) return misfit;
    if (fitted !== undefined) entries.push([key, fitted]);
  }
  return Object.fromEntries(entries);
}

function fitRecord({ keys, of }: Of<'record'>, value: unknown): unknown {
  if (!isMap(value)) return misfit;
  const entries: Entry[] = [];
  for (const [key, each] of Object.entries(value)) {
    const fitted = key === '__proto__' || fit(keys, key) === misfit ? misfit : fit(of, each);
    if (fitted === misfit) return misfit;
    entries.push([key, fitted]);
  }
  return Object.fromEntries(entries);
}

function fitList({ of, least, most }: Of<'list'>, value: unknown): unknown {
  if (!Array.isArray(value) || value.length < least || value.length > most) return misfit;
  const list = value.map((each) => fit(of, each));
  return list.includes(misfit) ? misfit : list;
}

function fitsText({ least, most, patterns }: Of<'text'>, value: unknown): boolean {
  if (typeof value !== 'string' || value.length < least || value.length > most) return false;
  return patterns.every((pattern) => expressionOf(pattern).test(value));
}

function fitsNumber({ whole, bounds }: Of<'number'>, value: unknown): boolean {
  if (typeof value !== 'number' || !Number.isFinite(value) || (whole && !Number.isSafeInteger(value))) return false;
  return bounds.every((bound) => isWithin(bound, value));
}

function isWithin({ than, value: bound }: Bound, value: number): boolean {
  if (than === 'least') return value >= bound;
  if (than === 'most') return value <= bound;
  return than === 'above' ? value > bound : value < bound;
}

function fitEither({ of }: Of<'either'>, value: unknown): unknown {
  for (const shape of of) {
    const fitted = fit(shape, value);
    if (fitted !== misfit) return fitted;
  }
  return misfit;
}

function jsonOf(value: unknown): unknown {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : misfit;
  if (Array.isArray(value)) return fitList({ is: 'list', of: { is: 'json' }, least: 0, most: value.length }, value);
  return fitRecord({ is: 'record', keys: anyKey, of: { is: 'json' } }, value);
}

const anyKey: Shape = { is: 'text', least: 0, most: Infinity, patterns: [] };

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Two plans share no default, as those of a schema do not. */
function copyOf(value: unknown): unknown {
  if (Array.isArray(value)) return [...(value as readonly unknown[])];
  return isMap(value) ? { ...value } : value;
}

function expressionOf(pattern: string): RegExp {
  const known = expressions.get(pattern) ?? new RegExp(pattern);
  expressions.set(pattern, known);
  return known;
}
