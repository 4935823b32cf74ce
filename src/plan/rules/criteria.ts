import { repeats, type Rule } from './rule.ts';

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
