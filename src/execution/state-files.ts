import { totalTokens } from '../protocol/result.ts';
import type { ExecutionState, MasterState, TaskState, WorkerState } from './execution-state.ts';
import { handoffRecord } from './handoff-records.ts';
import { utilisationRecord } from './utilisation.ts';

/** One state file: its path below `coordination/`, and its content, with the field names it has always had. */
export interface StateFile {
  readonly path: string;
  readonly content: object;
}

const contents: Readonly<Record<string, (state: ExecutionState) => object>> = {
  'current-execution.json': currentExecution,
  'master-activation.json': masterActivation,
  'worker-distribution.json': workerDistribution,
  'task-queue.json': taskQueue,
  'worker-pool.json': workerPool,
  'execution-plans/preflight-report.json': preflightReport,
};

/** Where state files lie, below `coordination/`. */
export const stateFilePaths: readonly string[] = Object.keys(contents);

/** Every state file of an execution, as its events stand. */
export function stateFiles(state: ExecutionState): readonly StateFile[] {
  return Object.entries(contents).map(([path, contentOf]) => ({ path, content: contentOf(state) }));
}

function currentExecution(state: ExecutionState): object {
  const masters = [...state.masters.values()];
  const workers = [...state.workers.values()];
  return {
    execution_id: state.id,
    plan: state.started?.plan.name ?? null,
    simulated: state.started?.simulated ?? false,
    started_at: state.startedAt ?? null,
    phase: currentPhase(state),
    status: state.ended?.status ?? (state.started ? 'running' : 'pending'),
    masters_active: masters.filter((master) => master.status === 'active').length,
    workers_active: workers.filter((worker) => worker.status === 'running').length,
    workers_completed: workers.filter((worker) => worker.status === 'completed').length,
    workers_failed: workers.filter((worker) => worker.status === 'failed').length,
    token_budget: state.started?.budget.tokens ?? 0,
    tokens_used: tokensUsed(state),
    completed_at: state.endedAt ?? null,
    last_event: state.lastSeq,
    updated_at: state.lastAt ?? null,
  };
}

function masterActivation(state: ExecutionState): object {
  return {
    execution_id: state.id,
    masters: Object.fromEntries(
      [...state.masters.values()].map((master) => [master.name, masterRecord(state, master)]),
    ),
  };
}

function masterRecord(state: ExecutionState, master: MasterState): object {
  const tasks = [...state.tasks.values()].filter((task) => task.master === master.name);
  const workers = [...state.workers.values()].filter((worker) => worker.master === master.name);
  return {
    status: master.status,
    expertise_area: master.expertise,
    activated_at: master.activatedAt ?? null,
    reported_at: master.reportedAt ?? null,
    tasks_active: tasks.filter((task) => task.status === 'queued' || task.status === 'running').length,
    tasks_total: tasks.length,
    workers_spawned: workers.length,
    token_budget: master.tokens,
    tokens_used: master.usedTokens,
    outcome: master.report?.outcome ?? null,
    summary: master.report?.summary ?? null,
  };
}

function workerDistribution(state: ExecutionState): object {
  const nodes: Record<string, object[]> = {};
  const isCluster = state.started?.doors.cluster === true;
  for (const worker of state.workers.values()) {
    const node = isCluster && !worker.pod ? 'unplaced' : worker.node;
    (nodes[node] ??= []).push(workerRecord(worker));
  }
  return {
    execution_id: state.id,
    workers_total: state.workers.size,
    nodes,
    ...(isCluster ? { utilisation: utilisationRecord(state) } : {}),
  };
}

function taskQueue(state: ExecutionState): object {
  return {
    execution_id: state.id,
    tasks: [...state.tasks.values()].map((task) => taskRecord(state, task)),
    handoffs: [...state.handoffs.values()].map((handoff) => handoffRecord(state, handoff)),
  };
}

const recordedStatus: Readonly<Record<TaskState['status'], string>> = {
  pending: 'pending',
  queued: 'assigned',
  running: 'worker_spawned',
  complete: 'completed',
  failed: 'failed',
  blocked: 'blocked',
  skipped: 'skipped',
};

function taskRecord(state: ExecutionState, task: TaskState): object {
  return {
    task_id: task.declared.id,
    title: task.declared.title,
    master: task.master,
    worker_type: task.declared.kind,
    capability: task.declared.capability,
    priority: task.declared.priority,
    status: recordedStatus[task.status],
    created_at: state.startedAt ?? null,
    queued_at: task.queuedAt ?? null,
    completed_at: task.endedAt ?? null,
    dependencies: task.declared.needs,
    attempts: task.attempts,
    routing_strategy: task.route?.strategy ?? null,
    routing_confidence: task.route?.confidence ?? null,
    routing_reason: task.route?.reason ?? null,
    result: task.result ?? null,
    summary: task.summary ?? null,
    reason: task.reason ?? null,
  };
}

function workerPool(state: ExecutionState): object {
  const workers = [...state.workers.values()];
  const named = (status: WorkerState['status']): object[] =>
    workers.filter((worker) => worker.status === status).map(workerRecord);
  return {
    execution_id: state.id,
    active_workers: named('running'),
    completed_workers: named('completed'),
    failed_workers: named('failed'),
    disruptions: disruptionsByCause(workers),
  };
}

/** Attempts that were ended from outside, by what was seen to end them. */
function disruptionsByCause(workers: readonly WorkerState[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { failure } of workers) {
    if (failure?.class !== 'disruption' && failure?.class !== 'out-of-memory') continue;
    const cause = failure.cause ?? 'unknown';
    counts[cause] = (counts[cause] ?? 0) + 1;
  }
  return counts;
}

function workerRecord(worker: WorkerState): object {
  return {
    worker_id: worker.worker,
    worker_type: worker.kind,
    capability: worker.capability,
    parent_master: worker.master,
    task_id: worker.task,
    attempt: worker.attempt,
    node: worker.node,
    pod: worker.pod ?? null,
    waited_for: worker.waits,
    status: worker.status,
    execution: {
      started_at: worker.startedAt,
      completed_at: worker.endedAt ?? null,
      duration_seconds: worker.durationMs === undefined ? null : worker.durationMs / 1000,
      tokens_used: worker.usage ? totalTokens(worker.usage) : 0,
    },
    result: worker.result ?? null,
    failure: worker.failure ?? null,
  };
}

function preflightReport(state: ExecutionState): object {
  return {
    execution_id: state.id,
    baseline_assets: state.preflight?.baseline.assets ?? null,
    baseline_source: state.preflight?.baseline.source ?? null,
    checks: state.preflight?.checks ?? [],
  };
}

/** Tokens booked so far, over all masters. */
export function tokensUsed(state: ExecutionState): number {
  return [...state.masters.values()].reduce((sum, master) => sum + master.usedTokens, 0);
}

/** The last phase that has started, or null before the first. */
export function currentPhase(state: ExecutionState): string | null {
  return [...state.phases.keys()].at(-1) ?? null;
}
