import type {
  CriterionResult,
  Event,
  EventData,
  EventType,
  FailureClass,
  ResultCounts,
  Totals,
} from '../protocol/event.ts';
import type { DisruptionCause } from '../protocol/attempt.ts';
import type { ResultStatus, Usage } from '../protocol/result.ts';
import type { MasterName, PhaseName } from '../protocol/words.ts';

export type TaskStatus = 'pending' | 'queued' | 'running' | 'complete' | 'failed' | 'blocked' | 'skipped';

export interface PhaseState {
  readonly limitMs: number;
  readonly startedAt: string;
  endedAt?: string;
  tookMs?: number;
  overran: boolean;
  exit: EventData<'phase.ended'>['exit'];
}

export interface MasterState {
  readonly name: MasterName;
  /** Its budget as it stands: what the plan gave it, and what was moved since. */
  tokens: number;
  microDollars: number;
  status: 'pending' | 'active' | 'reported' | 'failed';
  expertise: string;
  activatedAt?: string;
  reportedAt?: string;
  report?: EventData<'master.reported'>;
  usedTokens: number;
  usedMicroDollars: number;
}

export interface TaskState {
  readonly declared: EventData<'execution.started'>['tasks'][number];
  master: MasterName | null;
  status: TaskStatus;
  queuedAt?: string;
  endedAt?: string;
  attempts: number;
  route?: EventData<'task.routed'>;
  /** Set when complete. */
  result?: string;
  resultStatus?: ResultStatus;
  summary?: string;
  counts?: ResultCounts;
  /** Why it was skipped, blocked or failed. */
  reason?: string;
  missing?: string;
}

export interface WorkerState {
  readonly worker: string;
  readonly task: string;
  readonly master: MasterName;
  readonly attempt: number;
  readonly kind: string;
  readonly capability: string;
  /** Where it was sent; once the cluster has placed it, the node that it got. */
  node: string;
  /** Set once the cluster has placed it. */
  pod?: string;
  /** Why it had no place, in the order in which it was said. */
  readonly waits: { readonly reason: string; readonly detail: string }[];
  readonly startedAt: string;
  status: 'running' | 'completed' | 'failed';
  endedAt?: string;
  durationMs?: number;
  cpuMs?: number;
  peakBytes?: number;
  result?: string;
  failure?: {
    readonly class: FailureClass;
    readonly cause?: DisruptionCause | undefined;
    readonly detail: string;
    readonly hint: string;
    readonly retries: boolean;
  };
  usage?: Usage;
}

export interface EscalationState {
  readonly raised: EventData<'escalation.raised'>;
  readonly at: string;
  answer?: { readonly choice: string; readonly by: string };
}

/** Who took a name last, and who had it before. */
export interface ClaimState {
  readonly owner: string;
  readonly fence: number;
  readonly before: string | null;
  released: boolean;
}

/** A result of one master that another waits for. */
export interface HandoffState {
  readonly requested: EventData<'handoff.requested'>;
  readonly at: string;
  pickedAt?: string;
  expired?: string;
}

/** What the nodes and workers of a cluster used at one moment. */
export type ClusterSample = Omit<EventData<'cluster.sampled'>, 'leg'> & { readonly at: string };

/** What was seen of the cluster that workers ran on. */
export interface ClusterState {
  watchLost: number;
  /** Milliseconds without contact, over all processes. */
  gapMs: number;
  readonly samples: ClusterSample[];
  /** Why there are no samples. */
  unsampled?: string;
}

/** All that the log says, folded. Built by `foldEvents`, changed by `applyEvent` alone. */
export interface ExecutionState {
  readonly id: string;
  started?: EventData<'execution.started'>;
  startedAt?: string;
  resumed: number;
  preflight?: EventData<'preflight.checked'>;
  snapshot?: EventData<'snapshot.taken'>;
  readonly phases: Map<PhaseName, PhaseState>;
  readonly masters: Map<MasterName, MasterState>;
  readonly tasks: Map<string, TaskState>;
  readonly workers: Map<string, WorkerState>;
  readonly reservations: Map<string, Omit<EventData<'budget.settled'>, 'key'>>;
  readonly settled: Set<string>;
  readonly refusals: EventData<'budget.refused'>[];
  /** Requests for budget that nobody has answered, by their key. */
  readonly requests: Map<string, EventData<'budget.requested'>>;
  readonly moves: Map<string, EventData<'budget.moved'>>;
  readonly denials: Map<string, EventData<'budget.denied'>>;
  readonly handoffs: Map<string, HandoffState>;
  /** What each master would like to change; a master that is not here has not said yet. */
  readonly pathClaims: Map<MasterName, EventData<'paths.claimed'>['changes']>;
  pathsSettled?: EventData<'paths.settled'>['held'];
  /** The last taking of each name. */
  readonly claims: Map<string, ClaimState>;
  readonly legs: EventData<'leg.joined'>[];
  /** What the processes measured of their store, by leg. */
  readonly measured: Map<string, EventData<'leg.measured'>>;
  readonly cluster: ClusterState;
  /** Who asked for the end of the whole execution. */
  cancelledBy?: string;
  readonly silences: EventData<'master.silent'>[];
  readonly adoptions: EventData<'master.adopted'>[];
  readonly changes: Map<string, EventData<'change.judged'>>;
  readonly escalations: Map<string, EscalationState>;
  totals?: Totals;
  aggregate?: string;
  criteria?: readonly CriterionResult[];
  aggregatedAt?: string;
  files?: EventData<'report.written'>['files'];
  ended?: EventData<'execution.ended'>;
  endedAt?: string;
  lastSeq: number;
  lastAt?: string;
  /** Sequence numbers that are missing from the log. */
  gaps: number;
}

/** When the store kept an event, and the fence of its writer's claim. */
export type Kept = Pick<Event, 'at' | 'fence'>;

/** How an event changes the state. */
export type Reducer<T extends EventType> = (state: ExecutionState, data: EventData<T>, kept: Kept) => void;
