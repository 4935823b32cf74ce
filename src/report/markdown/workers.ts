import type { Report } from '../../protocol/report.ts';
import { longListBytes, section, table, type Column } from './blocks.ts';
import { code, plain } from './escape.ts';
import { formatDuration, formatNumber } from './format.ts';
import { workerWords } from './words.ts';

type Worker = Report['workers'][number];

const columns: readonly Column[] = [
  'Outcome',
  'Task',
  'Capability',
  { number: 'Attempt' },
  { number: 'Duration' },
  { number: 'CPU' },
  { number: 'Peak memory' },
  'Node',
  'Worker',
];

/** Every attempt of a worker with what it used. */
export function workersSection(report: Report): string | undefined {
  return section('Workers', [
    table(columns, report.workers.map(workerRow), { report, items: 100, bytes: longListBytes }),
  ]);
}

function workerRow(worker: Worker): readonly string[] {
  const failure = worker.failure ? ` (${causeOf(worker.failure)}: ${plain(worker.failure.detail, 160)})` : '';
  return [
    `${workerWords[worker.status]}${failure}`,
    code(worker.task_id, 80),
    code(`${worker.worker_type}/${worker.capability}`, 80),
    formatNumber(worker.attempt),
    worker.duration_seconds === null ? '' : formatDuration(worker.duration_seconds),
    worker.cpu_seconds === null ? '' : formatDuration(worker.cpu_seconds),
    worker.peak_mebibytes === null ? '' : `${formatNumber(worker.peak_mebibytes)} MiB`,
    code(worker.node, 80),
    code(worker.worker_id, 100),
  ];
}

/** The class of a failure, and where it came from outside, what was seen to cause it. */
function causeOf({ class: kind, cause }: NonNullable<Worker['failure']>): string {
  return cause === undefined || cause === kind ? kind : `${kind}, ${cause}`;
}
