import { z } from 'zod';
import { disruptionCauses, waitingReasons } from './attempt.ts';
import { clusterEventData } from './cluster-events.ts';
import { coordinationEventData } from './coordination-events.ts';
import { sha256Schema } from './finding.ts';
import { resultStatuses, usageSchema } from './result.ts';
import { masterNames, phaseNames, priorities, workerKinds } from './words.ts';

const count = z.int().min(0);
const master = z.enum(masterNames);
const phase = z.enum(phaseNames);
const kind = z.enum(workerKinds);

/** Why an attempt ended without an accepted result; each class has its own cap of further attempts. */
export const failureClasses = [
  /** Ended from outside: evicted, preempted, node lost, the runner's own death. Not the worker's fault. */
  'disruption',
  'out-of-memory',
  'timeout',
  /** The worker asked to be tried again (exit 75). */
  'try-again',
  /** An error of the worker itself. */
  'crash',
  /** The result broke the protocol. */
  'protocol',
  'refused',
  'no-access',
  'budget-spent',
  'bad-task',
  'cancelled',
] as const;
export type FailureClass = (typeof failureClasses)[number];

const workerPlace = { worker: z.string(), task: z.string(), master };
const workerRef = { worker: z.string(), task: z.string(), master, attempt: z.int().min(1) };

const declaredTask = z.strictObject({
  id: z.string(),
  title: z.string(),
  /** Null for a task that rules still have to route. */
  master: master.nullable(),
  kind,
  capability: z.string(),
  priority: z.enum(priorities),
  needs: z.array(z.string()),
  tokens: count,
  timeoutMs: count,
  inputs: z.record(z.string(), z.json()),
});

const counts = z.strictObject({
  findings: count,
  silenced: count,
  assets: count,
  measurements: count,
  changes: count,
  reviews: count,
  unread: count,
});
export type ResultCounts = z.infer<typeof counts>;

/** The totals that aggregation counted over all joined results; each also stands in the aggregate document. */
const totals = z.strictObject({
  results: z.strictObject({ expected: count, aggregated: count }),
  findings: z.strictObject({
    total: count,
    critical: count,
    high: count,
    medium: count,
    low: count,
    info: count,
    silenced: count,
  }),
  vulnerabilities: z.strictObject({ found: count, fixed: count }).optional(),
  assets: z.strictObject({ before: count, after: count, discovered: count }),
  changes: z.strictObject({ proposed: count, proven: count, rejected: count }),
  workflows: z.strictObject({ findings: count, fixable: count, fixed: count }).optional(),
  tests: z.strictObject({ suites: count, cases: count, skipped: count, added: count.optional() }).optional(),
  coverage: z.strictObject({ before: z.number(), after: z.number().optional() }).optional(),
});
export type Totals = z.infer<typeof totals>;

export const criterionOutcomes = ['met', 'failed', 'unknown', 'not-applicable'] as const;

/** What a criterion came to, with the facts it was judged by. */
export const criterionResultSchema = z.strictObject({
  id: z.string(),
  title: z.string(),
  level: z.enum(['gate', 'target']),
  scope: z.enum(['system', 'master', 'business']),
  outcome: z.enum(criterionOutcomes),
  check: z.string(),
  /** The facts the check used, as seen; absent facts are left out. */
  facts: z.record(z.string(), z.json()),
  /** Why it is not applicable, or which facts were not seen. */
  reason: z.string().optional(),
});
export type CriterionResult = z.infer<typeof criterionResultSchema>;

