import type { Event, EventData, EventType, NewEvent } from '../../src/protocol/event.ts';
import { noUsage, type Usage } from '../../src/protocol/result.ts';
import type { MasterName } from '../../src/protocol/words.ts';
import { sha256 } from '../../src/shared/canonical.ts';

export const executionId = 'CORTEX-EXEC-2026-01-02-030405';

/** The moment of the first event; each further one comes a second later. */
export const logStart = Date.parse('2026-01-02T03:04:05.000Z');

/** When the event with that sequence number was kept. */
export function timeOf(seq: number): string {
  return new Date(logStart + (seq - 1) * 1000).toISOString();
}

/** An event as its writer gives it; its id is unique by its type and `key`. */
export function newEvent<T extends EventType>(type: T, data: EventData<T>, key = ''): NewEvent {
  return { id: `${type}:${key}`, actor: 'cortex', fence: 0, type, data } as NewEvent;
}

/** The events as a store keeps them: numbered from 1, a second apart. */
export function logOf(...given: readonly NewEvent[]): readonly Event[] {
  return given.map((event, index) => ({ v: 1, seq: index + 1, at: timeOf(index + 1), ...event }) as Event);
}

type Declared = EventData<'execution.started'>['tasks'][number];

export function declaredTask(id: string, overrides: Partial<Declared> = {}): Declared {
  return {
    id,
    title: `Do ${id}`,
    master: 'security-master',
    kind: 'scan-worker',
    capability: 'secrets',
    priority: 'medium',
    needs: [],
    tokens: 100,
    timeoutMs: 60_000,
    inputs: {},
    ...overrides,
  };
}

/** Two masters, one task; 1000 tokens and a tenth of them reserve. */
export function started(overrides: Partial<EventData<'execution.started'>> = {}): NewEvent {
  const minute = 60_000;
  return newEvent('execution.started', {
    plan: { name: 'small', file: 'plans/small.yaml', digest: sha256('digest'), blob: sha256('plan') },
    repository: 'example/shop',
    commit: 'c'.repeat(40),
    simulated: false,
    doors: { redis: false, cluster: false, model: false, catalog: false, github: false },
    deadlineMs: 60 * minute,
    phases: {
      preflight: minute,
      activation: minute,
      distribution: minute,
      execution: minute,
      aggregation: minute,
      report: minute,
    },
    budget: { tokens: 1000, microDollars: 10_000, reserveTokens: 100, reserveMicroDollars: 1000 },
    masters: [
      { name: 'coordinator-master', tokens: 100, microDollars: 1000 },
      { name: 'security-master', tokens: 500, microDollars: 5000 },
    ],
    tasks: [declaredTask('scan')],
    ...overrides,
  });
}

interface WorkerRef {
  readonly task: string;
  readonly attempt?: number;
  readonly master?: MasterName;
}

function refOf({ task, attempt = 1, master = 'security-master' }: WorkerRef): {
  worker: string;
  task: string;
  master: MasterName;
  attempt: number;
} {
  return { worker: `${task}-${attempt}`, task, master, attempt };
}

export function launched(ref: WorkerRef, overrides: Partial<EventData<'worker.launched'>> = {}): NewEvent {
  const own = refOf(ref);
  const base = { kind: 'scan-worker', capability: 'secrets', node: 'node-1', document: sha256('document') } as const;
  return newEvent('worker.launched', { ...own, ...base, ...overrides }, own.worker);
}

export function finished(ref: WorkerRef, overrides: Partial<EventData<'worker.finished'>> = {}): NewEvent {
  const own = refOf(ref);
  const base = { status: 'done', result: sha256(ref.task), usage: noUsage, durationMs: 1500 } as const;
  const resources = { cpuMs: 700, peakBytes: 50 * 1024 * 1024 };
  return newEvent('worker.finished', { ...own, ...base, ...resources, ...overrides }, own.worker);
}

export function lost(ref: WorkerRef, overrides: Partial<EventData<'worker.lost'>> = {}): NewEvent {
  const own = refOf(ref);
  const base = { class: 'crash', detail: 'exit code 70', hint: 'Read its log.', durationMs: 300 } as const;
  return newEvent('worker.lost', { ...own, ...base, usage: noUsage, retryInMs: null, ...overrides }, own.worker);
}

export function completed(task: string, overrides: Partial<EventData<'task.completed'>> = {}): NewEvent {
  const counts = { findings: 0, silenced: 0, assets: 0, measurements: 0, changes: 0, reviews: 0, unread: 0 };
  const base = { task, master: 'security-master', worker: `${task}-1`, result: sha256(task), status: 'done' } as const;
  return newEvent('task.completed', { ...base, summary: `${task} is done`, counts, ...overrides }, task);
}

export function usageOf(tokens: number): Usage {
  return { ...noUsage, inputTokens: tokens, microDollars: tokens * 10 };
}

/** What a booking of the security master's budget says. */
export function booking(key: string, tokens: number): EventData<'budget.settled'> {
  return { account: 'security-master', key, tokens, microDollars: tokens * 10 };
}

/** What a reservation says that expires a minute after the log began. */
export function reservation(key: string, tokens: number): EventData<'budget.reserved'> {
  return { ...booking(key, tokens), expiresAt: timeOf(61) };
}

/** The totals of a run in which nothing was found. */
export function totals(overrides: Partial<EventData<'results.aggregated'>['totals']> = {}): NewEvent {
  return newEvent('results.aggregated', {
    totals: {
      results: { expected: 1, aggregated: 1 },
      findings: { total: 0, critical: 0, high: 0, medium: 0, low: 0, info: 0, silenced: 0 },
      assets: { before: 0, after: 0, discovered: 0 },
      changes: { proposed: 0, proven: 0, rejected: 0 },
      ...overrides,
    },
    document: sha256('aggregate'),
  });
}
