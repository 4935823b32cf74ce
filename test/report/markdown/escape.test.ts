import fc from 'fast-check';
import { marked, type Tokens } from 'marked';
import { describe, expect, it } from 'vitest';
import {
  code,
  isShellSafe,
  link,
  mermaidLabel,
  oneLine,
  plain,
  sentence,
} from '../../../src/report/markdown/escape.ts';
import { allTokens, hostileText, livePartsOf } from '../../support/hostile-text.ts';

const nothingLive = { html: 0, images: 0, links: [] };
const markup = new Set([
  'strong',
  'em',
  'del',
  'codespan',
  'heading',
  'blockquote',
  'code',
  'hr',
  'list',
  'table',
  'def',
  'br',
]);

/** What a reader sees of inline Markdown, without the invisible characters that keep it from being live. */
function seen(markdown: string): string {
  const html = marked.parseInline(markdown) as string;
  const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#124': '|' };
  return html
    .replace(/<\/?code>/g, '')
    .replace(/&(amp|lt|gt|quot|#39|#124);/g, (_, name: string) => named[name] ?? '')
    .replace(/\u200B/g, '');
}

describe('plain', () => {
  it('shows any text and nothing of it is markup', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const shown = plain(text);
        expect(seen(shown)).toBe(oneLine(text));
        expect(livePartsOf(shown)).toEqual(nothingLive);
        expect(allTokens(shown).filter((token) => markup.has(token.type))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it.each(['@octocat', 'see #12', 'GH-7', 'https://evil.example', 'www.evil.example', 'me@b.example'])(
    'takes %s apart',
    (text) => {
      expect(plain(text)).not.toContain(text);
      expect(plain(text).replace(/\u200B/g, '')).toBe(text);
    },
  );
});

describe('code', () => {
  it('shows any text that has something to show', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const shown = code(text);
        expect(seen(shown)).toBe(oneLine(text, 200) || '(empty)');
        expect(livePartsOf(shown)).toEqual(nothingLive);
      }),
      { numRuns: 500 },
    );
  });

  it('is a code span for a usual path', () => {
    expect(code('src/a_b.ts:3')).toBe('`src/a_b.ts:3`');
  });

  it('is plain text where a pipe would end the table cell', () => {
    expect(code('a || b')).toBe('a &#124;&#124; b');
  });
});

describe('a table row', () => {
  it('keeps its cells whatever they hold', () => {
    fc.assert(
      fc.property(hostileText, hostileText, (first, second) => {
        const [table] = marked.lexer(`| A | B |\n| --- | --- |\n| ${plain(first)} | ${code(second)} |\n`);
        expect(table?.type).toBe('table');
        expect((table as Tokens.Table).rows.map((row) => row.length)).toEqual([2]);
      }),
      { numRuns: 500 },
    );
  });
});

describe('oneLine', () => {
  it('cuts by characters, not in the middle of one', () => {
    expect(oneLine('😀😀😀😀', 3)).toBe('😀😀…');
  });

  it('drops what cannot be seen or turns the direction', () => {
    expect(oneLine('a\u202Eb\u200Bc\u001B[1m\nd')).toBe('abc [1m d');
  });
});

describe('sentence', () => {
  it.each([
    ['no end', 'no end.'],
    ['an end.', 'an end.'],
    ['', ''],
  ])('ends %j as %j', (text, expected) => {
    expect(sentence(text)).toBe(expected);
  });
});

describe('link', () => {
  it('stays one link whatever the path holds', () => {
    fc.assert(
      fc.property(hostileText, (path) => {
        const links = livePartsOf(link('41', `../archives/${path}`)).links;
        expect(links).toHaveLength(1);
        expect(links[0]).toMatch(/^\.\.\/archives\/[A-Za-z0-9._/%-]*$/);
      }),
    );
  });
});

describe('mermaidLabel', () => {
  it('holds only letters, digits and a few marks', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(mermaidLabel(text)).toMatch(/^[A-Za-z0-9 ._/-]{1,60}$/);
      }),
    );
  });
});

describe('isShellSafe', () => {
  it.each(['plans/small.yaml', 'CORTEX-EXEC-2026-11-14-090000'])('takes %s', (text) => {
    expect(isShellSafe(text)).toBe(true);
  });

  it.each(['-rf', '$(id)', 'a b', 'a;b', 'a\nb', '', "a'b"])('refuses %j', (text) => {
    expect(isShellSafe(text)).toBe(false);
  });
});
