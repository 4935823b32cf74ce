import type { Report } from '../../protocol/report.ts';
import { compareText } from '../../shared/canonical.ts';
import { bug } from '../../shared/errors.ts';
import { formatCount, shortHash } from '../markdown/format.ts';
import {
  attemptStep,
  evidenceStep,
  eventsOfTypes,
  eventSteps,
  speaksOf,
  step,
  taskEvidence,
  taskSteps,
  type ExplainSource,
  type Step,
} from './chain.ts';
import { figureSteps } from './figure-chain.ts';
import type { SubjectKind } from './subject.ts';

/** How each kind of thing is traced back to its evidence. */
export const answers: { readonly [K in SubjectKind]: (id: string, source: ExplainSource) => readonly Step[] } = {
  finding: findingSteps,
  change: changeSteps,
  task: (id, source) => [
    ...taskSteps(source, id),
    ...routingSteps(id, source.report),
    ...taskEvidence(source.report, id),
  ],
  worker: workerSteps,
  criterion: criterionSteps,
  figure: figureSteps,
};

function findingSteps(fingerprint: string, source: ExplainSource): readonly Step[] {
  const { report } = source;
  const silenced = report.silenced.find((each) => each.finding.fingerprint === fingerprint);
  const open = report.findings.find((each) => each.fingerprint === fingerprint);
  const finding = known(open ?? silenced?.finding, fingerprint);
  const taskId = open?.task_id ?? silenced?.task_id ?? '';
  const place = finding.location ? `${finding.location.path}:${finding.location.line}` : finding.subject;
  const fixes = report.changes.filter((change) => change.findings_gone.includes(fingerprint));
  return [
    step('finding', `${finding.severity}: ${finding.message}`),
    ...(silenced ? [step('silenced', `by ${silenced.by}: ${silenced.reason}`)] : []),
    step(
      'rule',
      `${finding.ruleId}, ${finding.basis} by ${finding.tool.name} ${finding.tool.version} with ${finding.confidence} confidence`,
    ),
    step('place', place === finding.subject ? place : `${place} (${finding.subject})`),
    step('remedy', finding.remedy),
    ...fixes.map((change) =>
      step('fixed by', `change ${shortHash(change.fingerprint)} (${change.verdict}): ${change.title}`),
    ),
    ...taskSteps(source, taskId),
    ...taskEvidence(report, taskId),
  ];
}

function changeSteps(fingerprint: string, source: ExplainSource): readonly Step[] {
  const { report, events } = source;
  const change = known(
    report.changes.find((each) => each.fingerprint === fingerprint),
    fingerprint,
  );
  const folder = `coordination/archives/${report.execution_id}/changes`;
  return [
    step('change', `${change.title}, by ${change.engine} on commit ${change.base_commit}`),
    ...change.files.map((file) => step('file', `${file.path}: ${file.added} lines added, ${file.removed} removed`)),
    evidenceStep(report, change.before.evidence, `before: ${formatCount(change.before.findings, 'finding')}`),
    evidenceStep(report, change.after.evidence, `after: ${formatCount(change.after.findings, 'finding')}`),
    ...change.findings_gone.map((gone) => step('gone', `finding ${shortHash(gone)}`)),
    step('review', `${change.verdict}: ${change.reason}`),
    ...eventSteps(events.filter((event) => speaksOf(event, 'change', fingerprint))),
    step('patch', 'what `git apply` takes', `${folder}/${change.patch}`),
    step('pull request', 'its text', `${folder}/${change.pull_request}`),
    ...taskSteps(source, change.task_id),
  ];
}

function workerSteps(id: string, source: ExplainSource): readonly Step[] {
  const { report, events } = source;
  const worker = known(
    report.workers.find((each) => each.worker_id === id),
    id,
  );
  return [
    attemptStep(worker),
    ...eventSteps(events.filter((event) => speaksOf(event, 'worker', id))),
    step('task', `${worker.task_id} (${worker.worker_type}/${worker.capability}) of ${worker.parent_master}`),
    ...taskEvidence(report, worker.task_id),
  ];
}

function criterionSteps(id: string, source: ExplainSource): readonly Step[] {
  const { report, events } = source;
  const criterion = known(
    report.criteria.find((each) => each.id === id),
    id,
  );
  const names = Object.keys(criterion.facts).sort(compareText);
  return [
    step('criterion', `${criterion.title} (${criterion.level}, ${criterion.scope}): ${criterion.outcome}`),
    step('check', criterion.check),
    ...(criterion.reason === undefined ? [] : [step('reason', criterion.reason)]),
    ...names.flatMap((name) => factSteps(name, criterion.facts[name], report)),
    ...eventSteps(eventsOfTypes(events, ['criteria.evaluated'])),
  ];
}

/** A fact that is a figure of the report too has that figure's artefact. */
function factSteps(name: string, value: unknown, report: Report): readonly Step[] {
  const seen = step('fact', `${name} = ${JSON.stringify(value) ?? 'null'}`);
  const figure = Object.hasOwn(report.figures, name) ? report.figures[name] : undefined;
  return figure ? [seen, evidenceStep(report, figure.evidence)] : [seen];
}

function routingSteps(id: string, report: Report): readonly Step[] {
  const routing = report.tasks.find((task) => task.task_id === id)?.routing;
  return routing ? [step('routing', `${routing.strategy}, confidence ${routing.confidence}: ${routing.reason}`)] : [];
}

function known<T>(found: T | undefined, id: string): T {
  if (found === undefined) throw bug('explain-lost', `The report lists ${id} and does not hold it`);
  return found;
}
