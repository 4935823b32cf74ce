import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tamed } from '../../../src/report/markdown/tame.ts';
import { hostileText, livePartsOf, shapeOf } from '../../support/hostile-text.ts';

describe('tamed', () => {
  it('keeps headings, lists, tables and fenced code', () => {
    const text =
      '## Problem\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```yaml\nuses: actions/checkout@v4\n```';
    expect(tamed(text)).toBe(text);
  });

  it('leaves nothing live', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(livePartsOf(tamed(text))).toEqual({ html: 0, images: 0, links: [] });
      }),
      { numRuns: 500 },
    );
  });

  it('never swallows what comes after it', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(shapeOf(`${tamed(text)}\n\n## After\n\nText\n`).slice(-2)).toEqual(['heading 2', 'paragraph']);
      }),
      { numRuns: 1000 },
    );
  });

  it('closes a fence that was left open', () => {
    expect(tamed('~~~~\ncode')).toBe('~~~~\ncode\n~~~~');
  });

  it('takes a fence as closed by an indented one', () => {
    expect(tamed('```\ncode\n  ```\n@octocat')).toBe('```\ncode\n  ```\n@\u200Boctocat');
  });

  it('is not out of a fence before one as long as that which opened it', () => {
    expect(tamed('~~~~\n~~~\n@octocat\n~~~~\n@octocat')).toBe('~~~~\n~~~\n@octocat\n~~~~\n@\u200Boctocat');
  });

  it('cuts what is too long and says so', () => {
    expect(tamed('abcdef', 3)).toBe('abc\n\n…');
  });
});
