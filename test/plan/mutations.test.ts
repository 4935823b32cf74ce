import { describe, expect, it } from 'vitest';
import { brokenPromise, mutatedPlan } from '../support/plan-mutator.ts';
import { originalPlan, planNames, shippedPlan } from '../support/plans.ts';

describe('a plan with accidents', () => {
  const plans = [...planNames.map(shippedPlan), originalPlan()];

  it(
    'never crashes the linter and never escapes it without a located message and a remedy',
    { timeout: 120_000 },
    () => {
      const broken: string[] = [];
      for (let seed = 0; seed < 2000; seed += 1) {
        const reason = brokenPromise(mutatedPlan(plans[seed % plans.length] ?? '', seed));
        if (reason !== undefined) broken.push(`seed ${seed}: ${reason}`);
      }
      expect(broken).toEqual([]);
    },
  );

  it('comes out the same for the same seed, and is seldom the plan that it was', () => {
    const text = shippedPlan('full-orchestration');
    expect(mutatedPlan(text, 7)).toBe(mutatedPlan(text, 7));
    const changed = Array.from({ length: 100 }, (_, seed) => mutatedPlan(text, seed)).filter((each) => each !== text);
    expect(changed.length).toBeGreaterThan(80);
  });
});
