import type { ExecutionState, WorkerState } from '../../execution/execution-state.ts';
import type { Event, EventData, EventType } from '../../protocol/event.ts';
import { totalTokens } from '../../protocol/result.ts';
import { phaseNames } from '../../protocol/words.ts';

/** The channels that people subscribe to. */
export const familiarChannels = {
  coordination: 'cortex:masters:coordination',
  escalation: 'cortex:masters:escalation',
  handoff: 'cortex:masters:handoff',
  dependencies: 'cortex:masters:dependencies',
  spawn: 'cortex:workers:spawn',
  control: 'cortex:workers:control',
  status: 'cortex:workers:status',
  metrics: 'cortex:metrics:realtime',
} as const;

/** An event under the name that people know, and the channel that it goes to. */
export interface FamiliarEvent {
  readonly name: string;
  readonly channel: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

type Teller<T extends EventType> = (data: EventData<T>, state: ExecutionState) => readonly FamiliarEvent[];

const { coordination, escalation, handoff, dependencies, spawn, control } = familiarChannels;

const tellers: { readonly [T in EventType]?: Teller<T> } = {
  'phase.started': ({ phase, limitMs }) => [
    {
      name: `PHASE_${phaseNames.indexOf(phase)}_START`,
      channel: coordination,
      payload: { phase, limit: inSeconds(limitMs) },
    },
  ],
  'worker.launched': launched,
  'worker.finished': ({ worker, status }) => [terminated(worker, status)],
  'worker.lost': (data) => [terminated(data.worker, data.class)],
  'task.completed': completed,
  'escalation.raised': (data) => [
    {
      name: 'ESCALATION',
      channel: escalation,
      payload: {
        master: data.master,
        issue: data.issue,
        severity: data.severity,
        options: data.options,
        recommendation: data.recommendation,
        escalation_id: data.escalation,
        task_id: data.task,
        answer_by: data.answerBy,
      },
    },
  ],
  'handoff.requested': ({ handoff: id, from, to, task, need, expiresAt }) => [
    {
      name: 'HANDOFF_REQUEST',
      channel: handoff,
      payload: {
        from_master: from,
        to_master: to,
        task_id: task,
        context: { needs: need, handoff_id: id, expires_at: expiresAt },
      },
    },
  ],
  'paths.settled': ({ held }) =>
    held.map(({ change, by, master, winner, paths }) => ({
      name: 'RESOURCE_CONFLICT',
      channel: coordination,
      payload: { change, held_by: by, master, winner, paths },
    })),
};

/** What an event is called by people; nothing for an event that has no such name. `state` has taken the event in. */
export function familiarEvents(event: Event, state: ExecutionState): readonly FamiliarEvent[] {
  return (tellers[event.type] as Teller<EventType> | undefined)?.(event.data, state) ?? [];
}

function launched(data: EventData<'worker.launched'>, state: ExecutionState): readonly FamiliarEvent[] {
  const { worker, task, master, kind, attempt } = data;
  const declared = state.tasks.get(task)?.declared;
  const timeout = declared && inSeconds(declared.timeoutMs);
  const payload = { worker_id: worker, type: kind, task, budget: declared?.tokens, timeout };
  const spawned = { name: 'WORKER_SPAWN', channel: spawn, payload };
  if (attempt > 1) return [spawned];
  // The time limit is the only duration that is known before the work is done.
  const start = { master, task_id: task, estimated_duration: timeout, workers_needed: 1 };
  return [{ name: 'TASK_STARTED', channel: coordination, payload: start }, spawned];
}

function terminated(worker: string, reason: string): FamiliarEvent {
  return { name: 'WORKER_TERMINATE', channel: control, payload: { worker_id: worker, reason } };
}

function completed(data: EventData<'task.completed'>, state: ExecutionState): readonly FamiliarEvent[] {
  const { master, task, result, counts, worker } = data;
  const attempts = [...state.workers.values()].filter((each) => each.task === task);
  const durationMs = state.workers.get(worker)?.durationMs;
  const payload = {
    master,
    task_id: task,
    results: { document: result, ...counts },
    tokens_used: tokensOf(attempts),
    duration: durationMs === undefined ? undefined : inSeconds(durationMs),
  };
  return [{ name: 'TASK_COMPLETE', channel: coordination, payload }, ...metBy(task, state)];
}

function metBy(task: string, state: ExecutionState): readonly FamiliarEvent[] {
  return [...state.tasks.values()]
    .filter(({ declared }) => declared.needs.includes(task))
    .map(({ declared, master }) => ({
      name: 'DEPENDENCY_MET',
      channel: dependencies,
      payload: { master, task_id: declared.id, dependency: task },
    }));
}

/** Tokens that attempts have spent, as far as they have said so. */
export function tokensOf(workers: readonly WorkerState[]): number {
  return workers.reduce((sum, { usage }) => sum + (usage ? totalTokens(usage) : 0), 0);
}

function inSeconds(ms: number): number {
  return ms / 1000;
}
