import type { EventType } from '../../protocol/event.ts';
import type { Report } from '../../protocol/report.ts';
import { formatNumber } from '../markdown/format.ts';
import { evidenceStep, eventsOfTypes, eventSteps, step, taskSteps, type ExplainSource, type Step } from './chain.ts';

/** Figures that tell of the run itself, with the events that they are counted from. */
const countedFrom: Readonly<Record<string, readonly EventType[]>> = {
  'tokens.used': ['budget.settled'],
  'money.used': ['budget.settled'],
  'duration.minutes': ['execution.started', 'results.aggregated'],
  'workers.started': ['worker.launched'],
  'workers.completed': ['worker.finished'],
  'masters.activated': ['master.activated'],
};

type ReportedTask = Report['tasks'][number];

/** Tasks whose results a group of figures is summed up from. */
const contributes: Readonly<Record<string, (task: ReportedTask, report: Report) => boolean>> = {
  findings: (task, report) => task.findings > 0 || report.silenced.some((each) => each.task_id === task.task_id),
  assets: (task) => task.assets > 0,
  changes: (task) => task.changes > 0,
  tests: (task, report) => measured(task, report, 'tests.'),
  coverage: (task, report) => measured(task, report, 'coverage.'),
  workflows: (task, report) =>
    report.findings.some((each) => each.task_id === task.task_id && each.ruleId.startsWith('workflows/')),
};

/** A figure or measurement: its value, its artefact, and the tasks or events that it comes from. */
export function figureSteps(name: string, source: ExplainSource): readonly Step[] {
  const { report, events } = source;
  const own = measurementSteps(name, source);
  const figure = Object.hasOwn(report.figures, name) ? report.figures[name] : undefined;
  if (!figure) return own;
  const types = Object.hasOwn(countedFrom, name) ? (countedFrom[name] ?? []) : [];
  return [
    step('figure', `${name} = ${formatNumber(figure.value)} ${figure.unit}`),
    evidenceStep(report, figure.evidence),
    ...tasksBehind(name, report).flatMap((task) => taskSteps(source, task.task_id)),
    ...eventSteps(eventsOfTypes(events, types)),
    ...own,
  ];
}

function measurementSteps(name: string, source: ExplainSource): readonly Step[] {
  const found = source.report.measurements.filter((each) => each.name === name);
  return found.flatMap((each) => [
    step('measurement', `${name} of ${each.subject} = ${formatNumber(each.value)} ${each.unit}`),
    evidenceStep(source.report, each.evidence),
    ...taskSteps(source, each.task_id),
  ]);
}

function tasksBehind(name: string, report: Report): readonly ReportedTask[] {
  const group = name.split('.')[0] ?? '';
  const contributed = Object.hasOwn(contributes, group) ? contributes[group] : undefined;
  return contributed ? report.tasks.filter((task) => contributed(task, report)) : [];
}

function measured(task: ReportedTask, report: Report, prefix: string): boolean {
  return report.measurements.some((each) => each.task_id === task.task_id && each.name.startsWith(prefix));
}