/** Every kind of event with the shape of its data. A new kind is one entry here and one reducer in `execution/`. */
export const eventData = {
  'execution.started': z.strictObject({
    plan: z.strictObject({ name: z.string(), file: z.string(), digest: sha256Schema, blob: sha256Schema }),
    repository: z.string(),
    commit: z.string(),
    simulated: z.boolean(),
    doors: z.strictObject({
      redis: z.boolean(),
      cluster: z.boolean(),
      model: z.boolean(),
      catalog: z.boolean(),
      github: z.boolean(),
    }),
    deadlineMs: count,
    phases: z.record(phase, count),
    budget: z.strictObject({
      tokens: count,
      microDollars: count,
      reserveTokens: count,
      reserveMicroDollars: count,
    }),
    masters: z.array(z.strictObject({ name: master, tokens: count, microDollars: count })),
    tasks: z.array(declaredTask),
  }),
  'execution.resumed': z.strictObject({ relaunching: z.array(z.string()) }),
  'phase.started': z.strictObject({ phase, limitMs: count }),
  'phase.overran': z.strictObject({ phase, limitMs: count }),
  'phase.ended': z.strictObject({
    phase,
    tookMs: count,
    exit: z.array(z.strictObject({ id: z.string(), met: z.boolean(), detail: z.string() })),
  }),
  'preflight.checked': z.strictObject({
    checks: z.array(
      z.strictObject({
        check: z.string(),
        /** Null: not asked, because the run has no such door. */
        ok: z.boolean().nullable(),
        seen: z.string(),
        needed: z.string(),
        remedy: z.string().optional(),
      }),
    ),
    /** Assets known from the execution before, and the list itself; null where there was none. */
    baseline: z.strictObject({ assets: count, source: z.string().nullable(), list: sha256Schema.nullable() }),
  }),
  'snapshot.taken': z.strictObject({
    manifest: sha256Schema,
    files: count,
    bytes: count,
    leftOut: z.array(z.strictObject({ path: z.string(), reason: z.string() })),
  }),
  'task.routed': z.strictObject({
    task: z.string(),
    master,
    strategy: z.enum(['declared', 'single_expert', 'single_expert_low_confidence']),
    confidence: z.number().min(0).max(1),
    reason: z.string(),
  }),
  'task.queued': z.strictObject({ task: z.string(), master, waitsFor: z.array(z.string()) }),
  'task.skipped': z.strictObject({ task: z.string(), master, missing: z.string(), reason: z.string() }),
  'task.blocked': z.strictObject({ task: z.string(), master, by: z.array(z.string()) }),
  'task.completed': z.strictObject({
    task: z.string(),
    master,
    worker: z.string(),
    result: sha256Schema,
    status: z.enum(resultStatuses),
    summary: z.string(),
    counts,
  }),
  'task.failed': z.strictObject({
    task: z.string(),
    master,
    attempts: count,
    code: z.string(),
    message: z.string(),
    hint: z.string(),
  }),
  'master.activated': z.strictObject({ master, tasks: count, expertise: z.string() }),
  'master.reported': z.strictObject({
    master,
    outcome: z.enum(['complete', 'partial', 'failed']),
    done: count,
    failed: count,
    blocked: count,
    skipped: count,
    summary: z.string(),
  }),
  'worker.launched': z.strictObject({
    ...workerRef,
    kind,
    capability: z.string(),
    node: z.string(),
    document: sha256Schema,
  }),
  'worker.finished': z.strictObject({
    ...workerRef,
    status: z.enum(resultStatuses),
    result: sha256Schema,
    usage: usageSchema,
    durationMs: count,
    cpuMs: count,
    peakBytes: count,
  }),
  /** The cluster has given it a node. */
  'worker.placed': z.strictObject({ ...workerPlace, pod: z.string(), node: z.string() }),
  /** It has no place yet; said once for each reason. */
  'worker.waiting': z.strictObject({ ...workerPlace, reason: z.enum(waitingReasons), detail: z.string() }),
  'worker.lost': z.strictObject({
    ...workerRef,
    class: z.enum(failureClasses),
    /** What ended it from outside, as far as it was seen. */
    cause: z.enum(disruptionCauses).optional(),
    detail: z.string(),
    hint: z.string(),
    usage: usageSchema,
    durationMs: count,
    /** Null: no further attempt. */
    retryInMs: count.nullable(),
  }),
  'change.judged': z.strictObject({
    change: sha256Schema,
    task: z.string(),
    master,
    title: z.string(),
    verdict: z.enum(['proven', 'rejected']),
    reason: z.string(),
  }),
  'results.aggregated': z.strictObject({ totals, document: sha256Schema }),
  'criteria.evaluated': z.strictObject({ criteria: z.array(criterionResultSchema) }),
  'report.written': z.strictObject({ files: z.array(z.strictObject({ path: z.string(), sha256: sha256Schema })) }),
  ...coordinationEventData,
  ...clusterEventData,
  'execution.ended': z.strictObject({
    status: z.enum(['complete', 'partial', 'failed', 'cancelled']),
    exitCode: count,
    reason: z.string(),
  }),
} as const;

export type EventType = keyof typeof eventData;
export type EventData<T extends EventType> = z.infer<(typeof eventData)[T]>;
export const eventTypes = Object.keys(eventData) as readonly EventType[];

/** An event as the store keeps it: the store gives `seq` (from 1, without gaps) and `at` (ISO 8601, UTC). */
export type EventOf<T extends EventType> = {
  readonly v: 1;
  readonly seq: number;
  readonly at: string;
  /** Chosen by the writer; the store drops an id that it knows, so an append may be repeated. */
  readonly id: string;
  readonly actor: string;
  /** Fencing token of the writer's claim; a stale one is refused. */
  readonly fence: number;
  readonly type: T;
  readonly data: EventData<T>;
};
export type Event = { [T in EventType]: EventOf<T> }[EventType];

/** An event as its writer gives it. */
export type NewEvent = { [T in EventType]: Omit<EventOf<T>, 'v' | 'seq' | 'at'> }[EventType];

const envelope = z.looseObject({
  v: z.literal(1),
  seq: z.int().min(1),
  at: z.string(),
  id: z.string().min(1),
  actor: z.string(),
  fence: z.int().min(0),
  type: z.enum(eventTypes as [EventType, ...EventType[]]),
});

/** Checks an event read from outside: its envelope and the data of its type. Throws a ZodError. */
export function parseEvent(value: unknown): Event {
  // By hand, and by the schema only to say what is wrong: logs are long, and this is most of the work of reading one.
  if (!hasEnvelope(value)) envelope.parse(value);
  const { seq, at, id, actor, fence, type, data } = value as Event;
  return { v: 1, seq, at, id, actor, fence, type, data: eventData[type].parse(data) } as Event;
}

function hasEnvelope(value: unknown): boolean {
  const { v, seq, at, id, actor, fence, type } = (value ?? {}) as Partial<Record<keyof Event, unknown>>;
  const isText = typeof at === 'string' && typeof id === 'string' && id !== '' && typeof actor === 'string';
  return v === 1 && isText && isCount(seq) && seq > 0 && isCount(fence) && Object.hasOwn(eventData, String(type));
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
