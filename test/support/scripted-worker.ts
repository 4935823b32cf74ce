import { createSlots } from '../../src/masters/slots.ts';
import { openBoard, type Board } from '../../src/masters/board.ts';
import type { Outcome } from '../../src/protocol/attempt.ts';
import type { MasterContext, WorkerLauncher } from '../../src/masters/context.ts';
import { runLeg } from '../../src/masters/leg.ts';
import { runPhase } from '../../src/masters/phases.ts';
import { localDoors } from '../../src/entry/run/doors.ts';
import { openingEvents, routePlan, type RoutedPlan } from '../../src/entry/run/start.ts';
import { openFileStore } from '../../src/coordination/file/file-store.ts';
import type { ExecutionState } from '../../src/execution/execution-state.ts';
import { foldEvents } from '../../src/execution/state.ts';
import type { Store } from '../../src/coordination/store.ts';
import type { Plan } from '../../src/plan/plan.ts';
import type { Event, EventData, EventType, FailureClass, NewEvent } from '../../src/protocol/event.ts';
import { emptyResult, noUsage, type Result, type Usage } from '../../src/protocol/result.ts';
import { taskSchema, type Task } from '../../src/protocol/task.ts';
import { sha256 } from '../../src/shared/canonical.ts';
import { executionId } from './events.ts';

const head = { commit: 'c'.repeat(40), repository: 'acme/shop' };

/** What the worker of a task does: part of a result, or the class that it is lost by. */
export type Deed = Partial<Result> | { readonly lost: FailureClass; readonly usage?: Usage };
export type Script = (task: Task) => Deed | Promise<Deed>;

/** Work that ends when the test says so. */
export function heldWork(): { readonly done: Promise<Deed>; readonly finish: (deed?: Deed) => void } {
  let finish: (deed: Deed) => void = () => undefined;
  const done = new Promise<Deed>((resolve) => (finish = resolve));
  return { done, finish: (deed = {}) => finish(deed) };
}

export function resultWith(parts: Partial<Result> = {}): Result {
  return { ...emptyResult('done', 'as it was told'), ...parts };
}

/** A launcher whose workers run here: they read their task from the store, and leave result and envelope as real ones do. */
export function scriptedLauncher(store: Store, script: Script): WorkerLauncher & { readonly launches: string[] } {
  const launches: string[] = [];
  const work = async (worker: string, document: string): Promise<Outcome> => {
    const task = taskSchema.parse(JSON.parse(Buffer.from(await store.getBlob(document)).toString('utf8')));
    const deed = await script(task);
    const envelope = { v: 1, worker, attempt: task.attempt, resources: { cpuMs: 1, peakBytes: 1 } } as const;
    if ('lost' in deed) {
      const failed = {
        ...envelope,
        status: 'failed',
        exitCode: 70,
        result: null,
        usage: deed.usage ?? noUsage,
      } as const;
      return { kind: 'lost', class: deed.lost, detail: 'by order', envelope: failed, durationMs: 1 };
    }
    const result = resultWith(deed);
    const hash = await store.putBlob(JSON.stringify(result));
    const { status, usage } = result;
    return { kind: 'returned', envelope: { ...envelope, status, exitCode: 0, result: hash, usage }, durationMs: 1 };
  };
  return {
    node: 'here',
    waitMs: 0,
    launches,
    launch: ({ worker, document }) => {
      launches.push(worker);
      return Promise.resolve({ node: 'here', outcome: work(worker, document) });
    },
  };
}

export interface WorkedRun {
  readonly events: readonly Event[];
  readonly state: ExecutionState;
  readonly launches: readonly string[];
  readonly dataOf: <T extends EventType>(type: T) => readonly EventData<T>[];
}

export interface RunOptions {
  readonly directory: string;
  readonly script?: Script;
  readonly launcher?: (store: Store) => WorkerLauncher;
  readonly context?: Partial<MasterContext>;
  /** Looks at the context before the masters start. */
  readonly before?: (context: MasterContext, store: Store) => Promise<void>;
}

/** All masters of a plan in one process, from their claims to their reports, over a file store and scripted workers. */
export async function runMasters(plan: Plan, options: RunOptions): Promise<WorkedRun> {
  const now = options.context?.now ?? Date.now;
  const store = openFileStore({ directory: options.directory, clock: { now } });
  const launcher = scriptedLauncher(store, options.script ?? (() => ({})));
  const stop = new AbortController();
  const board = openBoard({ id: executionId, source: store }, stop.signal);
  const routed = routePlan(plan);
  const doors = { store, board, launcher: options.launcher?.(store) ?? launcher, now };
  const context: MasterContext = { ...contextOf(routed, doors), signal: stop.signal, ...options.context };
  await board.write(...openingOf(routed));
  await options.before?.(context, store);
  const phases = async (): Promise<void> => {
    const run = { board, limits: plan.phases, now: Date.now, signal: stop.signal };
    for (const phase of ['activation', 'distribution', 'execution'] as const) await runPhase(phase, run);
  };
  await Promise.all([phases(), runLeg(routed.assignments, context)]);
  const events = await store.read();
  stop.abort();
  await store.close();
  return workedRun(events, launcher.launches);
}

/** How an execution of the plan begins. */
export function openingOf(routed: RoutedPlan): readonly NewEvent[] {
  const plan = { name: routed.plan.name, file: 'plan.yaml', digest: sha256('digest'), blob: sha256('plan') };
  return openingEvents({ routed, plan, head, doors: localDoors, simulated: false });
}

/** The context of a process that runs all masters by itself, and asks nobody. */
export function contextOf(
  { plan, tasks }: RoutedPlan,
  doors: { store: Store; board: Board; launcher: WorkerLauncher; now: () => number },
): Omit<MasterContext, 'signal'> {
  return {
    ...doors,
    execution: executionId,
    leg: executionId,
    own: new Set(plan.masters.map((master) => master.name)),
    shared: false,
    leaseMs: 3000,
    patienceMs: 1000,
    answerWaitMs: 0,
    measure: () => Promise.resolve(),
    slots: createSlots(4, Date.now),
    workspace: sha256('workspace'),
    history: () => doors.store.putBlob('history'),
    tasks,
    doors: { model: false },
    rehearsal: undefined,
    publishPaths: plan.publish.paths,
    fences: new Map(),
    answers: plan.escalations.severities,
    deadlineAt: doors.now() + plan.deadlineMs,
    retryBaseMs: 1,
  };
}

export function workedRun(events: readonly Event[], launches: readonly string[]): WorkedRun {
  return {
    events,
    state: foldEvents(executionId, events),
    launches,
    dataOf: (type) => events.flatMap((event) => (event.type === type ? [event.data as EventData<typeof type>] : [])),
  };
}
