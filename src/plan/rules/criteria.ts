import { compileCriterion } from '../../protocol/criterion.ts';
import type { Path, PathComplaint } from '../problem.ts';
import { repeats, type Rule } from './rule.ts';

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

/** `criterion-duplicate`: each criterion once. */
export const criterionDuplicate: Rule = ({ plan }) =>
  repeats([...plan.success.entries()], ([, criterion]) => criterion.id).map(({ first, again }) => ({
    rule: 'criterion-duplicate',
    path: ['spec', 'success', again[0], 'id'],
    message: `The criterion "${again[1].id}" is declared at spec.success[${first[0]}] already`,
    expected: 'each id once',
    found: `"${again[1].id}" again`,
    remedy: 'Give the criterion an id of its own.',
  }));

/** `criterion-reason`: a criterion that may not apply says why, and only such a one does. */
export const criterionReason: Rule = ({ plan }) =>
  plan.success.flatMap(({ id, when, reason }, index) => {
    if ((when === null) === (reason === null)) return [];
    const missing = when === null ? 'when' : 'reason';
    const stated = when === null ? 'reason' : 'when';
    return [
      {
        rule: 'criterion-reason',
        path: ['spec', 'success', index, stated],
        message: `The criterion "${id}" has \`${stated}\`, but no \`${missing}\``,
        expected: '`when` together with `reason`, or neither',
        found: `\`${stated}\` alone`,
        remedy:
          when === null ? 'Say with `when` when the criterion applies.' : 'Say with `reason` why it may not apply.',
      },
    ];
  });
