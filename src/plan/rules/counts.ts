import { phaseNames } from '../../protocol/words.ts';
import type { PathComplaint } from '../problem.ts';
import { parseDuration, showCount, showDuration } from '../quantities.ts';
import { repeats, type Rule } from './rule.ts';

/** `master-count`, `worker-count`, `phase-count`: what people say of the plan is what it declares. */
export const statedCounts: Rule = ({ plan, written, tasks }) => [
  ...countComplaint('masters', written.spec.expect.masters, plan.masters.length),
  ...countComplaint('workers', written.spec.expect.workers, tasks.length),
  ...countComplaint('phases', written.spec.expect.phases, phaseNames.length),
];

function countComplaint(
  what: 'masters' | 'workers' | 'phases',
  stated: number | undefined,
  declared: number,
): readonly PathComplaint[] {
  if (stated === undefined || stated === declared) return [];
  return [
    {
      rule: `${what.slice(0, -1)}-count`,
      path: ['spec', 'expect', what],
      message: `The plan is said to have ${stated} ${what}, but declares ${declared}`,
      expected: String(declared),
      found: String(stated),
      remedy:
        what === 'phases' ? `Say ${declared}: ${phaseNames.join(', ')}.` : `Say ${declared}, or declare ${stated}.`,
    },
  ];
}

/** `target-mismatch`: a counted target has one number. */
export const targetMismatch: Rule = ({ written }) => {
  const targets = written.spec.expect.targets.map((target, index) => ({ ...target, index }));
  return repeats(targets, ({ name }) => name).map(({ first, again }) => ({
    rule: 'target-mismatch',
    path: ['spec', 'expect', 'targets', again.index, 'count'],
    message: `The target "${again.name}" is said to be ${showCount(first.count)} and ${showCount(again.count)}`,
    expected: `"${again.name}" once`,
    found: `${showCount(first.count)} and ${showCount(again.count)}`,
    remedy: 'Keep the number that holds, and delete the other.',
  }));
};

/** `deadline-mismatch`: the phases fit into the one deadline, and people say the same one. */
export const deadlineMismatch: Rule = ({ plan, written }) => {
  const sum = Object.values(plan.phases).reduce((all, ms) => all + ms, 0);
  const { deadline } = written.spec.expect;
  const complaints: PathComplaint[] = [];
  if (sum > plan.deadlineMs) {
    complaints.push({
      rule: 'deadline-mismatch',
      path: ['spec', 'deadline'],
      message: `The phases take ${showDuration(sum)} together, more than the deadline of ${showDuration(plan.deadlineMs)}`,
      expected: `at least ${showDuration(sum)}`,
      found: showDuration(plan.deadlineMs),
      remedy: `Extend the deadline by ${showDuration(sum - plan.deadlineMs)}, or shorten the phases.`,
    });
  }
  if (deadline !== undefined && parseDuration(deadline) !== plan.deadlineMs) {
    complaints.push({
      rule: 'deadline-mismatch',
      path: ['spec', 'expect', 'deadline'],
      message: `The plan is said to take ${showDuration(parseDuration(deadline))}, but its deadline is ${showDuration(plan.deadlineMs)}`,
      expected: showDuration(plan.deadlineMs),
      found: showDuration(parseDuration(deadline)),
      remedy: 'Say the deadline of the plan, or change spec.deadline.',
    });
  }
  return complaints;
};
