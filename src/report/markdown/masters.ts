import { mastersOf, type MasterEntry, type Report } from '../../protocol/report.ts';
import { bullets, section, table } from './blocks.ts';
import { plain } from './escape.ts';
import { formatDuration, formatNumber, secondsBetween } from './format.ts';

const numbers = ['Done', 'Failed', 'Blocked', 'Skipped', 'Workers', 'Findings', 'Assets', 'Changes', 'Time'] as const;

/** What each master came to; those that the plan does not ask are not there. */
export function mastersSection(report: Report): string | undefined {
  const present = mastersOf(report);
  const rows = present.map(({ name, master }) => [name, master.outcome ?? master.status, ...numbersOf(master)]);
  const summaries = present
    .filter(({ master }) => master.summary !== '')
    .map(({ name, master }) => `**${name}**: ${plain(master.summary)}`);
  const columns = ['Master', 'Outcome', ...numbers.map((number) => ({ number }))];
  return section('Masters', [
    table(columns, rows, { report, items: rows.length }),
    bullets(summaries, { report, items: rows.length }),
  ]);
}

function numbersOf(master: MasterEntry): readonly string[] {
  const { tasks } = master;
  const seconds = secondsBetween(master.activated_at, master.reported_at);
  const counts = [
    tasks.done,
    tasks.failed,
    tasks.blocked,
    tasks.skipped,
    master.workers_spawned,
    master.findings,
    master.assets,
    master.changes,
  ];
  return [...counts.map(formatNumber), seconds === undefined ? '' : formatDuration(seconds)];
}
