import { plainScalar } from './plain-scalar.ts';

/** Mappings without a prototype, lists and scalars. */
export type PlainValue = string | number | boolean | PlainValue[] | { [key: string]: PlainValue };

const maxDepth = 8;
/** Quoted text without escapes, a plain word, or one character. */
const token = /"([^"\\]*)"|'([^']*)'|([A-Za-z0-9.-][A-Za-z0-9_./-]*(?: [A-Za-z0-9_./-]+)*)|([[\]{},:])/y;
const blanks = / */y;
const rest = /^(?: +#.*| *)$/;

interface Cursor {
  readonly text: string;
  at: number;
}

/** A list or mapping in brackets that ends on its line; undefined where it is anything else. */
export function flowValue(text: string): PlainValue | undefined {
  const cursor = { text, at: 0 };
  const value = valueAt(cursor, 0);
  return value !== undefined && rest.test(text.slice(cursor.at)) ? value : undefined;
}

function valueAt(cursor: Cursor, depth: number): PlainValue | undefined {
  const match = nextToken(cursor);
  if (match === null || depth > maxDepth) return undefined;
  const [, double, single, plain, sign] = match;
  if (sign === '[') return listAt(cursor, depth);
  if (sign === '{') return mapAt(cursor, depth);
  return plain === undefined ? (double ?? single) : plainScalar(plain);
}

function listAt(cursor: Cursor, depth: number): PlainValue[] | undefined {
  const items: PlainValue[] = [];
  if (takes(cursor, ']')) return items;
  for (;;) {
    const item = valueAt(cursor, depth + 1);
    if (item === undefined) return undefined;
    items.push(item);
    if (takes(cursor, ']')) return items;
    if (!takes(cursor, ',')) return undefined;
  }
}

function mapAt(cursor: Cursor, depth: number): { [key: string]: PlainValue } | undefined {
  const map = Object.create(null) as { [key: string]: PlainValue };
  if (takes(cursor, '}')) return map;
  for (;;) {
    const key = nextToken(cursor)?.[3];
    // Without the blank the colon would belong to the word.
    if (key === undefined || typeof plainScalar(key) !== 'string' || key in map || !takes(cursor, ': '))
      return undefined;
    const value = valueAt(cursor, depth + 1);
    if (value === undefined) return undefined;
    map[key] = value;
    if (takes(cursor, '}')) return map;
    if (!takes(cursor, ',')) return undefined;
  }
}

function nextToken(cursor: Cursor): RegExpExecArray | null {
  skipBlanks(cursor);
  token.lastIndex = cursor.at;
  const match = token.exec(cursor.text);
  if (match !== null) cursor.at = token.lastIndex;
  return match;
}

function takes(cursor: Cursor, sign: string): boolean {
  skipBlanks(cursor);
  if (!cursor.text.startsWith(sign, cursor.at)) return false;
  cursor.at += sign.length;
  return true;
}

function skipBlanks(cursor: Cursor): void {
  blanks.lastIndex = cursor.at;
  blanks.exec(cursor.text);
  cursor.at = blanks.lastIndex;
}
