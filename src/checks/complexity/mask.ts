import type { Language } from './languages.ts';

interface Span {
  readonly kind: 'comment' | 'string';
  readonly start: number;
  readonly end: number;
}

/**
 * The text with comments and the content of literals turned into blanks: same length, same lines, so that
 * offsets hold. The first and the last character of a literal stay. Linear in the length of the text.
 */
export function maskCode(text: string, language: Language): string {
  return blank(text, spansOf(text, language));
}

/** The text with comments alone turned into blanks: for reading what is imported. */
export function maskComments(text: string, language: Language): string {
  const comments = spansOf(text, language).filter((span) => span.kind === 'comment');
  return blank(text, comments);
}

function spansOf(text: string, language: Language): readonly Span[] {
  const openers = new RegExp(language.delimiters.map((delimiter) => `(${delimiter.open})`).join('|'), 'g');
  const spans: Span[] = [];
  for (let match = openers.exec(text); match !== null; match = openers.exec(text)) {
    const span = spanAt(text, match, language);
    if (span === undefined) continue;
    spans.push(span);
    openers.lastIndex = span.end;
  }
  return spans;
}

/** Where one mark opens two kinds (`/` of a comment or a pattern), the order of the table decides. */
function spanAt(text: string, match: RegExpExecArray, language: Language): Span | undefined {
  const delimiter = language.delimiters[match.slice(1).findIndex((group) => group !== undefined)];
  const end = delimiter?.end(text, match.index, match[0]);
  if (delimiter === undefined || end === undefined) return undefined;
  return { kind: delimiter.kind, start: match.index, end: Math.max(end, match.index + match[0].length) };
}

function blank(text: string, spans: readonly Span[]): string {
  const pieces: string[] = [];
  let done = 0;
  for (const span of spans) {
    const margin = span.kind === 'string' && span.end - span.start > 1 ? 1 : 0;
    pieces.push(text.slice(done, span.start + margin));
    pieces.push(text.slice(span.start + margin, span.end - margin).replace(/[^\r\n]/g, ' '));
    done = span.end - margin;
  }
  return pieces.join('') + text.slice(done);
}
