/** Whole lines to put into a text, without their line ends. `at` is the start of a line, or the end of the text. */
export interface Insertion {
  readonly at: number;
  readonly lines: readonly string[];
}

/** The text with every insertion made; nothing that stood there changes, and its line ends are kept up. */
export function insertLines(text: string, insertions: readonly Insertion[]): string {
  const lineEnd = /\r?\n/.exec(text)?.[0] ?? '\n';
  const ordered = insertions
    .map((insertion, index) => ({ ...insertion, index }))
    .sort((a, b) => a.at - b.at || a.index - b.index);
  const parts: string[] = [];
  let from = 0;
  for (const { at, lines } of ordered) {
    const unended = at === text.length && at > 0 && text[at - 1] !== '\n';
    parts.push(text.slice(from, at), ...lines.map((line) => (unended ? lineEnd + line : line + lineEnd)));
    from = at;
  }
  return parts.join('') + text.slice(from);
}

/** Offset of the first character of the line that holds `offset`. */
export function lineStart(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}

/** Offset behind the line that holds `offset`. */
export function nextLine(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end === -1 ? text.length : end + 1;
}
