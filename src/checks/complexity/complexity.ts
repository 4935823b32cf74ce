import { extensionOf, languageOf } from './languages.ts';
import { maskCode } from './mask.ts';

export interface Complexity {
  readonly value: number;
  /** `decisions` where a language table counts tokens, `indentation` where only the shape of the text is known. */
  readonly method: 'decisions' | 'indentation';
}

/** Code without a language table: its blocks are still told by indentation. */
const indentedExtensions: ReadonlySet<string> = new Set(
  'bash clj cljs dart ex exs erl fs groovy gradle hs jl lua m ml mm nim pl pm ps1 r sh sql svelte vb vue zig'.split(
    ' ',
  ),
);

/** Whether a path holds code whose complexity can be told at all; data and prose can't. */
export function isCode(path: string): boolean {
  return languageOf(path) !== undefined || indentedExtensions.has(extensionOf(path));
}

/**
 * Complexity of a file, at least 1. With a language table: 1 + decision tokens outside comments and literals, the
 * file-wide sum of McCabe's predicates (T. J. McCabe, "A Complexity Measure", IEEE TSE 1976) with the conditions of
 * compound predicates counted (G. J. Myers, SIGPLAN Notices 1977). Without one: 1 + lines that are indented deeper
 * than the line before, since indentation is a fair proxy (Hindle, Godfrey, Holt, "Reading Beside the Lines:
 * Indentation as a Proxy for Complexity Metrics", ICPC 2008); both count blocks, so that they can share one ranking.
 */
export function complexityOf(path: string, text: string): Complexity {
  const language = languageOf(path);
  if (language === undefined) return { value: 1 + deepenings(text), method: 'indentation' };
  const decisions = maskCode(text, language).match(language.decisions) ?? [];
  return { value: 1 + decisions.length, method: 'decisions' };
}

function deepenings(text: string): number {
  const widths = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(indentation);
  return widths.filter((width, index) => index > 0 && width > (widths[index - 1] ?? 0)).length;
}

/** Columns before the first character; a tab counts four. */
export function indentation(line: string): number {
  let width = 0;
  for (const character of line) {
    if (character === ' ') width++;
    else if (character === '\t') width += 4;
    else break;
  }
  return width;
}
