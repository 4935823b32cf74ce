import type { Report } from '../../protocol/report.ts';
import { bullets, section, table } from './blocks.ts';
import { code, plain, sentence } from './escape.ts';
import { formatNumber, shortHash } from './format.ts';
import { changeLink, counted, evidenceLink, numberOf } from './figures.ts';
import { verdictWords } from './words.ts';

type ReportedChange = Report['changes'][number];

/** Proposed changes: the findings before and after each, its files, its verdict and why. */
export function changesSection(report: Report): string | undefined {
  if (report.changes.length === 0) return undefined;
  const rows = report.changes.map((change) => changeRow(report, change));
  const columns = ['Verdict', 'Change', { number: 'Findings before → after' }, { number: 'Lines' }, 'Files', 'Patch'];
  return section('Changes', [totalsSentence(report), table(columns, rows, { report, items: 40 }), reasons(report)]);
}

function totalsSentence(report: Report): string {
  const proposed = numberOf(report, 'changes.proposed', report.totals.changes_proposed);
  const proven = numberOf(report, 'changes.proven', report.totals.changes_proven);
  const rejected = numberOf(
    report,
    'changes.rejected',
    report.changes.filter((change) => change.verdict === 'rejected').length,
  );
  return `${counted(proposed, 'change')} proposed: ${proven.text} proven, ${rejected.text} rejected.`;
}

function changeRow(report: Report, change: ReportedChange): readonly string[] {
  const before = evidenceLink(report, change.before.evidence, formatNumber(change.before.findings));
  const after = evidenceLink(report, change.after.evidence, formatNumber(change.after.findings));
  const added = change.files.reduce((sum, file) => sum + file.added, 0);
  const removed = change.files.reduce((sum, file) => sum + file.removed, 0);
  return [
    verdictWords[change.verdict],
    `${code(shortHash(change.fingerprint))} ${plain(change.title, 120)}`,
    `${before} → ${after}`,
    `+${formatNumber(added)} −${formatNumber(removed)}`,
    filesCell(change),
    `${changeLink(report, change.patch, 'patch')}, ${changeLink(report, change.pull_request, 'text')}`,
  ];
}

function filesCell(change: ReportedChange): string {
  const shown = change.files.slice(0, 3).map((file) => code(file.path, 120));
  const rest = change.files.length - shown.length;
  return rest > 0 ? `${shown.join(', ')} and ${rest} more` : shown.join(', ');
}

function reasons(report: Report): string | undefined {
  const items = report.changes.map(
    (change) =>
      `${code(shortHash(change.fingerprint))} ${change.verdict}: ${sentence(change.reason)} Made by ${code(change.engine, 60)} in task ${code(change.task_id, 80)}.`,
  );
  const list = bullets(items, { report, items: 40 });
  return list && `Why:\n\n${list}`;
}
