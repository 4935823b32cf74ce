import { messageOf } from '../../shared/errors.ts';
import { isNode, LineCounter, parseDocument, visit } from '../../shared/yaml.ts';

const maxDocumentCharacters = 1024 * 1024;
const maxFileCharacters = 16 * maxDocumentCharacters;
const maxDepth = 200;
const maxOpenBrackets = 1000;
const maxAliases = 1000;
const maxAliasExpansion = 100;

export interface YamlDocument {
  /** Position among the documents that hold anything, from 0. */
  readonly index: number;
  /** Line where the document's content starts, from 1. */
  readonly line: number;
  readonly value: unknown;
  /** Line of the value at a path of keys and positions; the document's own line where there is none. */
  readonly lineAt: (path: readonly (string | number)[]) => number;
}

/** A document that could not be read, and why. */
export interface YamlProblem {
  readonly index: number;
  readonly line: number;
  readonly reason: string;
}

export interface YamlStream {
  readonly documents: readonly YamlDocument[];
  readonly problems: readonly YamlProblem[];
}

interface Part {
  readonly text: string;
  /** Line of the part's first character, from 1. */
  readonly line: number;
}

/**
 * Every document of a YAML stream (JSON is one). A broken, oversized, too deep or alias-bombed document is a problem
 * of its own: the others are still read. A repeated key counts once, with its last value.
 */
export function readYamlDocuments(text: string): YamlStream {
  if (text.length > maxFileCharacters) {
    return { documents: [], problems: [{ index: 0, line: 1, reason: 'larger than 16 MiB' }] };
  }
  const read = splitDocuments(text).map(readPart);
  return {
    documents: read.filter((document): document is YamlDocument => 'value' in document),
    problems: read.filter((document): document is YamlProblem => 'reason' in document),
  };
}

/** `---` at the start of a line is a document marker wherever it stands, so that lines can be cut before parsing. */
function splitDocuments(text: string): readonly Part[] {
  const parts: Part[] = [];
  let start = 0;
  let line = 1;
  for (const marker of text.matchAll(/^---(?=\s|$)/gm)) {
    parts.push({ text: text.slice(start, marker.index), line });
    line += countLines(text, start, marker.index);
    start = marker.index;
  }
  parts.push({ text: text.slice(start), line });
  return parts.filter((part) => holdsContent(part.text));
}

function countLines(text: string, from: number, to: number): number {
  let lines = 0;
  for (let at = text.indexOf('\n', from); at !== -1 && at < to; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
}

function holdsContent(part: string): boolean {
  return part.split('\n').some((line) => !/^(?:---|\.\.\.)?\s*(?:#|%|$)/.test(line));
}

function readPart(part: Part, index: number): YamlDocument | YamlProblem {
  if (part.text.length > maxDocumentCharacters) return { index, line: part.line, reason: 'document larger than 1 MiB' };
  if (opensTooManyBrackets(part.text)) return { index, line: part.line, reason: tooDeep };
  try {
    return parsePart(part, index);
  } catch (error) {
    return { index, line: part.line, reason: firstLine(messageOf(error)) };
  }
}

function parsePart(part: Part, index: number): YamlDocument | YamlProblem {
  const lines = new LineCounter();
  // Checking that keys are unique takes quadratic time in the library, which a hostile file could use.
  const document = parseDocument(part.text, {
    lineCounter: lines,
    merge: true,
    uniqueKeys: false,
    prettyErrors: false,
  });
  const lineOf = (offset: number): number => lines.linePos(offset).line - 1 + part.line;
  const error = document.errors[0];
  if (error) return { index, line: lineOf(error.pos[0]), reason: firstLine(error.message) };
  if (countAliases(document) > maxAliases) return { index, line: part.line, reason: `more than ${maxAliases} aliases` };
  const value: unknown = document.toJS({ maxAliasCount: maxAliasExpansion });
  const start = lineOf(document.contents?.range?.[0] ?? 0);
  if (heightOf(value, maxDepth, new Map()) === Infinity) return { index, line: start, reason: tooDeep };
  const lineAt = (path: readonly (string | number)[]): number => {
    const node = document.getIn(path, true);
    return isNode(node) && node.range ? lineOf(node.range[0]) : start;
  };
  return { index, line: start, value, lineAt };
}

const tooDeep = `nested deeper than ${maxDepth} levels`;

/**
 * The levels of a value, Infinity where they pass `left`: also for one that holds itself through an alias. Each object
 * is measured once, so that shared anchors cost no more than their text.
 */
function heightOf(value: unknown, left: number, known: Map<object, number>): number {
  if (value === null || typeof value !== 'object') return 0;
  if (left === 0) return Infinity;
  const measured = known.get(value);
  if (measured !== undefined) return measured > left ? Infinity : measured;
  let height = 1;
  for (const member of Object.values(value)) {
    height = Math.max(height, 1 + heightOf(member, left - 1, known));
    if (height === Infinity) return Infinity;
  }
  known.set(value, height);
  return height;
}

/** A crude bound before parsing: the parser's time grows with the square of the brackets left open. */
function opensTooManyBrackets(text: string): boolean {
  let open = 0;
  for (const bracket of text.matchAll(/[[\]{}]/g)) {
    open += bracket[0] === '[' || bracket[0] === '{' ? 1 : -1;
    if (open > maxOpenBrackets) return true;
  }
  return false;
}

function countAliases(document: ReturnType<typeof parseDocument>): number {
  let aliases = 0;
  visit(document, { Alias: () => void (aliases += 1) });
  return aliases;
}

function firstLine(message: string): string {
  const line = (message.split('\n')[0] ?? '').slice(0, 200);
  return line.startsWith('Maximum call stack') ? tooDeep : line;
}
