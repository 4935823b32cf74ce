import { describe, expect, it } from 'vitest';
import { latestStates, readStateName, stateName } from '../../../src/entry/action/state-names.ts';

const [one, two] = ['CORTEX-EXEC-2026-11-30-010203', 'CORTEX-EXEC-NIGHTLY-2'];
const listed = (...names: readonly string[]): readonly { id: number; name: string }[] =>
  names.map((name, index) => ({ id: index + 1, name }));
const found = (names: readonly string[], pattern: string, execution = ''): readonly string[] =>
  latestStates(listed(...names), { pattern, execution }).map(({ state }) => stateName(state));

describe('the name of an artifact of state', () => {
  it('says of which leg, execution and attempt it is', () => {
    const state = { leg: 'cortex-security-master', execution: one, attempt: 3 };
    expect(readStateName(stateName(state))).toEqual(state);
  });

  it('is told from names that others have given', () => {
    for (const name of ['cortex-all', 'dist', `${one}-1`, `cortex-all-${one}`, `cortex-all-${one}-x`])
      expect(readStateName(name)).toBe(undefined);
  });
});

describe('of the artifacts of a run', () => {
  it('the latest attempt of each leg counts, whatever the order', () => {
    const names = [`cortex-a-${one}-2`, `cortex-a-${one}-1`, `cortex-b-${one}-1`];
    expect(found(names, 'cortex-*', one)).toEqual([`cortex-a-${one}-2`, `cortex-b-${one}-1`]);
  });

  it('those of another execution, or of legs that were not asked for, are left', () => {
    const names = [`cortex-a-${one}-1`, `cortex-a-${two}-1`, `other-${one}-1`];
    expect(found(names, 'cortex-*', one)).toEqual([`cortex-a-${one}-1`]);
  });

  it('those of the newest execution are taken where none is named', () => {
    expect(found([`cortex-a-${one}-1`, `cortex-a-${two}-1`], 'cortex-*')).toEqual([`cortex-a-${two}-1`]);
  });

  it('none is taken where there is none', () => {
    expect(found(['coverage'], 'cortex-*')).toEqual([]);
  });
});
