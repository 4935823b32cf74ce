import { canonicalJson } from '../shared/canonical.ts';
import { allTasks, startRoles, type Plan, type PlanTask } from './plan.ts';
import { showBytes, showCount, showCpu, showDollars, showDuration } from './quantities.ts';

export const effectKinds = [
  'command',
  'capability',
  'master',
  'worker',
  'budget',
  'publish',
  'criterion',
  'deadline',
  'placement',
  'task',
  'setting',
] as const;
export type EffectKind = (typeof effectKinds)[number];

/** One thing that a plan says, as text, and what more of it means for the reach of an execution. */
export interface Part {
  readonly kind: EffectKind;
  readonly subject: string;
  readonly shown: string;
  /** +1: more of it reaches further; -1: more of it holds back; 0: neither. */
  readonly sign: 1 | -1 | 0;
  /** What to compare by; parts without one count as there or not there. */
  readonly amount?: number;
  /** Key of the part without which this one says nothing of its own. */
  readonly within?: string;
}

export function partKey(part: Pick<Part, 'kind' | 'subject'>): string {
  return `${part.kind} ${part.subject}`;
}

/** Everything that a plan says, each thing once: subjects of plan and masters hold a space, as no task id does. */
export function partsOf(plan: Plan): readonly Part[] {
  const tasks = allTasks(plan);
  return [
    ...settingParts(plan),
    ...budgetParts(plan),
    ...timeParts(plan),
    ...clusterParts(plan),
    ...publishParts(plan),
    ...workflowParts(plan),
    ...plan.masters.flatMap(masterParts),
    ...tasks.flatMap(taskParts),
    ...[...new Set(tasks.map((task) => `${task.worker}/${task.capability}`))].map((subject) =>
      present('capability', subject, 1),
    ),
    ...plan.success.map((each): Part => ({
      kind: 'criterion',
      subject: each.id,
      shown: `${each.level}: ${each.check}${each.when === null ? '' : ` when ${each.when}`} (${each.scope}, ${json([each.title, each.reason])})`,
      sign: -1,
      amount: each.level === 'gate' ? 2 : 1,
    })),
  ];
}

function settingParts(plan: Plan): readonly Part[] {
  return [
    setting('name', plan.name),
    setting('description', plan.description),
    setting('thresholds', plan.thresholds),
    setting('escalations', plan.escalations),
    amount('setting', 'parallel masters', count(plan.parallel.masters)),
    amount('setting', 'parallel workers', count(plan.parallel.workers)),
    setting('model', plan.model.default),
    setting('effort', plan.model.effort),
    setting('target repository', plan.target.repository),
    ...plan.target.namespaces.map((name) => present('setting', `target namespace ${name}`, 1)),
  ];
}

function budgetParts({ budget }: Plan): readonly Part[] {
  return [
    amount('budget', 'whole plan: tokens', count(budget.tokens)),
    amount('budget', 'whole plan: dollars', dollars(budget.microDollars)),
    amount('budget', 'whole plan: reserve in tokens', count(budget.reserve.tokens)),
    amount('budget', 'whole plan: reserve in dollars', dollars(budget.reserve.microDollars)),
  ];
}

function timeParts(plan: Plan): readonly Part[] {
  const phases = Object.entries(plan.phases);
  return [
    amount('deadline', 'whole plan', time(plan.deadlineMs)),
    ...phases.map(([phase, ms]) => amount('deadline', `phase ${phase}`, time(ms))),
  ];
}

function clusterParts({ cluster }: Plan): readonly Part[] {
  const { placement, ...rest } = cluster;
  const names = Object.entries(rest).map(([name, value]): Part => ({ ...setting(name, value), kind: 'placement' }));
  const placed = placement.map(({ node, workers }, index): Part => ({
    kind: 'placement',
    subject: `node ${node} (${index + 1})`,
    shown: workers.join(', '),
    sign: 0,
  }));
  return [...names, ...placed];
}

function publishParts({ publish }: Plan): readonly Part[] {
  const { pullRequests, size } = publish;
  return [
    { ...setting('branch', publish.branch), kind: 'publish' },
    { ...setting('executions kept', publish.keep), kind: 'publish' },
    amount('publish', 'open pull requests', count(pullRequests.max)),
    amount('publish', 'pull requests an execution', count(pullRequests.perRun)),
    amount('publish', 'open pull requests without a merge', count(pullRequests.pace.start)),
    amount('publish', 'days of merges that count', count(pullRequests.pace.days)),
    amount('publish', 'files of a change', count(size.files)),
    amount('publish', 'lines of a change', count(size.lines)),
    holds('publish', 'drafts', pullRequests.draft),
    holds('publish', 'owners review', pullRequests.reviewers === 'codeowners'),
    { ...setting('grouping', pullRequests.group), kind: 'publish' },
    { ...setting('labels', pullRequests.labels), kind: 'publish' },
    ...publish.paths.allow.map((path) => present('publish', `path ${path}`, 1)),
    ...publish.paths.deny.map((path) => present('publish', `protected path ${path}`, -1)),
  ];
}

