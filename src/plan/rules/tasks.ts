import { capabilityNames, traitsOf } from '../../protocol/capability-traits.ts';
import { workerKinds } from '../../protocol/words.ts';
import { didYouMean } from '../../shared/nearest.ts';
import { needsGraph } from '../graph.ts';
import { mostProblems, showPath, showValue } from '../problem.ts';
import { showDuration } from '../quantities.ts';
import { repeats, type Rule } from './rule.ts';

/** `duplicate-master`: each master once. */
export const duplicateMaster: Rule = ({ masters }) =>
  repeats(masters, ({ master }) => master.name).map(({ first, again }) => ({
    rule: 'duplicate-master',
    path: [...again.path, 'name'],
    message: `${again.master.name} is declared at ${showPath(first.path)} already`,
    expected: 'each master once',
    found: `${again.master.name} again`,
    remedy: 'Put the tasks of both into one entry.',
  }));

/** `worker-owner` and `duplicate-task-id`: a worker has one owner, and an id one task. */
export const oneOwner: Rule = ({ tasks }) =>
  repeats(tasks, ({ task }) => task.id).map(({ first, again }) => {
    const owners = [first.task.master ?? 'nobody', again.task.master ?? 'nobody'];
    const shared = owners[0] !== owners[1];
    return {
      rule: shared ? 'worker-owner' : 'duplicate-task-id',
      path: [...again.path, 'id'],
      message: shared
        ? `The worker "${again.task.id}" belongs to ${owners.join(' and to ')}`
        : `The task id "${again.task.id}" is used at ${showPath(first.path)} already`,
      expected: shared ? 'exactly one owner' : 'each id once in the plan',
      found: shared ? owners.join(' and ') : `"${again.task.id}" again`,
      remedy: shared ? 'Give it to one master, and let the other need its result.' : 'Give the task an id of its own.',
    };
  });

/** `unknown-capability`: the kind of worker has the capability. */
export const unknownCapability: Rule = ({ tasks }) =>
  tasks
    .filter(({ task }) => traitsOf(task.worker, task.capability) === undefined)
    .map(({ task, path }) => {
      const known = capabilityNames(task.worker);
      const others = workerKinds.filter((kind) => traitsOf(kind, task.capability) !== undefined);
      const elsewhere =
        others.length === 0 ? didYouMean(task.capability, known) : ` It belongs to ${others.join(' and ')}.`;
      return {
        rule: 'unknown-capability',
        path: [...path, 'capability'],
        message: `${task.worker} has no capability ${showValue(task.capability)}.${elsewhere}`,
        expected: `one of ${known.join(', ')}`,
        found: showValue(task.capability),
        remedy: 'Choose a capability of this kind, or another kind of worker.',
      };
    });

/** `shard-out-of-range`: a shard that does not exist would silently do nothing. */
export const shardOutOfRange: Rule = ({ tasks }) =>
  tasks.flatMap(({ task, path }) => {
    const { index, of } = (task.inputs['shard'] ?? {}) as { index?: unknown; of?: unknown };
    if (typeof index !== 'number' || typeof of !== 'number' || index <= of) return [];
    return [
      {
        rule: 'shard-out-of-range',
        path: [...path, 'inputs', 'shard', 'index'],
        message: `${task.id} takes shard ${index}, but there are ${of}`,
        expected: `1 to ${of}`,
        found: String(index),
        remedy: 'Count shards from 1 to `of`.',
      },
    ];
  });

/** `unknown-need`: what a task needs is a task of this plan, and not the task itself. */
export const unknownNeed: Rule = ({ tasks }) => {
  const ids = [...new Set(tasks.map(({ task }) => task.id))];
  const known = new Set(ids);
  const unknown = tasks.flatMap(({ task, path }) =>
    task.needs.filter((need) => !known.has(need)).map((need) => ({ task, path, need })),
  );
  // Looking for the nearest id costs time; past the first hundred nobody reads it.
  return unknown.slice(0, mostProblems + 1).map(({ task, path, need }) => ({
    rule: 'unknown-need',
    path: [...path, 'needs'],
    message: `${task.id} needs "${need}", but no task has that id.${didYouMean(need, ids)}`,
    expected: 'the id of a task of this plan',
    found: `"${need}"`,
    remedy: 'Correct the id, or delete the need.',
  }));
};

/** `need-cycle`: no task waits for itself. */
export const needCycle: Rule = ({ tasks }) => {
  const pathOf = new Map(tasks.map(({ task, path }) => [task.id, path] as const));
  return needsGraph(tasks.map(({ task }) => task)).cycles.map((cycle) => {
    const round = [...cycle, cycle[0] ?? ''].join(' → ');
    return {
      rule: 'need-cycle',
      path: [...(pathOf.get(cycle[0] ?? '') ?? []), 'needs'],
      message: `These tasks wait for each other: ${round}`,
      expected: 'needs without a cycle',
      found: round,
      remedy: 'Delete one of these needs.',
    };
  });
};

/** `timeout-exceeds-phase`: a worker, and the chain of tasks before it, ends within the execution phase. */
export const timeoutExceedsPhase: Rule = ({ plan, tasks }) => {
  const phase = plan.phases.execution;
  const { slowestChain } = needsGraph(tasks.map(({ task }) => task));
  return tasks.flatMap(({ task, path }) => {
    const chain = slowestChain.get(task.id);
    if (chain === undefined || chain.ms <= phase) return [];
    if (task.needs.some((need) => (slowestChain.get(need)?.ms ?? 0) > phase)) return [];
    const alone = chain.ids.length === 1;
    return [
      {
        rule: 'timeout-exceeds-phase',
        path: [...path, 'timeout'],
        message: `${alone ? `The worker of ${task.id}` : `The chain ${chain.ids.join(' → ')}`} may take ${showDuration(chain.ms)}, but the execution phase has ${showDuration(phase)}`,
        expected: `at most ${showDuration(phase)}`,
        found: showDuration(chain.ms),
        remedy: alone
          ? 'Shorten the timeout, or extend the phase.'
          : 'Shorten the timeouts along the chain, or extend the phase.',
      },
    ];
  });
};
