import { describe, expect, it } from 'vitest';
import { failureText, fitSummary } from '../../../src/entry/action/outputs.ts';

describe('a summary', () => {
  it('is shown as it is up to a million bytes', () => {
    const full = 'x'.repeat(1_000_000);
    expect(fitSummary(full)).toBe(full);
  });

  it('is cut by bytes, between characters, and says so', () => {
    const cut = fitSummary('✅'.repeat(400_000));
    // A check mark has three bytes: 333,333 of them fit, and a third of the next.
    expect(cut.startsWith(`${'✅'.repeat(333_333)}\n\n(Cut here`)).toBe(true);
    expect(cut).toContain('1000000 bytes of 1200000');
  });
});

describe('the mark of a failed step', () => {
  it('tells a gate from a plan and from trouble', () => {
    expect(new Set([1, 2, 3].map(failureText)).size).toBe(3);
    expect(failureText(3)).toContain('gate');
    expect(failureText(2)).toContain('mend');
  });
});
