import { relative } from 'node:path';
import type { Report } from '../../protocol/report.ts';
import type { RunPaths } from '../run/paths.ts';
import type { RunEnd } from '../run/run-execution.ts';

/** The last words of a run: what came out, what was not met, where to read on. */
export function summarise(end: RunEnd, where: { readonly paths: RunPaths; readonly cwd: string }): string {
  if (end.of === 'leg') return summariseLeg(end);
  const { report } = end;
  const near = (path: string): string => relative(where.cwd, path) || path;
  return [
    '',
    `${report.execution_id}: ${report.simulated ? 'SIMULATED, ' : ''}${report.status}, exit code ${end.exitCode} (${end.reason})`,
    `  ${masters(report)}; ${workers(report)}; ${duration(report)}`,
    `  ${counted(report.totals.findings, 'finding')} (${severities(report)}), ${report.totals.findings_silenced} silenced`,
    `  ${counted(report.totals.assets_after, 'asset')}, ${report.totals.assets_discovered} of them new; ${counted(report.totals.changes_proposed, 'change')} proposed, ${report.totals.changes_proven} proven`,
    ...criteria(report),
    ...skipped(report),
    `  report   ${near(where.paths.report)}`,
    `  results  ${near(where.paths.results)}`,
    ...(report.changes.length > 0 ? [`  patches  ${near(`${where.paths.archive}/changes`)}`] : []),
    '',
  ].join('\n');
}

/** A process that ran some masters tells of those; the execution is reported by the process that ends it. */
function summariseLeg(end: Extract<RunEnd, { of: 'leg' }>): string {
  const lines = end.masters.map(
    (master) =>
      `  ${master.name}: ${master.report?.outcome ?? 'no report'}, ${master.report?.summary ?? 'run elsewhere'}`,
  );
  return ['', `exit code ${end.exitCode} (${end.reason}); the execution is reported where it ends`, ...lines, ''].join(
    '\n',
  );
}

function masters(report: Report): string {
  const all = Object.values(report.masters);
  return `${all.filter((master) => master.outcome === 'complete').length} of ${all.length} masters complete`;
}

function workers(report: Report): string {
  return `${report.totals.workers_completed} of ${report.totals.workers_started} workers done`;
}

function duration(report: Report): string {
  return `${(report.duration_minutes * 60).toFixed(1)} s of ${report.deadline_minutes} min; ${report.totals.tokens_used} tokens`;
}

function severities(report: Report): string {
  return (
    Object.entries(report.findings_by_severity)
      .filter(([, count]) => count > 0)
      .map(([severity, count]) => `${count} ${severity}`)
      .join(', ') || 'none open'
  );
}

function criteria(report: Report): readonly string[] {
  const count = (outcome: string): number =>
    report.criteria.filter((criterion) => criterion.outcome === outcome).length;
  const missed = report.criteria.filter(
    (criterion) => criterion.outcome === 'failed' || criterion.outcome === 'unknown',
  );
  return [
    `  criteria: ${count('met')} met, ${count('failed')} failed, ${count('unknown')} unknown, ${count('not-applicable')} not applicable`,
    ...missed.map(
      (criterion) =>
        `    ${criterion.level} ${criterion.id} ${criterion.outcome}: ${criterion.reason ?? criterion.check}`,
    ),
  ];
}

function skipped(report: Report): readonly string[] {
  const tasks = report.tasks.filter((task) => task.status === 'skipped');
  if (tasks.length === 0) return [];
  return [`  skipped: ${tasks.map((task) => `${task.task_id} (no ${task.missing})`).join(', ')}`];
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
