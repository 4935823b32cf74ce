/** Reading fields of parsed YAML and JSON that nobody has checked: each answers with an empty value where the shape is another. */

export type Fields = Readonly<Record<string, unknown>>;

/** The mapping, or an empty one. */
export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

/** True for a mapping: no list, no scalar. */
export function isFields(value: unknown): value is Fields {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** The list, or an empty one. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The text, where it is one that is neither empty nor longer than `limit` characters. */
export function textOf(value: unknown, limit = 500): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= limit ? value : undefined;
}

/** The texts of a list; other members are left out. */
export function textsOf(value: unknown): readonly string[] {
  return listOf(value).filter((member): member is string => typeof member === 'string');
}

/** A mapping's text members: labels, annotations, selectors. Numbers and booleans count as written. */
export function textFieldsOf(value: unknown): Readonly<Record<string, string>> {
  const members = Object.entries(fieldsOf(value)).filter(([, member]) => isScalar(member));
  return Object.fromEntries(members.map(([key, member]) => [key, String(member)]));
}

/** The value at a path of keys, or undefined. */
export function valueAt(value: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>(
    (inner, key) => (Object.hasOwn(fieldsOf(inner), key) ? fieldsOf(inner)[key] : undefined),
    value,
  );
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
