import { compileCriterion } from '../../protocol/criterion.ts';
import type { Path, PathComplaint } from '../problem.ts';
import type { Rule } from './rule.ts';

/** `criterion-invalid` and `criterion-constant`: every expression compiles, and every check depends on a fact. */
export const criteriaCompile: Rule = ({ plan }) =>
  plan.success.flatMap((criterion, index) => [
    ...expressionComplaints(criterion.check, ['spec', 'success', index, 'check']),
    ...(criterion.when === null ? [] : expressionComplaints(criterion.when, ['spec', 'success', index, 'when'])),
  ]);

function expressionComplaints(expression: string, path: Path): readonly PathComplaint[] {
  const compiled = compileCriterion(expression);
  if (!('problems' in compiled)) return compiled.facts.length > 0 ? [] : [constant(expression, path)];
  return compiled.problems.map(({ message, hint, offset, end }) => ({
    rule: 'criterion-invalid',
    path,
    within: { start: offset, end },
    message,
    expected: 'a CEL condition over the facts of an execution',
    found: expression,
    remedy: hint,
  }));
}

function constant(expression: string, path: Path): PathComplaint {
  return {
    rule: 'criterion-constant',
    path,
    message: 'The expression speaks of no fact, so that its answer never changes',
    expected: 'a condition over at least one fact',
    found: expression,
    remedy: 'Compare a fact, such as tasks.failed == 0, or delete the criterion.',
  };
}
