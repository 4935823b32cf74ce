import { countsOf, type CountTests, type SeenCase } from './test-counts.ts';

const test =
  /^func (?:(?:Test|Fuzz)(?![a-z])\w{0,200}\(\w{1,50} \*testing\.[TF]\)|Example(?![a-z])\w{0,200}\(\)|\(\w{1,50} \*?\w{1,100}\) Test(?![a-z])\w{0,200}\(\))/;
const skip = /^(?:\t| {2,4})\w{1,50}\.Skip(?:f|Now)?\(/;

/**
 * Go: tests, fuzz tests, examples, and the methods of test suites; benchmarks and subtests (`t.Run`) are no cases of
 * their own. A skip counts where it is a statement of the function itself: deeper, it hangs on a condition.
 */
export const countGo: CountTests = (lines) => {
  const cases: SeenCase[] = [];
  let current: SeenCase | undefined;
  for (const line of lines) {
    if (line.startsWith('func ')) {
      current = test.test(line) ? { skipped: false, parametrised: false } : undefined;
      if (current !== undefined) cases.push(current);
    } else if (current !== undefined && skip.test(line)) current.skipped = true;
  }
  return countsOf(cases);
};
