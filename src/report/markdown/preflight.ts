import type { Report } from '../../protocol/report.ts';
import { section, table } from './blocks.ts';
import { plain } from './escape.ts';

/** What was checked before anything started. */
export function preflightSection(report: Report): string | undefined {
  const rows = report.preflight.map((each) => [
    each.ok === null ? '➖ not asked' : each.ok ? '✅ ok' : '❌ not ok',
    plain(each.check, 80),
    plain(each.seen, 160),
    plain(each.needed, 160),
    plain(each.remedy ?? '', 240),
  ]);
  return section('Preflight', [table(['Outcome', 'Check', 'Seen', 'Needed', 'Remedy'], rows, { report, items: 40 })]);
}
