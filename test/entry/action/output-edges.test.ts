import { describe, expect, it } from 'vitest';
import { legsOf } from '../../../src/entry/action/legs.ts';
import { outputKeeper } from '../../../src/entry/action/outputs.ts';
import { masterNames } from '../../../src/protocol/words.ts';
import { changedPlan, validPlan } from '../../support/plans.ts';

/** Gives outputs of one letter as name to a keeper with that room; what was set, and the code of what was refused. */
function keep(
  limit: number,
  values: readonly string[],
): { readonly set: readonly string[]; readonly refused?: unknown } {
  const set: string[] = [];
  const keeper = outputKeeper((name, value) => set.push(`${name}${value}`), limit);
  try {
    for (const [index, value] of values.entries()) keeper(String(index), value);
    return { set };
  } catch (error) {
    return { set, refused: (error as { code?: unknown }).code };
  }
}

describe('the outputs of a step', () => {
  it.each([
    [201, true],
    [200, true],
    [199, false],
  ])('of 200 bytes, two for a character, are set where there is room for %i: %s', (limit, fits) => {
    const text = 'x'.repeat(99);
    expect(keep(limit, [text])).toEqual(fits ? { set: [`0${text}`] } : { set: [], refused: 'outputs-too-large' });
  });

  it('are refused by name', () => {
    expect(() => outputKeeper(() => undefined, 200)('matrix', 'x'.repeat(100))).toThrow(
      'The output matrix has 212 bytes, and all of a job have room for 200',
    );
  });

  it.each([
    [48, 49, true],
    [49, 49, true],
    [49, 50, false],
  ])('have their room together: of %i and %i characters both are set: %s', (first, second, both) => {
    const { set, refused } = keep(200, ['x'.repeat(first), 'y'.repeat(second)]);
    expect([set.length, refused]).toEqual(both ? [2, undefined] : [1, 'outputs-too-large']);
  });

  it('count a character beyond the first plane twice, as GitHub does', () => {
    expect(keep(200, ['\u{1f600}'.repeat(49)]).refused).toBeUndefined();
    expect(keep(200, ['\u{1f600}'.repeat(50)]).refused).toBe('outputs-too-large');
  });

  it('fit with room to spare for the widest plan that there can be', () => {
    const runner = 'r'.repeat(100);
    const { plan } = validPlan(
      changedPlan((spec) => {
        spec.masters = masterNames.map((name) => ({ name, runner, tasks: [] }));
        spec['workflow'] = { runner, environment: '\u{1f600}'.repeat(100) };
      }),
    );
    const matrix = JSON.stringify({ include: legsOf(plan, true) });
    expect(legsOf(plan, true).map((leg) => leg.runner)).toEqual(masterNames.map(() => runner));
    expect(keep(10_000, [matrix, plan.workflow.environment ?? '']).refused).toBeUndefined();
  });
});
