/** A test that makes its runner leave out all others. Line and column count from 1. */
export interface FocusedTest {
  readonly line: number;
  readonly column: number;
}

export interface TestCounts {
  /** A parametrised test counts as one case, whatever its table holds. */
  readonly cases: number;
  /** Those of the cases that never run. Skips that depend on a condition are not among them. */
  readonly skipped: number;
  /** Those of the cases that run once per row of a table. */
  readonly parametrised: number;
  readonly focused: readonly FocusedTest[];
}

/** Counts the tests of a file, given its lines without comments and without the content of literals. */
export type CountTests = (lines: readonly string[]) => TestCounts;

/** One test as a counter sees it. */
export interface SeenCase {
  skipped: boolean;
  readonly parametrised: boolean;
}

export function countsOf(cases: readonly SeenCase[], focused: readonly FocusedTest[] = []): TestCounts {
  return {
    cases: cases.length,
    skipped: cases.filter(({ skipped }) => skipped).length,
    parametrised: cases.filter(({ parametrised }) => parametrised).length,
    focused,
  };
}
