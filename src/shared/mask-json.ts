/** A piece of text to replace: offsets in UTF-16 units; `quoted` asks for a JSON string in place of a number. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly quoted?: boolean;
}

/**
 * The spans as they can be replaced in a JSON document without breaking it: cut to the inside of strings, widened to
 * whole escapes and whole numbers. `text` must be valid JSON and `spans` sorted without overlaps.
 */
export function spansInJson(text: string, spans: readonly Span[]): readonly Span[] {
  const result: { start: number; end: number; quoted: boolean }[] = [];
  let next = 0;
  forEachAtom(text, (start, end, quoted) => {
    while ((spans[next]?.end ?? Infinity) <= start) next++;
    if (end <= (spans[next]?.start ?? Infinity)) return;
    const last = result.at(-1);
    if (last !== undefined && last.end === start && !quoted && !last.quoted) last.end = end;
    else result.push({ start, end, quoted });
  });
  return result;
}

type OnAtom = (start: number, end: number, isNumber: boolean) => void;

/** Calls back for all that may be replaced whole: characters and escapes inside strings, and numbers. */
function forEachAtom(text: string, onAtom: OnAtom): void {
  let inString = false;
  for (let i = 0; i < text.length;) {
    const isQuote = text[i] === '"';
    const length = isQuote ? 1 : inString ? charLength(text, i) : numberLength(text, i);
    if (isQuote) inString = !inString;
    else if (inString || length > 0) onAtom(i, i + length, !inString);
    i += Math.max(1, length);
  }
}

function charLength(text: string, index: number): number {
  if (text[index] !== '\\') return 1;
  return text[index + 1] === 'u' ? 6 : 2;
}

/** Length of the number that begins here; 0 where none does. */
function numberLength(text: string, index: number): number {
  if (!/[-0-9]/.test(text[index] ?? '')) return 0;
  let end = index + 1;
  while (/[-+.0-9eE]/.test(text[end] ?? '')) end++;
  return end - index;
}
