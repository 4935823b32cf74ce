import { Lexer, Parser, type CST } from '../shared/yaml.ts';
import type { Complaint, Range, TextComplaint } from './problem.ts';

/** A plan of 256 KiB with 250 tasks stays below a quarter of each. */
const maxLexemes = 120_000;
const maxNodes = 80_000;
const maxDepth = 32;
const maxComplaints = 20;

/** The plain parts of YAML are enough for a plan; what is refused here would make two readers see two plans. */
const refused = {
  anchor: [
    'An anchor makes a part of the plan stand for another',
    'Write the value out, or use the defaults of spec.workers.',
  ],
  alias: ['An alias stands for a part of the plan that is written elsewhere', 'Write the value out in this place.'],
  tag: ['A tag changes what a value is', 'Delete the tag; the schema knows the types.'],
  directive: ['A directive changes how the file is read', 'Delete the line; plans are YAML 1.2.'],
  merge: ['A merge key takes settings from elsewhere', 'Write the settings out, or use the defaults of spec.workers.'],
  document: ['The file holds more than one document', 'Put each plan into a file of its own.'],
  reserved: ['This character starts nothing in YAML', 'Put the value in quotes.'],
} as const satisfies Record<string, readonly [string, string]>;

/**
 * The concrete syntax of a plan, before anything is composed: bounded in length, depth and number of items, and free of
 * anchors, aliases, tags, merge keys, directives and further documents. Time and memory are linear in the text.
 */
export function planTokens(text: string): { tokens: CST.Token[]; complaints: readonly TextComplaint[] } {
  const { tokens, overflow } = parseBounded(text);
  if (overflow !== undefined) return { tokens: [], complaints: [overflow] };
  return { tokens, complaints: checkTokens(tokens) };
}

function parseBounded(text: string): { tokens: CST.Token[]; overflow?: TextComplaint } {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  const count = { lexemes: 0, flowDepth: 0, offset: 0 };
  for (const lexeme of new Lexer().lex(text)) {
    count.lexemes += 1;
    if (lexeme === '[' || lexeme === '{') count.flowDepth += 1;
    if (lexeme === ']' || lexeme === '}') count.flowDepth -= 1;
    const range = { start: count.offset, end: count.offset };
    if (count.flowDepth > maxDepth) return { tokens, overflow: tooDeep(range) };
    if (count.lexemes > maxLexemes) return { tokens, overflow: tooMany(range) };
    tokens.push(...parser.next(lexeme));
    count.offset = parser.offset;
  }
  tokens.push(...parser.end());
  return { tokens };
}

/** A token and how deep it lies. */
type Visit = readonly [token: CST.Token | CST.SourceToken, depth: number];

function checkTokens(tokens: readonly CST.Token[]): readonly TextComplaint[] {
  const complaints: TextComplaint[] = [];
  const queue: Visit[] = tokens.map((token) => [token, 0] as const).reverse();
  let nodes = 0;
  let documents = 0;
  for (let next = queue.pop(); next !== undefined && complaints.length < maxComplaints; next = queue.pop()) {
    const [token, depth] = next;
    const range = { start: token.offset, end: token.offset + ('source' in token ? token.source.length : 0) };
    if (token.type === 'document') documents += 1;
    nodes += 1;
    if (depth > maxDepth) return [tooDeep(range)];
    if (nodes > maxNodes) return [tooMany(range)];
    const kind = refusedKind(token, documents);
    if (kind !== undefined) complaints.push(refusal(kind, range));
    queue.push(...childrenOf(token, depth).reverse());
  }
  return complaints;
}

function refusedKind(token: CST.Token | CST.SourceToken, documents: number): keyof typeof refused | undefined {
  if (token.type === 'anchor' || token.type === 'alias' || token.type === 'tag' || token.type === 'directive') {
    return token.type;
  }
  if (token.type === 'document' && documents > 1) return 'document';
  if (token.type === 'scalar' && token.source === '<<') return 'merge';
  if (token.type === 'scalar' && /^[@`]/.test(token.source)) return 'reserved';
  return undefined;
}

/** What lies inside a token, in text order. Only collections lie deeper. */
function childrenOf(token: CST.Token | CST.SourceToken, depth: number): Visit[] {
  if (token.type === 'document') return visits([...token.start, token.value], depth);
  if (token.type === 'block-scalar') return visits(token.props, depth);
  if (!('items' in token)) return [];
  return token.items.flatMap((item) => visits([...item.start, item.key, ...(item.sep ?? []), item.value], depth + 1));
}

function visits(tokens: readonly (CST.Token | null | undefined)[], depth: number): Visit[] {
  return tokens
    .filter((token) => token !== null && token !== undefined)
    .filter((token) => token.type !== 'space' && token.type !== 'newline' && token.type !== 'comment')
    .map((token) => [token, depth] as const);
}

function refusal(kind: keyof typeof refused, range: Range): TextComplaint {
  const [message, remedy] = refused[kind];
  return { rule: `yaml-${kind}`, range, message, expected: 'plain YAML, said once', found: `${kind}`, remedy };
}

function tooDeep(range: Range): TextComplaint {
  return {
    ...limit('too-deep', `Values lie inside each other more than ${maxDepth} levels deep`, `${maxDepth} levels`),
    range,
  };
}

function tooMany(range: Range): TextComplaint {
  return { ...limit('too-many-values', 'The plan holds more values than are read', `${maxNodes} values`), range };
}

function limit(rule: string, message: string, most: string): Complaint {
  return {
    rule,
    message,
    expected: `at most ${most}`,
    found: 'more',
    remedy: 'Split the plan into several; a plan of all seven masters needs a fraction of this.',
  };
}
