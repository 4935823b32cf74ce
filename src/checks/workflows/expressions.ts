/** An expression in a text: `raw` is `${{ … }}` as written. */
export interface Expression {
  readonly raw: string;
  readonly body: string;
  /** Offset of `raw` in the text. */
  readonly index: number;
}

/** A context that an expression reads, in lower case; an index or `*` is `*`: `['github', 'event', 'commits', '*', 'message']`. */
export type Reference = readonly string[];

const maxDepth = 20;
/** What they return can't carry the text of their arguments. */
const closedFunctions = new Set([
  'contains',
  'startswith',
  'endswith',
  'hashfiles',
  'success',
  'failure',
  'cancelled',
  'always',
]);

/** Every expression of a text, in order. Linear time. */
export function expressionsIn(text: string): readonly Expression[] {
  const expressions: Expression[] = [];
  for (let index = text.indexOf('${{'); index !== -1;) {
    const end = closingBraces(text, index + 3);
    if (end === -1) break;
    expressions.push({ raw: text.slice(index, end + 2), body: text.slice(index + 3, end), index });
    index = text.indexOf('${{', end + 2);
  }
  return expressions;
}

/**
 * The references whose text can appear in what an expression yields: not those that are only compared, tested or given
 * to a function that returns a boolean or a hash. `a && b` yields `a` only where `a` is empty or false.
 */
export function referencesIn(body: string): readonly Reference[] {
  return yieldedBy(body, 0);
}

function yieldedBy(body: string, depth: number): readonly Reference[] {
  const operand = body.trim();
  if (depth > maxDepth) return readReferences(operand);
  return splitOutside(operand, '||').flatMap((alternative) => {
    const last = splitOutside(alternative, '&&').at(-1)?.trim() ?? '';
    if (isParenthesised(last)) return yieldedBy(last.slice(1, -1), depth + 1);
    return isBoolean(last) ? [] : readReferences(last);
  });
}

function closingBraces(text: string, from: number): number {
  let inString = false;
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === "'") inString = !inString;
    else if (!inString && text[at] === '}' && text[at + 1] === '}') return at;
  }
  return -1;
}

/** Calls `visit` for every position outside of string literals, with the depth of parentheses and brackets there. */
function scan(text: string, visit: (at: number, depth: number) => void): void {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === "'") inString = !inString;
    if (inString || character === "'") continue;
    if (character === ')' || character === ']') depth -= 1;
    visit(at, depth);
    if (character === '(' || character === '[') depth += 1;
  }
}

function splitOutside(text: string, operator: '||' | '&&'): readonly string[] {
  const cuts: number[] = [];
  scan(text, (at, depth) => {
    if (depth === 0 && text.startsWith(operator, at) && at >= (cuts.at(-1) ?? -2) + 2) cuts.push(at);
  });
  return [...cuts, text.length].map((cut, index) => text.slice(index === 0 ? 0 : (cuts[index - 1] ?? 0) + 2, cut));
}

function isParenthesised(text: string): boolean {
  let closed = -1;
  scan(text, (at, depth) => {
    if (closed === -1 && depth === 0 && text[at] === ')') closed = at;
  });
  return text.startsWith('(') && closed === text.length - 1;
}

function isBoolean(text: string): boolean {
  let compares = text.startsWith('!');
  scan(text, (at, depth) => {
    if (depth === 0 && /[=<>]/.test(text.charAt(at))) compares = true;
  });
  return compares;
}

/** One step of a path: `.name`, `.*`, `['name']`, `[0]`, `[*]`; any other index stays open and its inside is read too. */
const pathStep = /\.([\w-]+|\*)|\[\s*(?:'([^']*)'|\d+|\*)\s*\]|\[/y;
const word = /'[^']*'|([A-Za-z_][\w-]*)/g;

function readReferences(text: string): readonly Reference[] {
  const references: Reference[] = [];
  word.lastIndex = 0;
  for (let match = word.exec(text); match; match = word.exec(text)) {
    const name = match[1]?.toLowerCase();
    if (name === undefined) continue;
    if (/^\s*\(/.test(text.slice(word.lastIndex, word.lastIndex + 50))) {
      if (closedFunctions.has(name)) word.lastIndex = callEnd(text, word.lastIndex);
      continue;
    }
    const path = readPath(text, word.lastIndex);
    references.push([name, ...path.steps]);
    word.lastIndex = path.end;
  }
  return references;
}

function readPath(text: string, from: number): { steps: readonly string[]; end: number } {
  const steps: string[] = [];
  pathStep.lastIndex = from;
  let end = from;
  for (let match = pathStep.exec(text); match; match = pathStep.exec(text)) {
    steps.push((match[1] ?? match[2] ?? '*').toLowerCase());
    end = pathStep.lastIndex;
    if (match[0] === '[') break;
  }
  return { steps, end };
}

function callEnd(text: string, from: number): number {
  const rest = text.slice(from);
  let end = rest.length;
  scan(rest, (at, depth) => {
    if (end === rest.length && depth === 0 && rest[at] === ')') end = at + 1;
  });
  return from + end;
}
