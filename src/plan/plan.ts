/**
 * `plan/` turns a plan as typed (`WrittenPlan`) into a complete one (`Plan`), proves its rules, and derives from it what
 * people and masters need: digest, diff, forecast, matrix, assignments. Pure; imports `protocol` and `shared` only.
 */
import type { Json } from '../shared/canonical.ts';
import type { MasterName, PhaseName, Priority, Severity, WorkerKind } from '../protocol/words.ts';

/** What a task without an owner is about: the rules of step 0 route by it. */
export const areas = [
  'coordination',
  'security',
  'development',
  'inventory',
  'cicd',
  'testing',
  'monitoring',
  'documentation',
] as const;
export type Area = (typeof areas)[number];

export const efforts = ['low', 'medium', 'high'] as const;
export type Effort = (typeof efforts)[number];

/** What becomes one pull request. */
export const groupings = ['none', 'capability', 'master'] as const;
/** Roles in a repository, the least first. */
export const startRoles = ['write', 'maintain', 'admin'] as const;

/** Tokens, and millionths of a dollar. */
export interface Spend {
  readonly tokens: number;
  readonly microDollars: number;
}

/** What one worker asks of a node; the limit of memory and disk equals the request. */
export interface Resources {
  readonly cpuMillicores: number;
  readonly memoryBytes: number;
  readonly diskBytes: number;
}

/** One piece of work: one worker, tried at most `1 + retries` times. */
export interface PlanTask {
  readonly id: string;
  readonly title: string;
  readonly goal: string;
  /** Null for a task that no master declares: the rules route it. */
  readonly master: MasterName | null;
  readonly area: Area | null;
  readonly worker: WorkerKind;
  readonly capability: string;
  readonly needsModel: boolean;
  readonly priority: Priority;
  /** Ids of tasks that must be complete before, in the order declared; they may belong to other masters. */
  readonly needs: readonly string[];
  /** Checked against the capability's schema, defaults filled in. */
  readonly inputs: { readonly [name: string]: Json };
  /** Cap of one attempt; 0 where no model is needed, unless the plan says otherwise. */
  readonly tokens: number;
  readonly microDollars: number;
  readonly timeoutMs: number;
  /** Further attempts after the first. */
  readonly retries: number;
  readonly resources: Resources;
  readonly model: string;
  /** Where `cluster.placement` puts it. */
  readonly node: string | null;
  /** What `cluster.images` names for its capability or its kind; null = the plan's image. */
  readonly image: string | null;
}

/** `tokens` is the whole; `personal` is what the master may spend itself, `pool` what its workers may. */
export interface MasterBudget extends Spend {
  readonly personal: number;
  readonly pool: number;
}

export interface PlanMaster {
  readonly name: MasterName;
  readonly mission: string;
  readonly budget: MasterBudget;
  /** Label of the runner of its job on GitHub. */
  readonly runner: string;
  readonly tasks: readonly PlanTask[];
}

/** What happens to a question that nobody answered. */
export type EscalationAnswer = 'proceed' | 'stop';

export interface Escalations {
  readonly waitMs: number;
  readonly severities: Readonly<Record<Severity, EscalationAnswer>>;
}

export interface ModelChoice {
  readonly default: string;
  readonly effort: Effort;
}

export interface Toleration {
  readonly key: string;
  readonly operator: 'Equal' | 'Exists';
  readonly value: string;
  readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
}

export interface ClusterWishes {
  readonly namespace: string;
  readonly image: string;
  readonly spread: 'hostname' | 'zone' | 'none';
  readonly nodes: {
    /** How many nodes the preflight expects Ready; 0 = not said. */
    readonly ready: number;
    /** What the smallest node can give a worker; null = not said. */
    readonly cpuMillicores: number | null;
    readonly memoryBytes: number | null;
  };
  /** The namespace's quota; null = not said. */
  readonly quota: {
    readonly pods: number | null;
    readonly cpuMillicores: number | null;
    readonly memoryBytes: number | null;
  };
  readonly tolerations: readonly Toleration[];
  readonly nodeSelector: Readonly<Record<string, string>>;
  /** Whether workers may run on nodes of the control plane. */
  readonly servers: 'avoid' | 'allow';
  readonly priorityClass: string | null;
  readonly runtimeClass: string | null;
  /** Local queue of Kueue; null = the cluster starts workers at once. */
  readonly queue: string | null;
  /** Image per kind of worker, or per kind and capability, by digest. */
  readonly images: Readonly<Record<string, string>>;
  /** Which worker (by task id) is wanted on which node; empty = the cluster decides. */
  readonly placement: readonly { readonly node: string; readonly workers: readonly string[] }[];
}

