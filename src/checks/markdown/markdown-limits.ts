const mostCharacters = 1024 * 1024;
const deepestColumn = 100;

/** Emphasis marks are matched pairwise: a block of n marks costs n x n steps, and a document may cost this many. */
const mostEmphasisSteps = 40_000_000;

/**
 * Why a text would take too long to be read as Markdown, with the line; undefined where it would not. The parser is
 * linear but for emphasis inside one block and for nesting, and texts of repositories may be made to stall it.
 */
export function tooCostly(text: string): string | undefined {
  if (text.length > mostCharacters) return `longer than ${mostCharacters} characters`;
  let steps = 0;
  let marks = 0;
  for (const [index, line] of text.split('\n').entries()) {
    if (isNestedTooDeep(line)) return `line ${index + 1} is nested deeper than ${deepestColumn} columns`;
    const inLine = line.trim() === '' ? 0 : (line.match(/[*_~]/g)?.length ?? 0);
    steps += line.trim() === '' ? 0 : (marks + inLine) ** 2 - marks ** 2;
    marks = line.trim() === '' ? 0 : marks + inLine;
    if (steps > mostEmphasisSteps) return `line ${index + 1} ends a block with too many emphasis marks`;
  }
  return undefined;
}

/** Marks of quotes and lists beyond the column; a ruler of dashes or stars nests nothing. */
function isNestedTooDeep(line: string): boolean {
  const lead = /^(?:[\s>*+-]|\d{1,9}[.)](?=\s))*/.exec(line)?.[0] ?? '';
  return /(?:>|[*+.)-]\s)/.test(lead.slice(deepestColumn));
}
