import fc from 'fast-check';
import { marked, type Token, type Tokens } from 'marked';

const traps = [
  '|',
  '||',
  '`',
  '``',
  '```\n',
  '~~~\n',
  '\\',
  '\\|',
  '<script>alert(1)</script>',
  '<!--',
  '<img src=x>',
  '<br>',
  '&lt;',
  '&#60;',
  '&amp',
  '@octocat',
  '#12',
  'GH-7',
  'owner/name#3',
  'https://evil.example/x',
  'http://evil.example',
  'www.evil.example',
  'a@b.example',
  '[x](http://evil.example)',
  '![x](http://evil.example)',
  '[x]: http://evil.example',
  '[x]',
  '](',
  '\n',
  '\r\n',
  '\u2028',
  '\u0085',
  '\t',
  '**',
  '__',
  '*',
  '_',
  '~~',
  '$$',
  '$x$',
  '- ',
  '+ ',
  '# ',
  '## ',
  '1. ',
  '1) ',
  '> ',
  '---',
  '===',
  '| --- |',
  '    ',
  '[ ] ',
  '\u202E',
  '\u200B',
  '\uFEFF',
  '\uD800',
  '\u0000',
  '\u001B[31m',
  '%%{init}%%',
  ';',
  ':',
  '"',
  "'",
  '€',
  '😀',
  'plain words',
] as const;

/** Text that tries to be more than text: pieces of markup, in any order, with any characters between them. */
export const hostileText = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...traps) },
      { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) },
    ),
    {
      minLength: 1,
      maxLength: 12,
    },
  )
  .map((pieces) => pieces.join(''));

/** Every token of a Markdown document, at any depth. */
export function allTokens(markdown: string): readonly Token[] {
  const tokens: Token[] = [];
  void marked.walkTokens(marked.lexer(markdown), (token) => void tokens.push(token));
  return tokens;
}

/** What of a document is live: raw HTML, images, and the addresses of links. */
export function livePartsOf(markdown: string): {
  readonly html: number;
  readonly images: number;
  readonly links: readonly string[];
} {
  const tokens = allTokens(markdown);
  return {
    html: tokens.filter((token) => token.type === 'html').length,
    images: tokens.filter((token) => token.type === 'image').length,
    links: tokens.filter((token): token is Tokens.Link => token.type === 'link').map((token) => token.href),
  };
}

/** The skeleton of a document: its blocks in order, with the size of each table and list. */
export function shapeOf(markdown: string): readonly string[] {
  return marked.lexer(markdown).flatMap((token) => {
    if (token.type === 'space') return [];
    if (token.type === 'table')
      return [`table ${(token as Tokens.Table).header.length}x${(token as Tokens.Table).rows.length}`];
    if (token.type === 'list') return [`list ${(token as Tokens.List).items.length}`];
    return [token.type === 'heading' ? `heading ${(token as Tokens.Heading).depth}` : token.type];
  });
}
