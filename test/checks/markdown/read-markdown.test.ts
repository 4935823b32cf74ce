import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readMarkdown } from '../../../src/checks/markdown/read-markdown.ts';
import { CortexError } from '../../../src/shared/errors.ts';

describe('readMarkdown links', () => {
  it.each([
    ['a plain link', '[a](b.md)', 'b.md', 1, 1],
    ['a title', 'x [a](b.md "title")', 'b.md', 1, 3],
    ['angle brackets', '[a](<b c.md>)', 'b c.md', 1, 1],
    ['a reference', 'x\n\n[a][r]\n\n[r]: b.md "t"\n', 'b.md', 3, 1],
    ['a link in a list', '- one\n- two [a](b.md)\n', 'b.md', 2, 7],
    ['a link in a quote', '> one\n> two [a](b.md)\n', 'b.md', 2, 7],
    ['a link in a table', '| h |\n|---|\n| [a](b.md) |\n', 'b.md', 3, 3],
    ['a link in HTML', '<p>\n  <a href="b.md">a</a>\n</p>\n', 'b.md', 2, 6],
    ['a link below Windows line ends', 'x\r\n\r\n[a](b.md)\r\n', 'b.md', 3, 1],
    ['a link below front matter', '---\ntitle: "[z](y)"\n---\n\n[a](b.md)\n', 'b.md', 5, 1],
    ['an entity', '[a](b.md?x&amp;y)', 'b.md?x&y', 1, 1],
  ])('finds %s', (...[, text, target, line, column]) => {
    expect(readMarkdown(text).links).toEqual([{ target, image: false, line, column }]);
  });

  it.each([
    ['in Markdown', '![a](b.png)'],
    ['in HTML', '<p align="center"><img src="b.png"></p>'],
  ])('finds an image %s', (_where, text) => {
    expect(readMarkdown(text).links).toMatchObject([{ target: 'b.png', image: true }]);
  });

  it.each([
    ['code span', '`[a](b.md)`'],
    ['code block', '```\n[a](b.md)\n```'],
    ['comment', '<!-- <a href="b.md"> [a](b.md) -->'],
    ['escape', '\\[a](b.md)'],
    ['footnote', 'x[^1]\n\n[^1]: b.md\n'],
  ])('finds none in a %s', (_what, text) => {
    expect(readMarkdown(text).links).toEqual([]);
  });

  it('finds both of two equal links on one line', () => {
    expect(readMarkdown('[a](b) and [a](b)').links.map(({ column }) => column)).toEqual([1, 12]);
  });
});

describe('readMarkdown anchors', () => {
  it.each([
    ['# Getting Started', 'getting-started'],
    ['## What is `a.b`?', 'what-is-ab'],
    ['# A & B', 'a--b'],
    ['# [Link](x) *em* ![alt](i.png)', 'link-em-'],
    ['Title\n=====', 'title'],
    ['> # Quoted', 'quoted'],
    ['# Größe', 'größe'],
    ['# Same\n# Same', 'same-1'],
    ['<h2 align="center">In <b>HTML</b></h2>', 'in-html'],
    ['x <a name="Here"></a>', 'here'],
    ['<div id="there"></div>', 'there'],
    ['# Named {#own-name}', 'own-name'],
    ['# :rocket: Start', '-start'],
  ])('%j has #%s', (text, anchor) => {
    expect(readMarkdown(text).anchors).toContain(anchor);
  });
});

describe('readMarkdown code', () => {
  it('finds code spans outside links', () => {
    expect(readMarkdown('x `a/b` [`c/d`](e)').codeSpans).toEqual([{ text: 'a/b', line: 1, column: 3 }]);
  });

  it('finds the content of code blocks and where it begins', () => {
    expect(readMarkdown('- a\n\n  ```Bash title=x\n  npm run b\n  ```\n').codeBlocks).toEqual([
      { language: 'bash', text: 'npm run b', line: 4, column: 3 },
    ]);
  });
});

describe('readMarkdown with hostile text', () => {
  function read(text: string): string {
    try {
      readMarkdown(text);
      return 'read';
    } catch (error) {
      return error instanceof CortexError ? error.code : `not ours: ${String(error)}`;
    }
  }

  it('never fails but with its own error', () => {
    const piece = fc.constantFrom(
      '[',
      ']',
      '(',
      ')',
      '`',
      '*',
      '_',
      '<',
      '>',
      '<a href="',
      '\n',
      '- ',
      '# ',
      '|',
      '```',
      '!',
      '&amp;',
      ' ',
      'a',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string({ maxLength: 5 })), { maxLength: 80 }), (pieces) => {
        expect(['read', 'markdown-unreadable']).toContain(read(pieces.join('')));
      }),
    );
  });

  it.each(['[', '![', '_a*', '**a*', '>', '> ', '1. ', '- ', '`', '<a ', '<!--', '[a](', 'a@b.', '| a '])(
    'takes no longer than two seconds for a mebibyte of %j',
    (piece) => {
      const start = performance.now();
      read(piece.repeat(Math.floor(2 ** 20 / piece.length)));
      expect(performance.now() - start).toBeLessThan(2000);
    },
  );

  it.each([
    ['too long', 'a'.repeat(2 ** 20 + 1), 'longer than'],
    ['too many emphasis marks', `x\n${'_a*'.repeat(10_000)}`, 'line 2 ends a block'],
    ['nested too deep', `x\n\n${'> '.repeat(60)}a`, 'line 3 is nested'],
  ])('refuses what is %s, with the place', (_what, text, place) => {
    expect(() => readMarkdown(text)).toThrow(place);
  });
});
