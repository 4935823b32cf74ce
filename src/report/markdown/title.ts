import type { Report } from '../../protocol/report.ts';
import { code, plain } from './escape.ts';
import { formatCount, formatDuration, formatUtc, shortHash } from './format.ts';
import { statusWords } from './words.ts';

/** What ran, on what, and how it ended; a rehearsal says so before anything else. */
export function titleSection(report: Report): string {
  const { plan, repository, commit } = report;
  const facts = [
    statusWords[report.status],
    `plan ${code(plan.name)} (${code(plan.file)}, digest ${code(shortHash(plan.digest))})`,
    `repository ${code(repository)}`,
    `commit ${code(shortHash(commit))}`,
  ];
  return [heading(report), banner(report), facts.join(' · '), when(report)]
    .filter((block) => block !== undefined)
    .join('\n\n');
}

function heading(report: Report): string {
  return `# Cortex report ${plain(report.execution_id, 80)}${report.simulated ? ' (SIMULATED)' : ''}`;
}

function banner(report: Report): string | undefined {
  if (!report.simulated) return undefined;
  return '> [!WARNING]\n> **SIMULATED.** This was a rehearsal: its results are simulated and say nothing about the repository.';
}

function when(report: Report): string {
  const resumed = report.resumed === 0 ? '' : `, resumed ${formatCount(report.resumed, 'time')}`;
  const took = formatDuration(report.duration_minutes * 60);
  return `${formatUtc(report.started_at)} to ${formatUtc(report.completed_at)}: ${took}${resumed}`;
}
