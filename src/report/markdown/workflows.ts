import type { Report } from '../../protocol/report.ts';
import { section } from './blocks.ts';
import { counted, figureOf } from './figures.ts';
import { measurementTable, measurementsOf } from './measurements.ts';

const timeUnits = new Set(['ms', 'milliseconds', 's', 'seconds', 'min', 'minutes', 'h', 'hours']);

/** What was seen of workflows; time only where it was measured, and no saving that nobody measured. */
export function workflowsSection(report: Report): string | undefined {
  const measurements = measurementsOf(report, ['workflows']);
  const findings = figureOf(report, 'workflows.findings');
  if (measurements.length === 0 && !findings) return undefined;
  const isTimed = measurements.some((each) => timeUnits.has(each.unit));
  const untimed = 'Run time was not measured: no history of runs was read, so no time saved is claimed.';
  return section('Workflows', [
    countsSentence(report),
    isTimed ? undefined : untimed,
    measurementTable(report, measurements),
  ]);
}

function countsSentence(report: Report): string | undefined {
  const findings = figureOf(report, 'workflows.findings');
  const fixable = figureOf(report, 'workflows.fixable');
  const fixed = figureOf(report, 'workflows.fixed');
  if (!findings) return undefined;
  const fixes = fixable
    ? `: a rule can fix ${fixable.text}${fixed ? `, and proven changes fix ${fixed.text}` : ''}`
    : '';
  return `${counted(findings, 'finding')} about workflows${fixes}.`;
}
