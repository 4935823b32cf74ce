/** What hides text from a reader of code: a comment, or a literal whose content is data. */
export interface Delimiter {
  readonly kind: 'comment' | 'string';
  /** Source of a regular expression without capture groups. */
  readonly open: string;
  /** Offset behind the closing mark; undefined where the opening mark turns out to mean something else. */
  readonly end: (text: string, start: number, open: string) => number | undefined;
}

interface QuoteOptions {
  readonly multiline?: boolean;
  /** Whether a backslash takes the next character along. */
  readonly escapes?: boolean;
}

/** A comment that ends with its line. */
export function lineComment(mark: string): Delimiter {
  return { kind: 'comment', open: escapeRegExp(mark), end: endOfLine };
}

/** A comment between two marks; `nests` where an inner opening mark needs its own closing one. */
export function blockComment(open: string, close: string, nests = false): Delimiter {
  const end = nests
    ? nestedEnd(open, close)
    : (text: string, start: number) => behind(text, close, start + open.length);
  return { kind: 'comment', open: escapeRegExp(open), end };
}

/** A literal; one that may not span lines and is left open ends with its line, so that a slip stays small. */
export function quoted(mark: string, options: QuoteOptions = {}): Delimiter {
  const { multiline = false, escapes = true } = options;
  return quotedBetween(escapeRegExp(mark), { close: mark, multiline, escapes });
}

/** A literal whose opening mark is a pattern, such as C#'s `@"`. */
export function quotedBetween(open: string, options: Required<QuoteOptions> & { readonly close: string }): Delimiter {
  return { kind: 'string', open, end: (text, start, mark) => quoteEnd(text, start + mark.length, options) };
}

/** JavaScript's template literal, whose `${…}` holds code that may hold templates. */
export const templateLiteral: Delimiter = { kind: 'string', open: '`', end: templateEnd };

/** JavaScript's `/…/`: only where an expression may begin, and closed on the same line. */
export const regexLiteral: Delimiter = { kind: 'string', open: '/', end: regexEnd };

/** Rust's `'c'`; a lifetime (`'a`) has no closing quote and is code. */
export const rustCharacter: Delimiter = {
  kind: 'string',
  open: "'",
  end: (text, start) => matchEnd(/'(?:\\[^\n]{1,10}?|[^\\'\n]{1,2})'/y, text, start),
};

/** Rust's `r#"…"#` with any number of hashes. */
export const rustRawString: Delimiter = {
  kind: 'string',
  open: 'r#{0,8}"',
  end: (text, start, open) => behind(text, `"${'#'.repeat(open.length - 2)}`, start + open.length),
};

/** Ruby's `<<~NAME`, to the line that holds its name alone. */
export const rubyHeredoc: Delimiter = {
  kind: 'string',
  open: '<<[~-]["\']?[A-Za-z_]\\w{0,60}',
  end: (text, start, open) => {
    const name = open.replace(/^<<[~-]["']?/, '');
    const close = new RegExp(`^[ \\t]{0,200}${name}[ \\t]{0,20}$`, 'gm');
    close.lastIndex = start;
    return close.exec(text) === null ? text.length : close.lastIndex;
  },
};

/** A stray `/` costs a scan of at most this length. */
const longestRegex = 200;
const wordsBeforeRegex = new Set([
  'return',
  'typeof',
  'case',
  'in',
  'of',
  'do',
  'else',
  'void',
  'delete',
  'await',
  'yield',
]);

function endOfLine(text: string, start: number): number {
  const newline = text.indexOf('\n', start);
  return newline === -1 ? text.length : newline;
}

function behind(text: string, close: string, from: number): number {
  const at = text.indexOf(close, from);
  return at === -1 ? text.length : at + close.length;
}

function matchEnd(pattern: RegExp, text: string, start: number): number | undefined {
  pattern.lastIndex = start;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

function nestedEnd(open: string, close: string): Delimiter['end'] {
  const marks = new RegExp(`${escapeRegExp(open)}|${escapeRegExp(close)}`, 'g');
  return (text, start) => {
    marks.lastIndex = start;
    let depth = 0;
    for (let match = marks.exec(text); match !== null; match = marks.exec(text)) {
      depth += match[0] === open ? 1 : -1;
      if (depth === 0) return marks.lastIndex;
    }
    return text.length;
  };
}

function quoteEnd(text: string, from: number, quote: Required<QuoteOptions> & { readonly close: string }): number {
  for (let at = from; at < text.length; at++) {
    const character = text[at];
    if (character === '\\' && quote.escapes) at++;
    else if (character === '\n' && !quote.multiline) return at;
    else if (text.startsWith(quote.close, at)) return at + quote.close.length;
  }
  return text.length;
}

/** `depths` holds one entry per open template: 0 while in its text, else 1 + the open braces of its expression. */
function templateEnd(text: string, start: number): number {
  const depths = [0];
  for (let at = start + 1; at < text.length; at++) {
    const depth = depths[depths.length - 1] ?? 0;
    const character = text[at];
    if (character === '\\') at++;
    else if (character === '`' && depth === 0) depths.pop();
    else if (character === '`') depths.push(0);
    else if (depth === 0 && character === '$' && text[at + 1] === '{') {
      depths[depths.length - 1] = 1;
      at++;
    } else if (depth > 0 && (character === '{' || character === '}')) {
      depths[depths.length - 1] = depth + (character === '{' ? 1 : -1);
    } else if (depth > 0 && (character === "'" || character === '"')) {
      at = quoteEnd(text, at + 1, { close: character, multiline: false, escapes: true }) - 1;
    }
    if (depths.length === 0) return at + 1;
  }
  return text.length;
}

function regexEnd(text: string, start: number): number | undefined {
  if (!expressionMayBegin(text, start)) return undefined;
  let inClass = false;
  for (let at = start + 1; at < text.length && at - start < longestRegex; at++) {
    const character = text[at];
    if (character === '\n') return undefined;
    if (character === '\\') at++;
    else if (character === '[') inClass = true;
    else if (character === ']') inClass = false;
    else if (character === '/' && !inClass) return at + 1;
  }
  return undefined;
}

/** Whether a `/` at `at` begins a literal rather than divides: told by what stands before it. */
function expressionMayBegin(text: string, at: number): boolean {
  let before = at - 1;
  while (before >= 0 && /\s/.test(text[before] ?? '')) before--;
  const character = text[before] ?? '';
  if (character === '') return true;
  if (!/[\w$)\]}'"`]/.test(character)) return true;
  const word = /[\w$]+$/.exec(text.slice(Math.max(0, before - 12), before + 1))?.[0];
  return word !== undefined && wordsBeforeRegex.has(word);
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
