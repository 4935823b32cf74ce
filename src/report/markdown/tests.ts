import type { Report } from '../../protocol/report.ts';
import { section } from './blocks.ts';
import { counted, figureOf } from './figures.ts';
import { measurementTable, measurementsOf } from './measurements.ts';

/** Tests and their coverage as measured; coverage that nobody measured is said to be unknown. */
export function testsSection(report: Report): string | undefined {
  const measurements = measurementsOf(report, ['tests', 'coverage']);
  const asked = report.tasks.some((task) => task.worker_type === 'test-worker');
  if (measurements.length === 0 && !asked) return undefined;
  return section('Tests and coverage', [
    countsSentence(report),
    coverageSentence(report),
    measurementTable(report, measurements),
  ]);
}

function countsSentence(report: Report): string {
  const cases = figureOf(report, 'tests.cases');
  if (!cases) return 'Tests were not counted.';
  const suites = figureOf(report, 'tests.suites');
  const skipped = figureOf(report, 'tests.skipped');
  const inSuites = suites ? ` in ${counted(suites, 'suite')}` : '';
  return `${counted(cases, 'test case')}${inSuites}${skipped ? `, ${skipped.text} skipped` : ''}.`;
}

function coverageSentence(report: Report): string {
  const coverage = figureOf(report, 'coverage.before');
  if (!coverage) return 'Line coverage is unknown: no coverage report was measured.';
  return `Line coverage is ${coverage.text} %.`;
}
