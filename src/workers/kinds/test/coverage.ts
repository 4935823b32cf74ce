import {
  addTallies,
  metrics,
  percent,
  tally,
  type FileHits,
  type Metric,
  type Tally,
} from '../../../checks/coverage/model.ts';
import { readReports, uniteReports, type ReadReport, type Unread } from '../../../checks/coverage/unite.ts';
import { selectFiles, type Workspace } from '../../../checks/workspace.ts';
import type { Measurement } from '../../../protocol/result.ts';
import type { Perform, Work } from '../../work.ts';
import { mostUncoveredFindings, uncoveredFiles, uncoveredFinding } from './coverage-findings.ts';
import { runTests, type TestRun } from './run-tests.ts';

type Totals = { readonly [M in Metric]: Tally };

const formula =
  'A line (branch, function, statement) is covered when any report says it was reached; percent = covered / total x 100, cut to two decimals. Statements only where a format has them.';

/**
 * Measures coverage from the reports that the globs select; with a command, from those that the command wrote or
 * changed, since an older report would tell of another run. Where no report is found there is no measurement.
 */
export const measureCoverage: Perform<'test-worker', 'coverage'> = async (context) => {
  const { command, reports: globs } = context.inputs;
  const run = command === undefined ? undefined : await runTests(context, command);
  const source = run?.produced ?? context.workspace;
  const looked = selectFiles(source, globs).map((file) => file.path);
  const { reports, unread } = readReports(source, looked, context.workspace);
  const files = uniteReports(reports);
  const totals = totalsOf([...files.values()]);
  const leftAlone = run === undefined ? [] : untouchedReports(context.workspace, { globs, looked });
  const table = { formula, globs, looked, leftAlone, reports: reports.map(describeReport), files: rows(files), totals };
  const evidence = await context.keepEvidence('Coverage by file', 'application/json', table);
  return {
    ...endOf(run),
    summary: summaryOf({ run, reports, looked, totals, uncovered: uncoveredFiles(files).length }),
    findings: [
      ...(run?.findings ?? []),
      ...uncoveredFiles(files).slice(0, mostUncoveredFindings).map(uncoveredFinding),
    ],
    measurements: measurementsOf(totals, { subject: context.workspace.repository, evidence }),
    unread: [...unread, ...reports.flatMap(outsideOf)],
  };
};

function endOf(run: TestRun | undefined): Pick<Work, 'status'> {
  return run?.timedOut === true ? { status: 'partial' } : {};
}

function totalsOf(files: readonly FileHits[]): Totals {
  const total = (metric: Metric): Tally => addTallies(files.map((hits) => tally(hits[metric])));
  return {
    lines: total('lines'),
    branches: total('branches'),
    functions: total('functions'),
    statements: total('statements'),
  };
}

function rows(files: ReadonlyMap<string, FileHits>): readonly object[] {
  return [...files].map(([path, hits]) => ({ path, ...totalsOf([hits]) }));
}

function describeReport(report: ReadReport): object {
  return { path: report.path, format: report.format, files: report.files.size, outside: report.outside };
}

function untouchedReports(
  tree: Workspace,
  { globs, looked }: { readonly globs: readonly string[]; readonly looked: readonly string[] },
): readonly string[] {
  return selectFiles(tree, globs)
    .map((file) => file.path)
    .filter((path) => !looked.includes(path));
}

function outsideOf({ path, outside }: ReadReport): readonly Unread[] {
  if (outside.length === 0) return [];
  const named = outside.slice(0, 5).join(', ') + (outside.length > 5 ? '…' : '');
  return [{ path, reason: `tells of ${outside.length} files that are not in the repository, left out: ${named}` }];
}

function measurementsOf(
  totals: Totals,
  { subject, evidence }: { readonly subject: string; readonly evidence: string },
): readonly Measurement[] {
  return metrics
    .filter((metric) => totals[metric].total > 0)
    .flatMap((metric) => [
      { name: `coverage.${metric}.total`, value: totals[metric].total, unit: metric, subject, evidence },
      { name: `coverage.${metric}.covered`, value: totals[metric].covered, unit: metric, subject, evidence },
      { name: `coverage.${metric}.percent`, value: percent(totals[metric]), unit: 'percent', subject, evidence },
    ]);
}

function summaryOf(seen: {
  readonly run: TestRun | undefined;
  readonly reports: readonly ReadReport[];
  readonly looked: readonly string[];
  readonly totals: Totals;
  readonly uncovered: number;
}): string {
  const failed = (seen.run?.findings.length ?? 0) > 0 ? 'The test command failed. ' : '';
  if (seen.looked.length === 0) return `${failed}no coverage report found${seen.run ? ' that the command wrote' : ''}`;
  const { lines } = seen.totals;
  const share = lines.total === 0 ? 'no line to cover' : `${percent(lines)}% of ${lines.total} lines covered`;
  const shown = Math.min(seen.uncovered, mostUncoveredFindings);
  return `${failed}${share}, from ${seen.reports.length} of ${seen.looked.length} reports; ${seen.uncovered} files never reached${
    shown < seen.uncovered ? `, ${shown} of them listed` : ''
  }`;
}
