import type { Report } from '../../protocol/report.ts';
import { table } from './blocks.ts';
import { code, plain } from './escape.ts';
import { formatNumber } from './format.ts';
import { evidenceLink } from './figures.ts';

export type ReportedMeasurement = Report['measurements'][number];

/** Measurements whose dotted name opens with one of the groups. */
export function measurementsOf(report: Report, groups: readonly string[]): readonly ReportedMeasurement[] {
  return report.measurements.filter((each) => groups.includes(each.name.split('.')[0] ?? ''));
}

/** Measurements with their artefacts; undefined where there are none. */
export function measurementTable(report: Report, measurements: readonly ReportedMeasurement[]): string | undefined {
  const rows = measurements.map((each) => [
    code(each.name, 80),
    plain(each.subject, 120),
    evidenceLink(report, each.evidence, formatNumber(each.value)),
    plain(each.unit, 40),
    code(each.task_id, 80),
  ]);
  return table(['Measurement', 'Subject', { number: 'Value' }, 'Unit', 'Task'], rows, { report, items: 40 });
}
