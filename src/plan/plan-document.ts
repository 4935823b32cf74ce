import { Composer, isMap, isScalar, isSeq, type CST, type Document } from '../shared/yaml.ts';
import { showValue, type TextComplaint } from './problem.ts';

export interface PlanDocument {
  /** Undefined where the file holds no document, or complaints say why it can't be read. */
  readonly document: Document.Parsed | undefined;
  /** Plain data; objects have no prototype. */
  readonly value: unknown;
  readonly complaints: readonly TextComplaint[];
}

/** Composes checked tokens into the one document and its plain value. */
export function planDocument(tokens: readonly CST.Token[], text: string): PlanDocument {
  const options = { version: '1.2', schema: 'core', merge: false, uniqueKeys: false, stringKeys: true } as const;
  const composer = new Composer({ ...options, prettyErrors: false, logLevel: 'silent' });
  const [document] = composer.compose(tokens, true, text.length);
  const complaints = (document?.errors ?? []).slice(0, 20).map((error) => syntaxComplaint(error, text));
  if (document === undefined || complaints.length > 0) return { document: undefined, value: undefined, complaints };
  const repeated: TextComplaint[] = [];
  const value = plainValue(document.contents, repeated);
  if (value === null) return { document: undefined, value, complaints };
  return { document, value, complaints: repeated };
}

function syntaxComplaint(error: { pos: [number, number]; message: string; code: string }, text: string): TextComplaint {
  const [start, end] = error.pos;
  return {
    rule: error.code === 'NON_STRING_KEY' ? 'yaml-key' : 'yaml-syntax',
    range: { start, end },
    message: error.code === 'NON_STRING_KEY' ? 'A key is no text' : error.message,
    expected: error.code === 'NON_STRING_KEY' ? 'a plain word as key' : 'YAML 1.2',
    found: showValue(text.slice(start, Math.min(end, start + 60)).trim() || 'the end of the file'),
    remedy: remedies[error.code] ?? 'Compare the indentation and the quotes with the lines around it.',
  };
}

const remedies: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'Indent with spaces.',
  BAD_INDENT: 'Line the entry up with its neighbours, and close brackets.',
  MISSING_CHAR: 'Close the quote or bracket.',
  NON_STRING_KEY: 'Put the key in quotes, or use one of the known keys.',
  BLOCK_AS_IMPLICIT_KEY: 'Put a value that holds ": " in quotes.',
  MULTILINE_IMPLICIT_KEY: 'Keep a key on one line, and end it with a colon.',
};

/** The document as plain data. Keys that are said twice are complained about; the first one counts. */
function plainValue(node: unknown, repeated: TextComplaint[]): unknown {
  if (isScalar(node)) return node.value;
  if (isSeq(node)) return node.items.map((item) => plainValue(item, repeated));
  if (!isMap(node)) return null;
  // Without a prototype `__proto__` is a key like any other, and no key is inherited.
  const value = Object.create(null) as Record<string, unknown>;
  for (const pair of node.items) {
    const key = isScalar(pair.key) ? String(pair.key.value) : '';
    const inner = plainValue(pair.value, repeated);
    if (key in value) repeated.push(repeatedKey(key, rangeOf(pair.key)));
    else value[key] = inner;
  }
  return value;
}

function rangeOf(key: unknown): { start: number; end: number } {
  const range = isScalar(key) ? key.range : undefined;
  return { start: range?.[0] ?? 0, end: range?.[1] ?? 0 };
}

function repeatedKey(key: string, range: { start: number; end: number }): TextComplaint {
  return {
    rule: 'duplicate-key',
    range,
    message: `The key ${showValue(key)} is said twice`,
    expected: 'each key once',
    found: `${showValue(key)} again`,
    remedy: 'Keep one of the two.',
  };
}
