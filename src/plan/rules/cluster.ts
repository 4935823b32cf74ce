import { workerKinds } from '../../protocol/words.ts';
import { didYouMean } from '../../shared/nearest.ts';
import type { Resources } from '../plan.ts';
import { mostProblems, type Path, type PathComplaint } from '../problem.ts';
import { showBytes, showCpu } from '../quantities.ts';
import { repeats, type ReviewedPlan, type Rule } from './rule.ts';

/** GitHub starts at most so many legs of a matrix, and a task may become one. */
const maxWorkers = 256;

/** `worker-undeclared`: where the plan places workers, it places each of them. */
export const workerUndeclared: Rule = ({ plan, tasks }) => {
  if (plan.cluster.placement.length === 0) return [];
  return tasks
    .filter(({ task }) => task.node === null)
    .map(({ task, path }) => ({
      rule: 'worker-undeclared',
      path: [...path, 'id'],
      message: `The worker "${task.id}" is used, but spec.cluster.placement puts it on no node`,
      expected: 'every worker placed, or no placement at all',
      found: `"${task.id}" on no node`,
      remedy: 'Add it to the workers of a node, or delete the placement.',
    }));
};

/** `worker-unused`: what is placed or sized is asked for by a task. */
export const workerUnused: Rule = ({ plan, written, tasks }) => {
  const ids = tasks.map(({ task }) => task.id);
  const known = new Set(ids);
  const kinds = new Set(tasks.map(({ task }) => task.worker));
  return [
    ...placedWorkers(plan.cluster.placement)
      .filter(({ worker }) => !known.has(worker))
      .slice(0, mostProblems + 1)
      .map(({ worker, node, path }) =>
        unused(`"${worker}" is placed on ${node}, but no task asks for it.${didYouMean(worker, ids)}`, worker, path),
      ),
    ...workerKinds
      .filter((kind) => written.spec.workers[kind] !== undefined && !kinds.has(kind))
      .map((kind) => unused(`${kind} has defaults, but no task asks for one`, kind, ['spec', 'workers', kind])),
  ];
};

/** `image-unused`: an image is named for workers that there are. */
export const imageUnused: Rule = ({ plan, tasks }) => {
  const used = new Set(tasks.flatMap(({ task }) => [task.worker, `${task.worker}/${task.capability}`]));
  return Object.keys(plan.cluster.images)
    .filter((subject) => !used.has(subject))
    .map((subject) => ({
      ...unused(`An image is named for ${subject}, but no task needs one.${didYouMean(subject, [...used])}`, subject, [
        'spec',
        'cluster',
        'images',
        subject,
      ]),
      rule: 'image-unused',
    }));
};

function unused(message: string, worker: string, path: Path): PathComplaint {
  return {
    rule: 'worker-unused',
    severity: 'warning',
    path,
    message,
    expected: `a task for ${worker}`,
    found: 'none',
    remedy: 'Delete the entry, or add the task.',
  };
}

/** `placed-twice`: a worker stands on one node. */
export const placedTwice: Rule = ({ plan }) =>
  repeats(placedWorkers(plan.cluster.placement), ({ worker }) => worker).map(({ first, again }) => ({
    rule: 'placed-twice',
    path: again.path,
    message: `The worker "${again.worker}" is placed on ${first.node} and on ${again.node}`,
    expected: 'one node',
    found: `${first.node} and ${again.node}`,
    remedy: 'Keep one of the two.',
  }));

function placedWorkers(
  placement: ReviewedPlan['plan']['cluster']['placement'],
): readonly { worker: string; node: string; path: Path }[] {
  return placement.flatMap(({ node, workers }, index) =>
    workers.map((worker, position) => ({
      worker,
      node,
      path: ['spec', 'cluster', 'placement', index, 'workers', position],
    })),
  );
}

/** `fits-node` and `fits-quota`: no worker that could never be scheduled, as far as the plan tells. */
export const fits: Rule = ({ plan, tasks }) => {
  const { nodes, quota } = plan.cluster;
  return tasks.flatMap(({ task, path }) => [
    ...fitComplaints(task.resources, nodes, { rule: 'fits-node', what: 'the largest node', id: task.id, path }),
    ...fitComplaints(task.resources, quota, {
      rule: 'fits-quota',
      what: 'the quota of the namespace',
      id: task.id,
      path,
    }),
  ]);
};

interface Room {
  readonly cpuMillicores: number | null;
  readonly memoryBytes: number | null;
}

interface Fit {
  readonly rule: string;
  readonly what: string;
  readonly id: string;
  readonly path: Path;
}

function fitComplaints(asked: Resources, room: Room, fit: Fit): readonly PathComplaint[] {
  const checks = [
    { name: 'processors', key: 'cpu', asked: asked.cpuMillicores, room: room.cpuMillicores, show: showCpu },
    { name: 'memory', key: 'memory', asked: asked.memoryBytes, room: room.memoryBytes, show: showBytes },
  ];
  return checks.flatMap(({ name, key, asked: wanted, room: given, show }) => {
    if (given === null || wanted <= given) return [];
    return [
      {
        rule: fit.rule,
        path: [...fit.path, 'resources', key],
        message: `The worker "${fit.id}" asks for ${show(wanted)} of ${name}, but ${fit.what} has ${show(given)}`,
        expected: `at most ${show(given)}`,
        found: show(wanted),
        remedy: 'Ask for less, or correct what the plan says of the cluster.',
      },
    ];
  });
}

/** `too-many-workers`: at most as many workers as a matrix has legs. */
export const tooManyWorkers: Rule = ({ tasks }) => {
  const extra = tasks[maxWorkers];
  if (extra === undefined) return [];
  return [
    {
      rule: 'too-many-workers',
      path: [...extra.path, 'id'],
      message: `The plan has ${tasks.length} workers, more than the ${maxWorkers} legs that a matrix can have`,
      expected: `at most ${maxWorkers}`,
      found: String(tasks.length),
      remedy: 'Split the plan into several.',
    },
  ];
};

/** `parallel-masters`: legs that wait for each other all run at once. */
export const parallelMasters: Rule = ({ plan, tasks }) => {
  const { length } = plan.masters;
  if (plan.parallel.masters >= length) return [];
  const owner = new Map(tasks.map(({ task }) => [task.id, task.master] as const));
  const waits = tasks.some(({ task }) => task.needs.some((need) => owner.get(need) !== task.master));
  const supervised = plan.masters.some((master) => master.name === 'coordinator-master');
  if (!waits && !supervised) return [];
  return [
    {
      rule: 'parallel-masters',
      path: ['spec', 'parallel', 'masters'],
      message: `${plan.parallel.masters} masters run at once, but ${length} wait for each other's results`,
      expected: `${length} masters at once`,
      found: String(plan.parallel.masters),
      remedy: `Let ${length} masters run at once, or take out the coordinator and the needs between masters.`,
    },
  ];
};
