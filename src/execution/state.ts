/**
 * `execution/` turns the event log into all that people look at: state files, timeline, facts, criteria.
 * Pure functions of events; imports `protocol` and `shared` only.
 */
import type { Event, EventData, EventType } from '../protocol/event.ts';
import type { MasterName } from '../protocol/words.ts';
import { clusterReducers } from './cluster-state.ts';
import { coordinationReducers } from './coordination-state.ts';
import type { ExecutionState, Kept, MasterState, Reducer, TaskState, WorkerState } from './execution-state.ts';

/** The state of an execution before its first event. */
export function emptyState(id: string): ExecutionState {
  return {
    id,
    resumed: 0,
    phases: new Map(),
    masters: new Map(),
    tasks: new Map(),
    workers: new Map(),
    reservations: new Map(),
    settled: new Set(),
    refusals: [],
    requests: new Map(),
    moves: new Map(),
    denials: new Map(),
    handoffs: new Map(),
    pathClaims: new Map(),
    claims: new Map(),
    legs: [],
    measured: new Map(),
    cluster: { watchLost: 0, gapMs: 0, samples: [] },
    silences: [],
    adoptions: [],
    changes: new Map(),
    escalations: new Map(),
    lastSeq: 0,
    gaps: 0,
  };
}

/** The state that a log amounts to. */
export function foldEvents(id: string, events: Iterable<Event>): ExecutionState {
  const state = emptyState(id);
  for (const event of events) applyEvent(state, event);
  return state;
}

/** Takes the next event into the state, in place. */
export function applyEvent(state: ExecutionState, event: Event): void {
  state.gaps += Math.max(0, event.seq - state.lastSeq - 1);
  state.lastSeq = event.seq;
  state.lastAt = event.at;
  (reducers[event.type] as Reducer<EventType>)(state, event.data, event);
}

const reducers: { readonly [T in EventType]: Reducer<T> } = {
  'execution.started': startExecution,
  'execution.resumed': (state) => {
    state.resumed += 1;
  },
  'phase.started': (state, data, { at }) => {
    if (!state.phases.has(data.phase))
      state.phases.set(data.phase, { limitMs: data.limitMs, startedAt: at, overran: false, exit: [] });
  },
  'phase.overran': (state, data) => {
    const phase = state.phases.get(data.phase);
    if (phase) phase.overran = true;
  },
  'phase.ended': (state, data, { at }) => {
    const phase = state.phases.get(data.phase);
    if (phase) Object.assign(phase, { endedAt: at, tookMs: data.tookMs, exit: data.exit });
  },
  'preflight.checked': (state, data) => {
    state.preflight = data;
  },
  'snapshot.taken': (state, data) => {
    state.snapshot = data;
  },
  'task.routed': (state, data) => changeTask(state, data.task, { master: data.master, route: data }),
  'task.queued': (state, data, { at }) =>
    changeTask(state, data.task, { master: data.master, status: 'queued', queuedAt: at }),
  'task.skipped': (state, data, { at }) =>
    changeTask(state, data.task, { status: 'skipped', endedAt: at, reason: data.reason, missing: data.missing }),
  'task.blocked': (state, data, { at }) =>
    changeTask(state, data.task, {
      status: 'blocked',
      endedAt: at,
      reason: `needs ${data.by.join(', ')}, which did not complete or was answered with stop`,
    }),
  'task.completed': (state, data, { at }) =>
    changeTask(state, data.task, {
      status: 'complete',
      endedAt: at,
      result: data.result,
      resultStatus: data.status,
      summary: data.summary,
      counts: data.counts,
    }),
  'task.failed': (state, data, { at }) =>
    changeTask(state, data.task, { status: 'failed', endedAt: at, reason: `${data.code}: ${data.message}` }),
  'master.activated': (state, data, { at }) =>
    changeMaster(state, data.master, { status: 'active', activatedAt: at, expertise: data.expertise }),
  'master.reported': (state, data, { at }) =>
    changeMaster(state, data.master, {
      status: data.outcome === 'failed' ? 'failed' : 'reported',
      reportedAt: at,
      report: data,
    }),
  'worker.launched': launchWorker,
  'worker.placed': (state, { worker, pod, node }) => changeWorker(state, worker, { pod, node }),
  'worker.waiting': (state, { worker, reason, detail }) => {
    state.workers.get(worker)?.waits.push({ reason, detail });
  },
  'worker.finished': (state, data, { at }) => {
    const { durationMs, cpuMs, peakBytes, result, usage } = data;
    changeWorker(state, data.worker, { status: 'completed', endedAt: at, durationMs, cpuMs, peakBytes, result, usage });
  },
  'worker.lost': (state, data, { at }) => {
    const failure = {
      class: data.class,
      cause: data.cause,
      detail: data.detail,
      hint: data.hint,
      retries: data.retryInMs !== null,
    };
    changeWorker(state, data.worker, {
      status: 'failed',
      endedAt: at,
      durationMs: data.durationMs,
      failure,
      usage: data.usage,
    });
  },
  'change.judged': (state, data) => {
    state.changes.set(data.change, data);
  },
  'results.aggregated': (state, data, { at }) => {
    state.totals = data.totals;
    state.aggregate = data.document;
    state.aggregatedAt = at;
  },
  'criteria.evaluated': (state, data) => {
    state.criteria = data.criteria;
  },
  'report.written': (state, data) => {
    state.files = data.files;
  },
  'execution.ended': (state, data, { at }) => {
    state.ended = data;
    state.endedAt = at;
  },
  ...coordinationReducers,
  ...clusterReducers,
};

function startExecution(state: ExecutionState, data: EventData<'execution.started'>, { at }: Kept): void {
  state.started = data;
  state.startedAt = at;
  for (const { name, tokens, microDollars } of data.masters) {
    state.masters.set(name, {
      name,
      tokens,
      microDollars,
      status: 'pending',
      expertise: '',
      usedTokens: 0,
      usedMicroDollars: 0,
    });
  }
  for (const declared of data.tasks) {
    state.tasks.set(declared.id, { declared, master: declared.master, status: 'pending', attempts: 0 });
  }
}

function launchWorker(state: ExecutionState, data: EventData<'worker.launched'>, { at }: Kept): void {
  const { worker, task, master, attempt, kind, capability, node } = data;
  state.workers.set(worker, {
    worker,
    task,
    master,
    attempt,
    kind,
    capability,
    node,
    waits: [],
    startedAt: at,
    status: 'running',
  });
  const held = state.tasks.get(task);
  if (held) Object.assign(held, { status: 'running', attempts: Math.max(held.attempts, attempt) });
}

function changeTask(state: ExecutionState, id: string, change: Partial<TaskState>): void {
  const task = state.tasks.get(id);
  if (task) Object.assign(task, change);
}

function changeMaster(state: ExecutionState, name: MasterName, change: Partial<MasterState>): void {
  const master = state.masters.get(name);
  if (master) Object.assign(master, change);
}

function changeWorker(state: ExecutionState, name: string, change: Partial<WorkerState>): void {
  const worker = state.workers.get(name);
  if (worker) Object.assign(worker, change);
}