/** Who may start a run, who approves it, and what it may write from. */
function workflowParts({ workflow, target }: Plan): readonly Part[] {
  return [
    {
      kind: 'publish',
      subject: 'least role',
      shown: workflow.role,
      sign: -1,
      amount: startRoles.indexOf(workflow.role),
    },
    holds('publish', 'approval', workflow.environment !== null),
    { ...setting('environment', workflow.environment ?? 'none'), kind: 'publish' },
    ...workflow.refs.map((ref) => present('publish', `writes from ${ref}`, 1)),
    ...target.repositories.map(({ repository, token }): Part => ({
      ...present('publish', `repository ${repository}`, 1),
      shown: `with ${token}`,
    })),
    { ...setting('runner', workflow.runner), kind: 'placement' },
  ];
}

function holds(kind: EffectKind, subject: string, value: boolean): Part {
  return { kind, subject, shown: String(value), sign: -1, amount: Number(value) };
}

function masterParts({ name, mission, budget, runner }: Plan['masters'][number]): readonly Part[] {
  const within = partKey({ kind: 'master', subject: name });
  const parts: Part[] = [
    amount('budget', `master ${name}: tokens`, count(budget.tokens)),
    amount('budget', `master ${name}: personal tokens`, count(budget.personal)),
    amount('budget', `master ${name}: pool`, count(budget.pool)),
    amount('budget', `master ${name}: dollars`, dollars(budget.microDollars)),
    setting(`master ${name}: mission`, mission),
    { ...setting(`master ${name}: runner`, runner), kind: 'placement' },
  ];
  return [present('master', name, 1), ...parts.map((part) => ({ ...part, within }))];
}

function taskParts(task: PlanTask): readonly Part[] {
  const { id, resources } = task;
  const { command, ...inputs } = task.inputs;
  const within = partKey({ kind: 'worker', subject: id });
  const parts: Part[] = [
    amount('budget', `${id}: tokens`, count(task.tokens)),
    amount('budget', `${id}: dollars`, dollars(task.microDollars)),
    amount('budget', `${id}: retries`, count(task.retries)),
    amount('deadline', id, time(task.timeoutMs)),
    amount('placement', `${id}: processors`, processors(resources.cpuMillicores)),
    amount('placement', `${id}: memory`, bytes(resources.memoryBytes)),
    amount('placement', `${id}: disk`, bytes(resources.diskBytes)),
    { ...setting(`${id}: node`, task.node), kind: 'placement' },
    { ...setting(`${id}: inputs`, inputs), kind: 'task' },
    ...(['title', 'goal', 'area', 'priority', 'needs', 'model'] as const).map((field): Part => ({
      ...setting(`${id}: ${field}`, task[field]),
      kind: 'task',
    })),
  ];
  return [
    { kind: 'worker', subject: id, shown: `${task.worker}/${task.capability} of ${task.master ?? 'nobody'}`, sign: 1 },
    ...(command === undefined ? [] : [{ kind: 'command', subject: id, shown: json(command), sign: 1 } as const]),
    ...parts.map((part) => ({ ...part, within })),
  ];
}

function present(kind: EffectKind, subject: string, sign: 1 | -1): Part {
  return { kind, subject, shown: subject, sign };
}

/** A number, and how people read it. */
type Measure = Pick<Part, 'shown'> & { readonly amount: number };

function amount(kind: EffectKind, subject: string, measure: Measure): Part {
  return { kind, subject, sign: 1, ...measure };
}

const count = (value: number): Measure => ({ amount: value, shown: showCount(value) });
const dollars = (value: number): Measure => ({ amount: value, shown: showDollars(value) });
const time = (value: number): Measure => ({ amount: value, shown: showDuration(value) });
const bytes = (value: number): Measure => ({ amount: value, shown: showBytes(value) });
const processors = (value: number): Measure => ({ amount: value, shown: showCpu(value) });

function setting(subject: string, value: unknown): Part {
  return { kind: 'setting', subject, shown: typeof value === 'string' ? value : json(value), sign: 0 };
}

function json(value: unknown): string {
  return canonicalJson(value);
}
