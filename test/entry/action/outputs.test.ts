import { describe, expect, it } from 'vitest';
import { failureText, summaryFitter } from '../../../src/entry/action/outputs.ts';

const room = 1_048_576;
const bytesOf = (...texts: readonly string[]): number => Buffer.byteLength(texts.join(''));

describe('the summary of a step', () => {
  it.each([
    ['one byte short of its room', 9],
    ['exactly its room', 10],
  ])('is shown whole at %s', (_, length) => {
    expect(summaryFitter(10)('x'.repeat(length))).toBe('x'.repeat(length));
  });

  it('is cut at one byte more, and says so', () => {
    const text = summaryFitter(10)('x'.repeat(11));
    expect(text.startsWith(`${'x'.repeat(10)}\n\n(Cut here`)).toBe(true);
  });

  it('is cut at a character, below what GitHub drops whole', () => {
    const cut = summaryFitter()('✅'.repeat(400_000));
    expect(bytesOf(cut)).toBeLessThan(room);
    expect(cut).toMatch(/^✅+\n\n\(Cut here: a summary has room for 1000000 bytes/);
  });

  it('has its room once for all that is added', () => {
    const fit = summaryFitter();
    const all = ['a', 'b', 'c'].map((letter) => fit(letter.repeat(600_000)));
    expect(bytesOf(...all)).toBeLessThan(room);
    expect(all[0]).toBe('a'.repeat(600_000));
    expect(all[1]).toContain('(Cut here');
    expect(all[2]).toBe('');
  });
});

describe('the mark of a failed step', () => {
  it('tells a gate from a plan and from trouble', () => {
    expect(new Set([1, 2, 3].map(failureText)).size).toBe(3);
    expect(failureText(3)).toContain('gate');
    expect(failureText(2)).toContain('mend');
  });
});
