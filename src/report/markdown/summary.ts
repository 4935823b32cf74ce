import type { Report } from '../../protocol/report.ts';
import { severities } from '../../protocol/words.ts';
import { bullets, section } from './blocks.ts';
import { formatCount, formatDuration, formatNumber } from './format.ts';
import { counted, numberOf } from './figures.ts';

/** Five lines that a platform lead reads first. */
export function summarySection(report: Report): string | undefined {
  const lines = [runLine, criteriaLine, assetLine, findingLine, modelLine].map((line) => line(report));
  return section('Executive summary', [bullets(lines, { report, items: lines.length })]);
}

function runLine(report: Report): string {
  const { totals } = report;
  const masters = Object.values(report.masters);
  const activated = numberOf(
    report,
    'masters.activated',
    masters.filter((master) => master.activated_at !== null).length,
  );
  const started = numberOf(report, 'workers.started', totals.workers_started);
  const completed = numberOf(report, 'workers.completed', totals.workers_completed);
  const took = formatDuration(report.duration_minutes * 60);
  const allowed = formatDuration(report.deadline_minutes * 60);
  return `The run ended **${report.status}** after ${took} of the ${allowed} allowed: ${counted(activated, 'master')} activated, ${counted(started, 'worker')} started, ${completed.text} completed.`;
}

function criteriaLine(report: Report): string {
  if (report.criteria.length === 0) return 'The plan states no success criteria.';
  const parts = (['gate', 'target'] as const).flatMap((level) => {
    const own = report.criteria.filter((criterion) => criterion.level === level);
    if (own.length === 0) return [];
    const count = (outcome: string): number => own.filter((criterion) => criterion.outcome === outcome).length;
    const others = (['failed', 'unknown', 'not-applicable'] as const).filter((outcome) => count(outcome) > 0);
    const rest = others.map((outcome) => `, ${count(outcome)} ${outcome.replace('-', ' ')}`).join('');
    return [`${count('met')} of ${formatCount(own.length, level)} met${rest}`];
  });
  return `Success criteria: ${parts.join('; ')}.`;
}

function assetLine(report: Report): string {
  const { totals } = report;
  const after = numberOf(report, 'assets.after', totals.assets_after);
  const before = numberOf(report, 'assets.before', totals.assets_before);
  const discovered = numberOf(report, 'assets.discovered', totals.assets_discovered);
  return `The catalog knows ${counted(after, 'asset')}: ${before.text} were known before, ${discovered.text} were discovered.`;
}

function findingLine(report: Report): string {
  const total = numberOf(report, 'findings.total', report.totals.findings);
  const worst = severities.map((severity) => ({
    severity,
    shown: numberOf(report, `findings.${severity}`, report.findings_by_severity[severity]),
  }));
  const split = worst.filter(({ shown }) => shown.value > 0).map(({ severity, shown }) => `${shown.text} ${severity}`);
  const counts = split.length === 0 ? '' : ` (${split.join(', ')})`;
  return `${counted(total, 'open finding')}${counts}; ${changesPart(report)}.`;
}

function changesPart(report: Report): string {
  const proposed = numberOf(report, 'changes.proposed', report.totals.changes_proposed);
  if (proposed.value === 0) return 'no change was proposed';
  const proven = numberOf(report, 'changes.proven', report.totals.changes_proven);
  const opened = report.totals.prs_created;
  const requests = opened === null ? '' : `; ${formatCount(opened, 'pull request')} opened`;
  return `${counted(proposed, 'change')} proposed, ${proven.text} proven${requests}`;
}

function modelLine(report: Report): string {
  const { totals } = report;
  const skipped = report.tasks.filter((task) => task.status === 'skipped' && task.missing === 'model').length;
  const without =
    skipped === 0 ? '' : ` ${formatCount(skipped, 'task that needs one was', 'tasks that need one were')} skipped.`;
  const tokens = numberOf(report, 'tokens.used', totals.tokens_used);
  const money = numberOf(report, 'money.used', totals.usd_used);
  if (totals.tokens_used === 0)
    return `No model was used: ${counted(tokens, 'token')} and ${money.text} USD spent.${without}`;
  return `Models used ${counted(tokens, 'token')} of ${formatNumber(totals.tokens_budget)} and ${money.text} of ${formatNumber(totals.usd_budget)} USD.${without}`;
}
