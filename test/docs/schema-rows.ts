import type { z } from 'zod';

/** As much of JSON Schema as our own schemas use. */
export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** One field of a schema: where it stands, what it may hold, and what is said of it. */
export interface FieldRow {
  readonly path: string;
  readonly type: string;
  /** As JSON; undefined where the field has none. */
  readonly fallback: string | undefined;
  readonly required: boolean;
  readonly meaning: string;
}

export interface WalkOptions {
  /** Paths whose inner fields are told elsewhere. */
  readonly closed: ReadonlySet<string>;
  /** Members that all have one shape are told once: the name to tell them by, by the path that holds them. */
  readonly alike: Readonly<Record<string, string>>;
}

/** Every field below a schema, each before what lies inside it. */
export function fieldRows(schema: JsonSchema, path: string, options: WalkOptions): readonly FieldRow[] {
  const inner = schema.type === 'array' ? itemsOf(schema) : schema;
  if (options.closed.has(path)) return [];
  return membersOf(inner, path, options).flatMap(({ name, member }) => {
    const own = `${path === '' ? '' : `${path}.`}${name}${member.type === 'array' && isMapping(itemsOf(member)) ? '[]' : ''}`;
    const row = rowOf(own, member, inner.required?.includes(name) ?? false);
    return [row, ...fieldRows(member, own, options)];
  });
}

function membersOf(
  schema: JsonSchema,
  path: string,
  { alike }: WalkOptions,
): readonly { readonly name: string; readonly member: JsonSchema }[] {
  const members = Object.entries(schema.properties ?? {}).map(([name, member]) => ({ name, member: plain(member) }));
  const shared = alike[path];
  const [first] = members;
  return shared === undefined || first === undefined ? members : [{ name: shared, member: first.member }];
}

function rowOf(path: string, schema: JsonSchema, required: boolean): FieldRow {
  const { default: fallback } = schema;
  const shown = fallback === undefined || isMapping(schema) ? undefined : JSON.stringify(fallback);
  return { path, type: typeOf(schema), fallback: shown, required, meaning: schema.description ?? '' };
}

/** What a field may hold, in a few words. */
export function typeOf(schema: JsonSchema): string {
  if (schema.enum) return schema.enum.map(String).join(', ');
  if (schema.const !== undefined) return String(schema.const);
  if (schema.anyOf) return schema.anyOf.map((each) => typeOf(plain(each))).join(' or ');
  if (schema.type === 'array') return isMapping(itemsOf(schema)) ? 'list' : `list of: ${typeOf(itemsOf(schema))}`;
  if (schema.type === 'object') return 'mapping';
  if (schema.type === 'integer') return `whole number${rangeOf(schema)}`;
  if (schema.type === 'number') return 'number';
  return schema.type === 'boolean' ? 'true, false' : 'text';
}

/** Bounds that only say what the machine can hold are left out. */
function rangeOf({ minimum, maximum }: JsonSchema): string {
  if (minimum === undefined || maximum === undefined || maximum >= 1_000_000) return '';
  return ` ${minimum} to ${maximum}`;
}

function isMapping(schema: JsonSchema): boolean {
  return schema.type === 'object';
}

function itemsOf(schema: JsonSchema): JsonSchema {
  const { items } = schema;
  return Array.isArray(items) ? {} : plain(items);
}

function plain(schema: unknown): JsonSchema {
  return typeof schema === 'object' && schema !== null ? (schema as JsonSchema) : {};
}
