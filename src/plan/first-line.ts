import type { Range } from './problem.ts';

/** The range up to the end of its first line: what a caret can underline. */
export function firstLineOf(text: string, range: Range): Range {
  const lineEnd = text.slice(range.start, range.end).search(/[\r\n]/);
  return lineEnd === -1 ? range : { start: range.start, end: range.start + lineEnd };
}
