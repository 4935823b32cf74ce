import type { Report } from '../../protocol/report.ts';
import { nounFor } from '../../shared/noun.ts';
import { section, table } from './blocks.ts';
import { code, plain } from './escape.ts';
import { formatCount } from './format.ts';

/** Tasks that were not done for want of a door, such as the model: they count as neither passed nor failed. */
export function skippedSection(report: Report): string | undefined {
  const skipped = report.tasks.filter((task) => task.status === 'skipped');
  if (skipped.length === 0) return undefined;
  const rows = skipped.map((task) => [
    plain(task.missing ?? 'unknown', 40),
    `${code(task.task_id, 80)} ${plain(task.title, 160)}`,
    code(`${task.worker_type}/${task.capability}`, 80),
    plain(task.summary),
  ]);
  const sentence = `${formatCount(skipped.length, 'task')} ${nounFor(skipped.length, 'was', 'were')} skipped. Nothing was made up in their place.`;
  return section('Skipped', [
    sentence,
    table(['Missing', 'Task', 'Capability', 'Reason'], rows, { report, items: 40 }),
  ]);
}
