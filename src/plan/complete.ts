import type { Json } from '../shared/canonical.ts';
import { traitsOf } from '../protocol/capability-traits.ts';
import { masterNames, phaseNames, severities, type MasterName, type WorkerKind } from '../protocol/words.ts';
import { kindDefaults } from './kind-defaults.ts';
import type { ClusterWishes, Criterion, MasterBudget, Plan, PlanMaster, PlanTask, Resources, Spend } from './plan.ts';
import { mostItCosts } from './prices.ts';
import { microDollars, parseCpu, parseDuration, parsePercent, parseSize } from './quantities.ts';
import type { WrittenCriterion, WrittenPlan } from './schema.ts';
import type { WrittenMaster, WrittenResources, WrittenTask } from './schema-tasks.ts';

type Written = WrittenPlan['spec'];

/** Inputs of a task with the defaults of its capability. */
export type InputsOf = (task: WrittenTask) => { readonly [name: string]: Json };

/**
 * Completes a plan: units are converted, defaults that depend on other values filled in, masters put in their order.
 * Afterwards nothing is optional. Total: a plan that breaks a rule is completed all the same, so that rules can judge it.
 */
export function completePlan({ metadata, spec }: WrittenPlan, inputsOf: InputsOf): Plan {
  const nodes = nodeByTask(spec);
  const complete = (master: MasterName | null) => (task: WrittenTask) =>
    completeTask(task, { spec, master, nodes, inputsOf });
  const order = (master: { name: MasterName }): number => masterNames.indexOf(master.name);
  return {
    name: metadata.name,
    description: metadata.description,
    deadlineMs: parseDuration(spec.deadline),
    phases: recordOf(phaseNames, (phase) => parseDuration(spec.phases[phase])),
    budget: planBudget(spec),
    thresholds: spec.thresholds,
    escalations: {
      waitMs: parseDuration(spec.escalations.wait),
      severities: recordOf(severities, (each) => spec.escalations.severities[each] ?? spec.escalations.default),
    },
    parallel: spec.parallel,
    model: spec.model,
    target: {
      repository: spec.target.repository,
      repositories: spec.target.repositories,
      namespaces: spec.target.cluster.namespaces,
    },
    cluster: completeCluster(spec.cluster),
    masters: spec.masters
      .map((master) => completeMaster(master, master.tasks.map(complete(master.name)), spec))
      .sort((a, b) => order(a) - order(b)),
    tasks: spec.tasks.map(complete(null)),
    publish: spec.publish,
    workflow: { ...spec.workflow, environment: spec.workflow.environment ?? null },
    success: spec.success.map(completeCriterion),
  };
}

function planBudget({ budget, model }: Written): Plan['budget'] {
  const { tokens, usd, reserve } = budget;
  const micro = usd === undefined ? mostItCosts(model.default, tokens) : microDollars(usd);
  const reserveTokens = typeof reserve === 'string' ? Math.ceil((tokens * parsePercent(reserve)) / 100) : reserve;
  // A reserve in tokens keeps the same share of the money; one that is larger than the budget is left to the rules.
  const reserveMicro =
    typeof reserve === 'string'
      ? Math.ceil((micro * parsePercent(reserve)) / 100)
      : Math.ceil((micro * reserve) / (tokens || 1));
  return { tokens, microDollars: micro, reserve: { tokens: reserveTokens, microDollars: reserveMicro } };
}

interface TaskContext {
  readonly spec: Written;
  readonly master: MasterName | null;
  readonly nodes: ReadonlyMap<string, string>;
  readonly inputsOf: InputsOf;
}

