import type { Range } from './problem.ts';

/** Where an offset lies; line and column count from 1, columns in UTF-16 code units. */
export type PositionAt = (offset: number) => { readonly line: number; readonly column: number };

/** Finds positions in a text by bisection over its line starts. */
export function positionsIn(text: string): PositionAt {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}

/** The range up to the end of its first line: what a caret can underline. */
export function firstLineOf(text: string, range: Range): Range {
  const lineEnd = text.slice(range.start, range.end).search(/[\r\n]/);
  return lineEnd === -1 ? range : { start: range.start, end: range.start + lineEnd };
}
