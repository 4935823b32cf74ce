import type { Event, EventType } from '../../protocol/event.ts';
import type { Report } from '../../protocol/report.ts';
import { oneLine } from '../markdown/escape.ts';
import { artefactOf } from '../markdown/figures.ts';
import { formatBytes, formatDuration, formatUtc, shortHash } from '../markdown/format.ts';

/** One link of the chain from a question to its evidence; `file` is relative to the repository's root. */
export interface Step {
  readonly what: string;
  readonly detail: string;
  readonly file?: string;
}

export interface ExplainSource {
  readonly report: Report;
  readonly events: readonly Event[];
}

/** Events of one chain; a long log is not printed in full. */
const maxEvents = 40;

/** A step; its detail is one line, whatever it holds. */
export function step(what: string, detail: string, file?: string): Step {
  return { what, detail: oneLine(detail, 600), ...(file === undefined ? {} : { file }) };
}

/** An artefact with the file that it is kept in. Throws a bug for one that is not kept. */
export function evidenceStep(report: Report, sha256: string, what = 'artefact'): Step {
  const kept = artefactOf(report, sha256);
  const file = `coordination/archives/${report.execution_id}/evidence/${kept.file}`;
  return step(what, `${kept.title} (${kept.media_type}, ${formatBytes(kept.bytes)}), SHA-256 ${sha256}`, file);
}

/** Every artefact that a task kept. */
export function taskEvidence(report: Report, taskId: string): readonly Step[] {
  return report.evidence.filter((each) => each.task_id === taskId).map((each) => evidenceStep(report, each.sha256));
}

/** A task, the attempts that worked on it, and the events that say so. */
export function taskSteps(source: ExplainSource, taskId: string): readonly Step[] {
  const { report, events } = source;
  const task = report.tasks.find((each) => each.task_id === taskId);
  if (!task) return [step('task', `${taskId}: the report knows no such task`)];
  const status = task.result_status === null ? task.status : `${task.status}, ${task.result_status}`;
  const attempts = report.workers.filter((worker) => worker.task_id === taskId);
  return [
    step(
      'task',
      `${taskId} (${task.worker_type}/${task.capability}) of ${task.master ?? 'no master'}: ${status}. ${task.summary}`,
    ),
    ...attempts.map(attemptStep),
    ...eventSteps(events.filter((event) => speaksOf(event, 'task', taskId))),
  ];
}

/** When and where one attempt worked, and how it ended. */
export function attemptStep(worker: Report['workers'][number]): Step {
  const until = worker.completed_at === null ? 'no end seen' : formatUtc(worker.completed_at);
  const took = worker.duration_seconds === null ? '' : ` (${formatDuration(worker.duration_seconds)})`;
  const failure = worker.failure ? `: ${worker.failure.class}, ${worker.failure.detail}` : '';
  const result = worker.result === null ? '' : `, result ${shortHash(worker.result)}`;
  const where = `${worker.worker_id}, attempt ${worker.attempt} on ${worker.node}`;
  return step(
    'attempt',
    `${where}, ${formatUtc(worker.started_at)} to ${until}${took}, ${worker.status}${failure}${result}`,
  );
}

/** Events by their place in the log. */
export function eventSteps(events: readonly Event[]): readonly Step[] {
  const shown = events
    .slice(0, maxEvents)
    .map((event) => step(`event ${event.seq}`, `${event.type} by ${event.actor}, ${formatUtc(event.at)}`));
  const left = events.length - shown.length;
  return left > 0 ? [...shown, step('events', `and ${left} more in the log`)] : shown;
}

/** Events of some types. */
export function eventsOfTypes(events: readonly Event[], types: readonly EventType[]): readonly Event[] {
  return events.filter((event) => types.includes(event.type));
}

/** Whether an event's data names something in the field that is meant for it. */
export function speaksOf(event: Event, field: 'task' | 'worker' | 'change', id: string): boolean {
  const data: Readonly<Record<string, unknown>> = event.data;
  return data[field] === id;
}
