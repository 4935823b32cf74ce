import { answers } from './explain/answers.ts';
import type { ExplainSource, Step } from './explain/chain.ts';
import { findSubject, type SubjectKind } from './explain/subject.ts';
import { oneLine } from './markdown/escape.ts';

/** Where something in a report comes from, down to its evidence. */
export interface Explanation {
  readonly kind: SubjectKind;
  /** Fingerprint, id or dotted name, in full. */
  readonly subject: string;
  readonly steps: readonly Step[];
  /** The same for people, one step a line. */
  readonly lines: readonly string[];
}

/**
 * Answers where a finding, change, task, worker, criterion or figure comes from. `question` is its id or name, or at
 * least six digits of its fingerprint; `kind:` may stand before it. Pure: the answer is in the report and the log.
 * Throws a problem (`explain-unknown`, `explain-ambiguous`) that names what could have been meant.
 */
export function explain(question: string, source: ExplainSource): Explanation {
  const { kind, id } = findSubject(question.trim(), source.report);
  const steps = answers[kind](id, source);
  return { kind, subject: id, steps, lines: [`${kind} ${oneLine(id, 200)}`, ...steps.flatMap(linesOf)] };
}

function linesOf(step: Step): readonly string[] {
  const line = `  ${step.what}: ${step.detail}`;
  return step.file === undefined ? [line] : [line, `    ${oneLine(step.file, 400)}`];
}
