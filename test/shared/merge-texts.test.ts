import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeTexts } from '../../src/shared/merge-texts.ts';

const base = 'one\ntwo\nthree\nfour\nfive\nsix\n';

describe('two edits of one text', () => {
  it.for([
    [
      'on lines apart are both kept',
      base.replace('one', 'ONE'),
      base.replace('six', 'SIX'),
      'ONE\ntwo\nthree\nfour\nfive\nSIX\n',
    ],
    [
      'that are the same are one',
      base.replace('two', 'TWO'),
      base.replace('two', 'TWO'),
      'one\nTWO\nthree\nfour\nfive\nsix\n',
    ],
    ['of which one changes nothing are the other', base, base.replace('two', ''), base.replace('two', '')],
    ['that add at both ends are both kept', `zero\n${base}`, `${base}seven\n`, `zero\n${base}seven\n`],
    [
      'that remove lines apart remove both',
      base.replace('one\n', ''),
      base.replace('six\n', ''),
      'two\nthree\nfour\nfive\n',
    ],
    ['of one line in two ways are refused', base.replace('two', 'TWO'), base.replace('two', '2'), undefined],
    [
      'of which one removes what the other changes are refused',
      base.replace('two\n', ''),
      base.replace('two', '2'),
      undefined,
    ],
  ] as const)('%s', ([, ours, theirs, expected]) => {
    expect(mergeTexts(base, ours, theirs)).toBe(expected);
  });

  it('keep the carriage returns of each line', () => {
    const dos = base.replaceAll('\n', '\r\n');
    expect(mergeTexts(dos, dos.replace('one', 'ONE'), dos.replace('six', 'SIX'))).toBe(
      'ONE\r\ntwo\r\nthree\r\nfour\r\nfive\r\nSIX\r\n',
    );
  });

  it('keep a missing end of the last line', () => {
    const open = base.trimEnd();
    expect(mergeTexts(open, open.replace('one', 'ONE'), open.replace('six', 'SIX'))).toBe(
      'ONE\ntwo\nthree\nfour\nfive\nSIX',
    );
  });

  it('never run two lines into one', () => {
    const merged = mergeTexts('a\nb', 'a\nb\nc', 'a\nb');
    expect(merged).toBe('a\nb\nc');
    expect([undefined, 'z\na\nb\nc']).toContain(mergeTexts('a\nb', 'a\nb\nc', 'z\na\nb'));
  });

  it('are refused where comparing them would take too long', () => {
    const long = 'x\n'.repeat(50_001);
    expect(mergeTexts(long, `a\n${long}`, `${long}b\n`)).toBeUndefined();
  });
});

describe('joining, whatever the texts', () => {
  const line = fc.constantFrom('a\n', 'b\n', 'c\r\n', 'd\n', '\n');
  const text = fc.array(line, { maxLength: 8 }).map((lines) => lines.join(''));

  it('does not depend on the order of the two', () => {
    fc.assert(
      fc.property(text, text, text, (from, a, b) => {
        expect(mergeTexts(from, a, b)).toBe(mergeTexts(from, b, a));
      }),
    );
  });

  it('gives back an edit that stands alone, and one that both made', () => {
    fc.assert(
      fc.property(text, text, (from, a) => {
        expect(mergeTexts(from, a, from)).toBe(a);
        expect(mergeTexts(from, from, a)).toBe(a);
        expect(mergeTexts(from, a, a)).toBe(a);
      }),
    );
  });

  it('keeps every line that either has added to lines of its own', () => {
    const kept = fc
      .array(fc.constantFrom('k\n', 'l\n'), { minLength: 3, maxLength: 6 })
      .map((lines) => lines.map((each, at) => `${at}${each}`));
    fc.assert(
      fc.property(kept, (lines) => {
        const from = lines.join('');
        expect(mergeTexts(from, `first\n${from}`, `${from}last\n`)).toBe(`first\n${from}last\n`);
      }),
    );
  });
});
