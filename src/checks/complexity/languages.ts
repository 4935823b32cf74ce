import {
  blockComment,
  lineComment,
  quoted,
  quotedBetween,
  regexLiteral,
  rubyHeredoc,
  rustCharacter,
  rustRawString,
  templateLiteral,
  type Delimiter,
} from './delimiters.ts';

export type LanguageName =
  'javascript' | 'python' | 'go' | 'rust' | 'java' | 'kotlin' | 'csharp' | 'ruby' | 'c' | 'php' | 'scala' | 'swift';

/** How to tell code from comments and literals, and which tokens of the code decide. */
export interface Language {
  readonly name: LanguageName;
  /** TypeScript and its kin are read as `javascript`; C++ as `c`. */
  readonly extensions: readonly string[];
  /** Longer opening marks first: the first that fits is taken. */
  readonly delimiters: readonly Delimiter[];
  /** Global; every match is one more path through the code. */
  readonly decisions: RegExp;
}

const slashComments = [lineComment('//'), blockComment('/*', '*/')];
const nestedSlashComments = [lineComment('//'), blockComment('/*', '*/', true)];
const plainQuotes = [quoted('"'), quoted("'")];
const tripleQuote = quoted('"""', { multiline: true });
const rawTripleQuote = quoted('"""', { multiline: true, escapes: false });
const verbatimQuote = quotedBetween('\\$?@\\$?"', { close: '"', multiline: true, escapes: false });

// A conditional `a ? b : c` has blanks around its mark; `a?.b`, `a?: T` and `T?` have not.
const cLikeDecisions = /\b(?:if|for|foreach|while|case|catch|when)\b|&&|\|\||\?\?|\?:|(?<=\s)\?(?=\s)/g;

export const languages: readonly Language[] = [
  {
    name: 'javascript',
    extensions: ['ts', 'tsx', 'mts', 'cts', 'js', 'jsx', 'mjs', 'cjs'],
    delimiters: [...slashComments, ...plainQuotes, templateLiteral, regexLiteral],
    decisions: /\b(?:if|for|while|case|catch)\b|&&|\|\||\?\?|(?<=\s)\?(?=\s)/g,
  },
  {
    name: 'python',
    extensions: ['py'],
    delimiters: [lineComment('#'), tripleQuote, quoted("'''", { multiline: true }), ...plainQuotes],
    decisions: /\b(?:if|elif|for|while|except|and|or|case)\b/g,
  },
  {
    name: 'go',
    extensions: ['go'],
    delimiters: [...slashComments, ...plainQuotes, quoted('`', { multiline: true, escapes: false })],
    decisions: /\b(?:if|for|case)\b|&&|\|\|/g,
  },
  {
    name: 'rust',
    extensions: ['rs'],
    delimiters: [...nestedSlashComments, rustRawString, quoted('"', { multiline: true }), rustCharacter],
    // `impl A for B` decides nothing: only a `for` with its `in` does. `=>` is an arm of a match.
    decisions: /\b(?:if|while)\b|\bfor(?=\s[^\n{};]{1,80}\bin\b)|=>|&&|\|\|/g,
  },
  {
    name: 'java',
    extensions: ['java'],
    delimiters: [...slashComments, tripleQuote, ...plainQuotes],
    decisions: cLikeDecisions,
  },
  {
    name: 'kotlin',
    extensions: ['kt', 'kts'],
    delimiters: [...nestedSlashComments, rawTripleQuote, ...plainQuotes],
    decisions: cLikeDecisions,
  },
  {
    name: 'csharp',
    extensions: ['cs'],
    delimiters: [...slashComments, rawTripleQuote, verbatimQuote, ...plainQuotes],
    decisions: cLikeDecisions,
  },
  {
    name: 'ruby',
    extensions: ['rb'],
    delimiters: [lineComment('#'), blockComment('\n=begin', '\n=end'), rubyHeredoc, ...plainQuotes],
    decisions: /\b(?:if|elsif|unless|while|until|for|when|rescue|and|or)\b|&&|\|\||(?<=\s)\?(?=\s)/g,
  },
  {
    name: 'c',
    extensions: ['c', 'h', 'cc', 'cpp', 'cxx', 'hh', 'hpp'],
    delimiters: [...slashComments, ...plainQuotes],
    decisions: cLikeDecisions,
  },
  {
    name: 'php',
    extensions: ['php'],
    delimiters: [
      ...slashComments,
      lineComment('#'),
      quoted('"', { multiline: true }),
      quoted("'", { multiline: true }),
    ],
    decisions: cLikeDecisions,
  },
  {
    name: 'scala',
    extensions: ['scala', 'sc'],
    delimiters: [...nestedSlashComments, rawTripleQuote, quoted('"'), rustCharacter],
    decisions: cLikeDecisions,
  },
  {
    name: 'swift',
    extensions: ['swift'],
    delimiters: [...nestedSlashComments, tripleQuote, quoted('"')],
    decisions: /\b(?:if|guard|for|while|case|catch)\b|&&|\|\||\?\?|(?<=\s)\?(?=\s)/g,
  },
];

const byExtension = new Map(
  languages.flatMap((language) => language.extensions.map((name) => [name, language] as const)),
);

/** The language of a path by its extension, or undefined where there is no table for it. */
export function languageOf(path: string): Language | undefined {
  return byExtension.get(extensionOf(path));
}

/** What stands behind the last dot of the file's name, in lower case; empty where there is none. */
export function extensionOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? '' : name.slice(dot + 1).toLowerCase();
}
