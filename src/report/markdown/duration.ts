import type { Report } from '../../protocol/report.ts';
import { section, table } from './blocks.ts';
import { plain } from './escape.ts';
import { formatDuration, secondsBetween } from './format.ts';
import { figureOf } from './figures.ts';

/** How long the run and its phases took against what the plan gives them. */
export function durationSection(report: Report): string | undefined {
  const rows = report.phases.map((phase) => {
    const seconds = secondsBetween(phase.started_at, phase.ended_at);
    return [
      phase.phase,
      seconds === undefined ? 'open when the report was made' : formatDuration(seconds),
      formatDuration(phase.limit_minutes * 60),
      phase.overran ? '⚠️ overran' : seconds === undefined ? '' : '✅ within',
      phase.exit
        .map((exit) => `${exit.met ? '✅' : '❌'} ${plain(exit.id, 60)} (${plain(exit.detail, 100)})`)
        .join(', '),
    ];
  });
  const columns = ['Phase', { number: 'Took' }, { number: 'Allowed' }, 'Limit', 'Exit criteria'];
  return section('Duration', [totalSentence(report), table(columns, rows, { report, items: rows.length })]);
}

function totalSentence(report: Report): string {
  const minutes = figureOf(report, 'duration.minutes');
  const proof = minutes ? ` (${minutes.text} min)` : '';
  const took = formatDuration(report.duration_minutes * 60);
  return `The run took ${took}${proof} of the ${formatDuration(report.deadline_minutes * 60)} that the plan gives it.`;
}
