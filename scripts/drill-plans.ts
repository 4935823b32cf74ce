/**
 * The long form of the mutation test: 100,000 plans with accidents, none of which may crash the linter, escape it without
 * a located message, or be judged in two ways. Ends with 1 at the first plan that does.
 */
import { brokenPromise, mutatedPlan } from '../test/support/plan-mutator.ts';
import { originalPlan, planNames, shippedPlan } from '../test/support/plans.ts';

const rounds = 100_000;
const plans = [...planNames.map(shippedPlan), originalPlan()];

let slowest = { ms: 0, seed: 0 };
for (let seed = 0; seed < rounds && process.exitCode === undefined; seed += 1) {
  const text = mutatedPlan(plans[seed % plans.length] ?? '', seed);
  const start = performance.now();
  const broken = brokenPromise(text);
  const ms = performance.now() - start;
  if (ms > slowest.ms) slowest = { ms, seed };
  if (seed % 10_000 === 0) console.log(`${seed} of ${rounds}`);
  if (broken === undefined) continue;
  console.error(`seed ${seed}: ${broken}`);
  process.exitCode = 1;
}
console.log(`slowest: ${slowest.ms.toFixed(0)} ms with seed ${slowest.seed}`);
