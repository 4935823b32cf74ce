import type { Report } from '../../protocol/report.ts';
import { section, table } from './blocks.ts';
import { code, plain } from './escape.ts';
import { formatCount } from './format.ts';

/** What no worker looked at: left out of the snapshot, or found unreadable, each with its reason. */
export function unreadSection(report: Report): string | undefined {
  return section('Left out and unread', [leftOut(report), unread(report)]);
}

function leftOut(report: Report): string | undefined {
  const rows = report.left_out.map(({ path, reason }) => [code(path), plain(reason)]);
  const list = table(['Path', 'Reason'], rows, { report, items: 30 });
  return list && `${formatCount(rows.length, 'path')} left out of the snapshot:\n\n${list}`;
}

function unread(report: Report): string | undefined {
  const rows = report.unread.map(({ path, reason, task_id }) => [code(path), plain(reason), code(task_id, 80)]);
  const list = table(['Path', 'Reason', 'Task'], rows, { report, items: 30 });
  return list && `${formatCount(rows.length, 'file')} that workers could not read:\n\n${list}`;
}