function completeTask(task: WrittenTask, { spec, master, nodes, inputsOf }: TaskContext): PlanTask {
  const traits = traitsOf(task.worker, task.capability);
  const kind = spec.workers[task.worker] ?? {};
  const needsModel = traits?.needsModel ?? false;
  const model = kind.model ?? spec.model.default;
  const tokens = task.tokens ?? (needsModel ? (kind.tokens ?? kindDefaults[task.worker].tokens) : 0);
  const usd = task.usd ?? (needsModel ? kind.usd : undefined);
  const title = task.title ?? traits?.title ?? task.capability;
  return {
    id: task.id,
    title,
    goal: task.goal ?? title,
    master,
    area: task.area ?? null,
    worker: task.worker,
    capability: task.capability,
    needsModel,
    priority: task.priority,
    needs: [...new Set(task.needs)],
    inputs: inputsOf(task),
    tokens,
    microDollars: usd === undefined ? mostItCosts(model, tokens) : microDollars(usd),
    timeoutMs: parseDuration(task.timeout ?? kind.timeout ?? kindDefaults[task.worker].timeout),
    retries: task.retries ?? kind.retries ?? kindDefaults[task.worker].retries,
    resources: completeResources(task.worker, [task.resources, kind.resources]),
    model,
    node: nodes.get(task.id) ?? null,
    image: spec.cluster.images[`${task.worker}/${task.capability}`] ?? spec.cluster.images[task.worker] ?? null,
  };
}

function completeResources(kind: WorkerKind, stated: readonly (WrittenResources | undefined)[]): Resources {
  const first = <K extends 'cpu' | 'memory' | 'disk'>(key: K): string | number =>
    stated.find((each) => each?.[key] !== undefined)?.[key] ?? kindDefaults[kind][key];
  return {
    cpuMillicores: parseCpu(first('cpu')),
    memoryBytes: parseSize(first('memory')),
    diskBytes: parseSize(first('disk')),
  };
}

function completeMaster(written: WrittenMaster, tasks: readonly PlanTask[], spec: Written): PlanMaster {
  return {
    name: written.name,
    mission: written.mission ?? '',
    budget: masterBudget(written.budget, reserved(tasks), spec.model.default),
    runner: written.runner ?? spec.workflow.runner,
    tasks,
  };
}

/** What is not said is as large as the tasks need, and no larger than what is left. */
function masterBudget(written: WrittenMaster['budget'], needed: Spend, model: string): MasterBudget {
  const { tokens, personal } = written;
  const pool = written.pool ?? poolOf(written, needed.tokens);
  const own = personal ?? Math.max(0, (tokens ?? pool) - pool);
  const all = tokens ?? own + pool;
  const micro = written.usd === undefined ? mostItCosts(model, own) + needed.microDollars : microDollars(written.usd);
  return { tokens: all, personal: own, pool, microDollars: micro };
}

function poolOf({ tokens, personal }: WrittenMaster['budget'], needed: number): number {
  if (tokens === undefined) return needed;
  return personal === undefined ? Math.min(needed, tokens) : Math.max(0, tokens - personal);
}

/** What tasks can use at most: every attempt at its cap. */
export function reserved(tasks: readonly PlanTask[]): Spend {
  return {
    tokens: tasks.reduce((sum, task) => sum + task.tokens * (1 + task.retries), 0),
    microDollars: tasks.reduce((sum, task) => sum + task.microDollars * (1 + task.retries), 0),
  };
}

function completeCluster(written: Written['cluster']): ClusterWishes {
  const { nodes, quota, priorityClass, runtimeClass, queue, ...cluster } = written;
  return {
    ...cluster,
    priorityClass: priorityClass ?? null,
    runtimeClass: runtimeClass ?? null,
    queue: queue ?? null,
    nodes: { ready: nodes.ready, ...limits(nodes) },
    quota: { pods: quota.pods ?? null, ...limits(quota) },
  };
}

function limits(written: { cpu?: string | number | undefined; memory?: string | number | undefined }): {
  cpuMillicores: number | null;
  memoryBytes: number | null;
} {
  return {
    cpuMillicores: written.cpu === undefined ? null : parseCpu(written.cpu),
    memoryBytes: written.memory === undefined ? null : parseSize(written.memory),
  };
}

function completeCriterion(written: WrittenCriterion): Criterion {
  const { id, level, scope, check } = written;
  return {
    id,
    title: written.title ?? id,
    level,
    scope,
    check,
    when: written.when ?? null,
    reason: written.reason ?? null,
  };
}

function nodeByTask({ cluster }: Written): ReadonlyMap<string, string> {
  return new Map(cluster.placement.flatMap(({ node, workers }) => workers.map((worker) => [worker, node] as const)));
}

function recordOf<K extends string, V>(keys: readonly K[], valueOf: (key: K) => V): Record<K, V> {
  return Object.fromEntries(keys.map((key) => [key, valueOf(key)])) as Record<K, V>;
}
