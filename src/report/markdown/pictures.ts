import type { Report } from '../../protocol/report.ts';
import { severities } from '../../protocol/words.ts';
import { compareText } from '../../shared/canonical.ts';
import { maxWorkerBars, renderGantt, renderPie, timelineOfReport } from '../charts.ts';
import { fenced, section } from './blocks.ts';
import { formatNumber } from './format.ts';

/** When masters and workers worked, and what was found: findings by severity, or assets by kind where none was. */
export function picturesSection(report: Report): string | undefined {
  const gantt = renderGantt(timelineOfReport(report));
  const pie = findingsPie(report) ?? assetsPie(report);
  return section('Pictures', [
    gantt && fenced('mermaid', gantt),
    gantt && leftOutNote(report),
    pie && fenced('mermaid', pie),
  ]);
}

function findingsPie(report: Report): string | undefined {
  return renderPie(
    'Open findings by severity',
    severities.map((severity) => [severity, report.findings_by_severity[severity]]),
  );
}

function assetsPie(report: Report): string | undefined {
  const kinds = Object.entries(report.assets_by_kind).sort(([a], [b]) => compareText(a, b));
  return renderPie('Assets by kind', kinds);
}

function leftOutNote(report: Report): string | undefined {
  const bars = report.workers.filter((worker) => worker.completed_at !== null).length;
  if (bars <= maxWorkerBars) return undefined;
  return `The ${maxWorkerBars} longest of ${formatNumber(bars)} workers are shown.`;
}
