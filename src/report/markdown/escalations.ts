import type { Report } from '../../protocol/report.ts';
import { section, table } from './blocks.ts';
import { code, plain } from './escape.ts';

/** Questions that came up, and who answered what. */
export function escalationsSection(report: Report): string | undefined {
  const rows = report.escalations.map((each) => [
    each.severity,
    each.master,
    `${code(each.escalation, 80)} ${plain(each.issue)}`,
    plain(each.recommendation),
    each.answer ? `${plain(each.answer.choice, 60)}, by ${plain(each.answer.by, 120)}` : '❔ no answer',
  ]);
  return section('Escalations', [
    table(['Severity', 'Master', 'Issue', 'Recommendation', 'Answer'], rows, { report, items: 30 }),
  ]);
}