export interface PullRequestPolicy {
  /** At most so many open at once, and so many that one execution opens. */
  readonly max: number;
  readonly perRun: number;
  /** `start` may be open in any case; beyond that, as many as were merged in the last `days`. */
  readonly pace: { readonly start: number; readonly days: number };
  readonly group: (typeof groupings)[number];
  readonly draft: boolean;
  readonly labels: readonly string[];
  readonly reviewers: 'codeowners' | 'none';
}

export interface PublishPolicy {
  readonly branch: string;
  /** Executions that the branch keeps. */
  readonly keep: number;
  readonly pullRequests: PullRequestPolicy;
  /** How large one change may be. */
  readonly size: { readonly files: number; readonly lines: number };
  /** Globs of paths that changes may touch; `deny` wins. */
  readonly paths: { readonly allow: readonly string[]; readonly deny: readonly string[] };
}

/** How a plan runs as a workflow of GitHub Actions. */
export interface WorkflowPolicy {
  readonly runner: string;
  /** Environment whose reviewers approve a run; null = nobody has to. */
  readonly environment: string | null;
  /** Least role of who starts a run. */
  readonly role: (typeof startRoles)[number];
  /** Branches beside the default one whose runs may write. */
  readonly refs: readonly string[];
}

export interface Criterion {
  readonly id: string;
  readonly title: string;
  /** A failed or unknown gate ends the run with exit code 3; a missed target is only reported. */
  readonly level: 'gate' | 'target';
  readonly scope: 'system' | 'master' | 'business';
  /** CEL over the facts of the execution. */
  readonly check: string;
  /** CEL; false = the criterion is not applicable, for `reason`. */
  readonly when: string | null;
  readonly reason: string | null;
}

export interface PlanTarget {
  readonly repository: string;
  /** Further repositories that a run may be pointed at, each with the variable that holds its token. */
  readonly repositories: readonly { readonly repository: string; readonly token: string }[];
  readonly namespaces: readonly string[];
}

export type Phases = Readonly<Record<PhaseName, number>>;

/** A complete plan: nothing is optional, durations in ms, sizes in bytes, processors in millicores, money in micro-dollars. */
export interface Plan {
  readonly name: string;
  readonly description: string;
  readonly deadlineMs: number;
  /** Milliseconds per phase. */
  readonly phases: Phases;
  /** The whole of it; `reserve` is the part that pays wrap-ups and escalations. */
  readonly budget: Spend & { readonly reserve: Spend };
  /** Percent of a budget at which people are told, ascending. */
  readonly thresholds: readonly number[];
  readonly escalations: Escalations;
  readonly parallel: { readonly masters: number; readonly workers: number };
  readonly model: ModelChoice;
  readonly target: PlanTarget;
  readonly cluster: ClusterWishes;
  readonly masters: readonly PlanMaster[];
  /** Tasks without an owner. */
  readonly tasks: readonly PlanTask[];
  readonly publish: PublishPolicy;
  readonly workflow: WorkflowPolicy;
  readonly success: readonly Criterion[];
}

/** What one master gets of a plan; one leg of the matrix. */
export interface Assignment {
  readonly plan: { readonly name: string; readonly digest: string };
  readonly master: MasterName;
  readonly mission: string;
  readonly budget: MasterBudget;
  /** The reserve of the whole plan: the coordinator spends it, the others ask. */
  readonly reserve: Spend;
  /** Declared by this master, then routed to it. */
  readonly tasks: readonly PlanTask[];
  readonly deadlineMs: number;
  readonly phases: Phases;
  readonly thresholds: readonly number[];
  readonly escalations: Escalations;
  readonly parallelWorkers: number;
  readonly model: ModelChoice;
  readonly target: PlanTarget;
  readonly cluster: ClusterWishes;
}

/** Every task of a plan: the masters' in their order, then those without an owner. */
export function allTasks(plan: Plan): readonly PlanTask[] {
  return [...plan.masters.flatMap((master) => master.tasks), ...plan.tasks];
}
