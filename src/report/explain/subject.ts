import type { Report } from '../../protocol/report.ts';
import { problem, type CortexError } from '../../shared/errors.ts';
import { nearestName } from '../../shared/nearest.ts';
import { oneLine } from '../markdown/escape.ts';

export const subjectKinds = ['finding', 'change', 'task', 'worker', 'criterion', 'figure'] as const;
export type SubjectKind = (typeof subjectKinds)[number];

/** Something of a report that can be asked about. */
export interface Subject {
  readonly kind: SubjectKind;
  /** Fingerprint, id or dotted name, in full. */
  readonly id: string;
}

const shortestPrefix = 6;
const maxNamed = 8;

/**
 * The one thing that a question means: a name in full, or the first digits of a fingerprint; `kind:` before it says
 * which of several. Throws a problem where it means nothing, or more than one thing.
 */
export function findSubject(question: string, report: Report): Subject {
  const subjects = subjectsOf(report);
  const found = matching(question, subjects) ?? matchingKind(question, subjects) ?? [];
  const [first, ...others] = found;
  if (first === undefined) throw unknown(question, report, subjects);
  if (others.length > 0) throw ambiguous(question, found);
  return first;
}

function subjectsOf(report: Report): readonly Subject[] {
  const ids: { readonly [K in SubjectKind]: readonly string[] } = {
    finding: [...report.findings, ...report.silenced.map(({ finding }) => finding)].map(
      (finding) => finding.fingerprint,
    ),
    change: report.changes.map((change) => change.fingerprint),
    task: report.tasks.map((task) => task.task_id),
    worker: report.workers.map((worker) => worker.worker_id),
    criterion: report.criteria.map((criterion) => criterion.id),
    figure: [...Object.keys(report.figures), ...report.measurements.map((measurement) => measurement.name)],
  };
  return subjectKinds.flatMap((kind) => [...new Set(ids[kind])].map((id) => ({ kind, id })));
}

function matching(name: string, subjects: readonly Subject[]): readonly Subject[] | undefined {
  const exact = subjects.filter((subject) => subject.id === name);
  if (exact.length > 0) return exact;
  const isPrefix = name.length >= shortestPrefix && /^[0-9a-f]+$/.test(name);
  const begun = isPrefix
    ? subjects.filter(({ kind, id }) => (kind === 'finding' || kind === 'change') && id.startsWith(name))
    : [];
  return begun.length > 0 ? begun : undefined;
}

function matchingKind(question: string, subjects: readonly Subject[]): readonly Subject[] | undefined {
  const colon = question.indexOf(':');
  const kind = subjectKinds.find((each) => each === question.slice(0, colon));
  if (kind === undefined) return undefined;
  return matching(
    question.slice(colon + 1),
    subjects.filter((subject) => subject.kind === kind),
  );
}

function ambiguous(question: string, found: readonly Subject[]): CortexError {
  const names = found.slice(0, maxNamed).map(({ kind, id }) => `${kind}:${oneLine(id, 80)}`);
  const more = found.length > maxNamed ? ` and ${found.length - maxNamed} more` : '';
  return problem('explain-ambiguous', `"${oneLine(question, 80)}" could be ${found.length} things`, {
    hint: `Ask for one of ${names.join(', ')}${more}.`,
  });
}

function unknown(question: string, report: Report, subjects: readonly Subject[]): CortexError {
  const near = subjectKinds.flatMap((kind) => {
    const name = nearestName(
      question,
      subjects.filter((subject) => subject.kind === kind).map((subject) => subject.id),
    );
    return name === undefined ? [] : [`"${oneLine(name, 80)}" (${kind})`];
  });
  const meant = near.length === 0 ? '' : `Did you mean ${near.join(' or ')}? `;
  return problem('explain-unknown', `${report.execution_id} has nothing called "${oneLine(question, 80)}"`, {
    hint: `${meant}Name a finding or a change by at least ${shortestPrefix} digits of its fingerprint, a task, a worker or a criterion by its id, or a figure or measurement such as findings.total.`,
  });
}
