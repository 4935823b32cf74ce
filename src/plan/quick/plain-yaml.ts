import { flowValue, type PlainValue } from './plain-flow.ts';
import { lineScalar } from './plain-scalar.ts';

/** A text that is longer is left to the reader that counts what it holds. */
const maxLength = 64 * 1024;
const maxDepth = 16;
/** Whitespace that YAML and JavaScript do not agree on, and tabs. */
const otherWhitespace = /[^\S \n]|\u0085/;
/** A key of one word, and what stands behind its colon. */
const entry = /^([A-Za-z][\w./-]{0,99}):(?: +(.*))?$/;
const reservedKey = /^(?:null|true|false)$/i;

/** A line that says something, without its indentation. */
interface Line {
  readonly indent: number;
  readonly text: string;
}

interface Reader {
  readonly lines: readonly string[];
  at: number;
}

/**
 * The value of a text in the plain part of YAML that nearly all plans are written in: mappings and lists by indentation,
 * brackets that end on their line, words, numbers, quotes without escapes, and blocks of text. Undefined where anything
 * else comes up, or anything is wrong: then the real reader has to look. What it does read, that one reads the same.
 */
export function plainYaml(text: string): PlainValue | undefined {
  if (text.length > maxLength || otherWhitespace.test(text)) return undefined;
  const reader = { lines: text.split('\n'), at: 0 };
  const value = lineOf(reader)?.indent === 0 ? mapAt(reader, { indent: 0, depth: 0 }) : undefined;
  return lineOf(reader) === undefined ? value : undefined;
}

/** The next line that is neither empty nor a comment; the reader then stands at it. */
function lineOf(reader: Reader): Line | undefined {
  for (; reader.at < reader.lines.length; reader.at += 1) {
    const line = reader.lines[reader.at] ?? '';
    const text = line.trimStart();
    if (text !== '' && !text.startsWith('#')) return { indent: line.length - text.length, text };
  }
  return undefined;
}

interface Place {
  readonly indent: number;
  readonly depth: number;
}

type PlainMap = { [key: string]: PlainValue };

/** A mapping whose keys stand at one indentation; `first` is an entry that stands behind a hyphen. */
function mapAt(reader: Reader, place: Place, first?: string): PlainMap | undefined {
  const map = Object.create(null) as PlainMap;
  let text = first;
  for (;;) {
    const line = text === undefined ? lineOf(reader) : { indent: place.indent, text };
    if (line === undefined || line.indent < place.indent) return map;
    const [, key = '', rest = ''] = entry.exec(line.text) ?? [];
    if (line.indent > place.indent || key === '' || reservedKey.test(key) || key in map) return undefined;
    reader.at += 1;
    const value = valueAt(reader, place, rest);
    if (value === undefined) return undefined;
    map[key] = value;
    text = undefined;
  }
}

/** A list, which may stand at the indentation of the key that it belongs to. */
function listAt(reader: Reader, { indent, depth }: Place): PlainValue[] | undefined {
  const list: PlainValue[] = [];
  for (;;) {
    const line = lineOf(reader);
    if (line === undefined || line.indent < indent) return list;
    if (line.indent > indent) return undefined;
    // The next key of the mapping that the list belongs to.
    if (!line.text.startsWith('- ')) return list;
    const rest = line.text.slice(2).trimStart();
    const inner = { indent: indent + line.text.length - rest.length, depth: depth + 1 };
    const value = entry.test(rest) ? mapAt(reader, inner, rest) : itemAt(reader, rest);
    if (value === undefined) return undefined;
    list.push(value);
  }
}

function itemAt(reader: Reader, rest: string): PlainValue | undefined {
  reader.at += 1;
  return onLine(rest);
}

/** What belongs to a key: the rest of its line, the block of text below it, or the collection below it. */
function valueAt(reader: Reader, { indent, depth }: Place, rest: string): PlainValue | undefined {
  if (/^[|>]-? *$/.test(rest)) return textAt(reader, indent, rest.trimEnd());
  if (rest !== '' && !rest.startsWith('#')) return onLine(rest);
  const line = lineOf(reader);
  if (line === undefined || depth >= maxDepth) return undefined;
  const inner = { indent: line.indent, depth: depth + 1 };
  if (line.text.startsWith('- ')) return line.indent >= indent ? listAt(reader, inner) : undefined;
  return line.indent > indent ? mapAt(reader, inner) : undefined;
}

function onLine(rest: string): PlainValue | undefined {
  return rest.startsWith('[') || rest.startsWith('{') ? flowValue(rest) : lineScalar(rest);
}

/** A block of text whose lines are all indented alike. */
function textAt(reader: Reader, outer: number, sign: string): string | undefined {
  const first = /^ */.exec(reader.lines[reader.at] ?? '')?.[0] ?? '';
  if (first.length <= outer) return undefined;
  const found: string[] = [];
  for (; reader.at < reader.lines.length; reader.at += 1) {
    const line = reader.lines[reader.at] ?? '';
    if (!line.startsWith(first)) break;
    const text = line.slice(first.length);
    if (text === '' || text !== text.trim()) return undefined;
    found.push(text);
  }
  if (found.length === 0 || !isEnd(reader, outer)) return undefined;
  // Whether a last line without an end has one in the value is no question for here.
  if (!sign.endsWith('-') && reader.at === reader.lines.length) return undefined;
  return `${found.join(sign.startsWith('>') ? ' ' : '\n')}${sign.endsWith('-') ? '' : '\n'}`;
}

/** Whether nothing of what follows could still belong to the block. */
function isEnd({ lines, at }: Reader, outer: number): boolean {
  let next = at;
  while (lines[next] === '') next += 1;
  const line = lines[next] ?? '';
  return next >= lines.length || (line.trim() !== '' && line.length - line.trimStart().length <= outer);
}
