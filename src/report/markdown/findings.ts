import type { Report } from '../../protocol/report.ts';
import { severities } from '../../protocol/words.ts';
import { compareText } from '../../shared/canonical.ts';
import { bullets, longListBytes, section, table } from './blocks.ts';
import { code, plain, sentence } from './escape.ts';
import { formatNumber, shortHash } from './format.ts';
import { counted, figureOf, numberOf } from './figures.ts';

type ReportedFinding = Report['findings'][number];
type FoundThing = Omit<ReportedFinding, 'task_id'>;

/** Open findings by severity and rule, the worst with place and remedy, and those that people silenced. */
export function findingsSection(report: Report): string | undefined {
  if (report.findings.length === 0 && report.silenced.length === 0) return undefined;
  const total = numberOf(report, 'findings.total', report.totals.findings);
  return section('Findings', [
    `${counted(total, 'open finding')}.`,
    severityTable(report),
    ruleTable(report),
    topFindings(report),
    silencedList(report),
  ]);
}

/** Findings from the worst to the mildest, then by place: the same order for the same findings. */
export function byUrgency(findings: readonly ReportedFinding[]): readonly ReportedFinding[] {
  const rank = (finding: ReportedFinding): number => severities.indexOf(finding.severity);
  const place = (finding: ReportedFinding): string => finding.location?.path ?? finding.subject;
  return [...findings].sort(
    (a, b) =>
      rank(a) - rank(b) ||
      compareText(place(a), place(b)) ||
      (a.location?.line ?? 0) - (b.location?.line ?? 0) ||
      compareText(a.fingerprint, b.fingerprint),
  );
}

/** Where a finding is, as code: a line of a file, or its subject. */
export function placeOf(finding: FoundThing): string {
  return code(finding.location ? `${finding.location.path}:${finding.location.line}` : finding.subject);
}

function severityTable(report: Report): string | undefined {
  const rows = severities.map((severity) => {
    const shown = numberOf(report, `findings.${severity}`, report.findings_by_severity[severity]);
    return shown.value === 0 ? [] : [severity, shown.text];
  });
  return table(
    ['Severity', { number: 'Open' }],
    rows.filter((row) => row.length > 0),
    { report, items: severities.length },
  );
}

function ruleTable(report: Report): string | undefined {
  const findings = byUrgency(report.findings);
  const rules = [...new Set(findings.map((finding) => finding.ruleId))];
  const rows = rules.map((rule) => {
    const own = findings.filter((finding) => finding.ruleId === rule);
    const fix = own.find((finding) => finding.fix !== undefined)?.fix;
    return [code(rule, 80), own[0]?.severity ?? '', formatNumber(own.length), fix === undefined ? '' : code(fix, 60)];
  });
  return table(['Rule', 'Worst severity', { number: 'Open' }, 'Fixed by'], rows, { report, items: 40 });
}

function topFindings(report: Report): string | undefined {
  const list = bullets(byUrgency(report.findings).map(findingItem), { report, items: 15, bytes: longListBytes });
  return list && `### The worst\n\n${list}`;
}

function findingItem(finding: ReportedFinding): string {
  return [
    `**${finding.severity}** ${placeOf(finding)} ${sentence(finding.message)}`,
    `  - Remedy: ${sentence(finding.remedy)}`,
    `  - Rule ${code(finding.ruleId, 80)}, ${finding.basis} with ${finding.confidence} confidence by task ${code(finding.task_id, 80)}, fingerprint ${code(shortHash(finding.fingerprint))}`,
  ].join('\n');
}

function silencedList(report: Report): string | undefined {
  const items = report.silenced.map(
    ({ finding, reason, by }) =>
      `${finding.severity} ${placeOf(finding)} ${sentence(finding.message, 160)} Silenced by ${code(by, 100)}: ${plain(reason)} (${code(shortHash(finding.fingerprint))})`,
  );
  const list = bullets(items, { report, items: 15 });
  const total = figureOf(report, 'findings.silenced') ?? { value: items.length, text: formatNumber(items.length) };
  return list && `### Silenced\n\n${counted(total, 'finding')} silenced by people, each with a reason.\n\n${list}`;
}
