import type { Report } from '../../protocol/report.ts';
import { compareText } from '../../shared/canonical.ts';
import { nounFor } from '../../shared/noun.ts';
import { bullets, section } from './blocks.ts';
import { code, sentence } from './escape.ts';
import { formatCount, formatDuration, formatNumber, secondsBetween } from './format.ts';

/** What the run itself measured and the next one can use; nothing where nothing stood out. */
export function lessonsSection(report: Report): string | undefined {
  const lessons = [overruns, lostAttempts, slowestWorker, unreadFiles].flatMap((learn) => learn(report));
  return section('Lessons', [bullets(lessons, { report, items: 40 })]);
}

function overruns(report: Report): readonly string[] {
  return report.phases
    .filter((phase) => phase.overran)
    .map((phase) => {
      const seconds = secondsBetween(phase.started_at, phase.ended_at);
      const allowed = formatDuration(phase.limit_minutes * 60);
      const took = seconds === undefined ? 'was over its limit and still open' : `took ${formatDuration(seconds)}`;
      return `Phase **${phase.phase}** ${took}; the plan gives it ${allowed}.`;
    });
}

function lostAttempts(report: Report): readonly string[] {
  const lost = report.workers.filter((worker) => worker.failure !== null);
  const classes = [...new Set(lost.map((worker) => worker.failure?.class ?? ''))].sort(compareText);
  return classes.map((failure) => {
    const own = lost.filter((worker) => worker.failure?.class === failure);
    const retried = own.filter((worker) =>
      report.workers.some((next) => next.task_id === worker.task_id && next.attempt === worker.attempt + 1),
    );
    return `${formatCount(own.length, 'attempt')} ended by **${failure}**; ${formatNumber(retried.length)} ${nounFor(retried.length, 'was', 'were')} tried again.`;
  });
}

/** Which of several workers held the run up longest; a single one is the run. */
function slowestWorker(report: Report): readonly string[] {
  const timed = report.workers.flatMap((worker) =>
    worker.duration_seconds === null ? [] : [{ worker, seconds: worker.duration_seconds }],
  );
  const [slowest] = timed.sort((a, b) => b.seconds - a.seconds || compareText(a.worker.worker_id, b.worker.worker_id));
  const runSeconds = report.duration_minutes * 60;
  if (!slowest || timed.length < 2 || runSeconds <= 0) return [];
  const share = formatNumber(Math.round((slowest.seconds / runSeconds) * 100));
  return [
    `The slowest worker was that of task ${code(slowest.worker.task_id, 80)}: ${formatDuration(slowest.seconds)}, ${share} % of the run’s time.`,
  ];
}

function unreadFiles(report: Report): readonly string[] {
  if (report.unread.length === 0) return [];
  const counts = new Map<string, number>();
  for (const { reason } of report.unread) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const [most] = [...counts].sort(([a, countA], [b, countB]) => countB - countA || compareText(a, b));
  const why =
    most === undefined ? '' : ` The most frequent reason, ${formatCount(most[1], 'time')}: ${sentence(most[0], 160)}`;
  return [`${formatCount(report.unread.length, 'file')} could not be read.${why}`];
}
