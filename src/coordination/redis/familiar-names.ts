import type { ExecutionState, TaskState, WorkerState } from '../../execution/execution-state.ts';
import type { Event, EventType } from '../../protocol/event.ts';
import { masterNames, type MasterName } from '../../protocol/words.ts';
import { familiarChannels, familiarEvents, tokensOf, type FamiliarEvent } from './familiar-events.ts';

/** Keys that people read with `redis-cli`; none of them belongs to one execution, and none is ever read by Cortex. */
export const familiarKeys = {
  queue: 'cortex:tasks:queue',
  stream: 'cortex:events:system',
  /** A worker's name is unique inside its execution only. */
  worker: (execution: string, worker: string): string => `cortex:workers:${execution}:${worker}`,
  master: (master: MasterName): string => `cortex:masters:${master}`,
} as const;

const lifetimeSeconds = 7 * 24 * 3600;
const maxQueued = 1000;
const maxStreamEntries = 10_000;
const maxPayloadCharacters = 4096;

const toStream = [familiarKeys.stream, 'MAXLEN', '~', String(maxStreamEntries), '*'];

export interface RedisCommand {
  readonly command: string;
  readonly args: readonly string[];
}

/** Sends a command and forgets it: it neither waits nor fails. */
interface BestEffort {
  readonly fire: (command: string, args: readonly string[]) => unknown;
}

export interface FamiliarNames {
  /** Shows an event under the familiar names. `state` has taken the event in. */
  readonly onEvent: (event: Event, state: ExecutionState) => void;
}

/**
 * Keeps the names of the first Cortex readable, best effort: what is lost on the way is not sent again. Only the process
 * that wrote an event may show it; `isOurs` tells, for callers that hand on the whole log.
 */
export function familiarNames(
  client: BestEffort,
  isOurs: (event: Event, state: ExecutionState) => boolean = () => true,
): FamiliarNames {
  return {
    onEvent: (event, state) => {
      if (!isOurs(event, state)) return;
      for (const { command, args } of familiarCommands(event, state)) client.fire(command, args);
    },
  };
}

/** The commands that show one event to people; each concerns one key or channel. `state` has taken the event in. */
export function familiarCommands(event: Event, state: ExecutionState): readonly RedisCommand[] {
  const named = familiarEvents(event, state);
  return [
    ...queueCommands(event, state),
    ...workerCommands(event, state),
    ...masterCommands(event, state),
    ...streamCommands(event, named, state),
    ...named.map(({ name, channel, payload }) => publish(channel, message(event, state, { name, payload }))),
    ...metricsCommands(event, state),
  ];
}

/** A task stands in the queue from when it is queued until its first worker starts, or until it ends without one. */
function queueCommands(event: Event, state: ExecutionState): readonly RedisCommand[] {
  const task = 'task' in event.data ? state.tasks.get(event.data.task) : undefined;
  if (!task || task.queuedAt === undefined) return [];
  if (event.type === 'task.queued') {
    return [
      { command: 'RPUSH', args: [familiarKeys.queue, queueEntry(task, state)] },
      { command: 'LTRIM', args: [familiarKeys.queue, String(-maxQueued), '-1'] },
      expire(familiarKeys.queue),
    ];
  }
  return leavesQueue.has(event.type)
    ? [{ command: 'LREM', args: [familiarKeys.queue, '0', queueEntry(task, state)] }]
    : [];
}

const leavesQueue: ReadonlySet<EventType> = new Set<EventType>([
  'worker.launched',
  'task.completed',
  'task.failed',
  'task.blocked',
  'task.skipped',
]);

/** A function of the task alone: the entry that is taken out is the one that was put in. */
function queueEntry({ declared, master, queuedAt }: TaskState, { id }: ExecutionState): string {
  return JSON.stringify({
    task_id: declared.id,
    master,
    priority: declared.priority,
    created_at: queuedAt,
    dependencies: declared.needs,
    execution_id: id,
  });
}

function workerCommands(event: Event, state: ExecutionState): readonly RedisCommand[] {
  if (event.type !== 'worker.launched' && event.type !== 'worker.finished' && event.type !== 'worker.lost') return [];
  const worker = state.workers.get(event.data.worker);
  if (!worker) return [];
  const key = familiarKeys.worker(state.id, worker.worker);
  const fields = workerFields(worker);
  const status = { name: 'WORKER_STATUS', payload: { worker_id: worker.worker, ...fields } };
  return [
    ...hash(key, { ...fields, execution_id: state.id }),
    publish(familiarChannels.status, message(event, state, status)),
  ];
}

function workerFields(worker: WorkerState): Readonly<Record<string, string>> {
  return {
    status: worker.status,
    started_at: worker.startedAt,
    // A worker tells nothing between its start and its end.
    progress: worker.status === 'completed' ? '100' : '0',
    tokens_used: String(tokensOf([worker])),
    master: worker.master,
    task_id: worker.task,
  };
}

/** What a master writes is its heartbeat too. */
function masterCommands(event: Event, state: ExecutionState): readonly RedisCommand[] {
  const name = masterNames.find((each) => each === event.actor);
  const master = name && state.masters.get(name);
  if (!master) return [];
  const active = [...state.tasks.values()].filter((task) => task.master === name && task.status === 'running').length;
  const spawned = [...state.workers.values()].filter((worker) => worker.master === name).length;
  return hash(familiarKeys.master(master.name), {
    status: active > 0 ? 'active' : 'idle',
    tasks_active: String(active),
    tokens_used: String(master.usedTokens),
    workers_spawned: String(spawned),
    last_heartbeat: event.at,
    execution_id: state.id,
  });
}

/** Every event stands in the stream: under its familiar names where it has some, else under its own. */
function streamCommands(event: Event, named: readonly FamiliarEvent[], state: ExecutionState): readonly RedisCommand[] {
  const entries = named.length > 0 ? named : [{ name: event.type, payload: event.data }];
  return [
    ...entries.map(({ name, payload }) => {
      const fields = {
        event_type: name,
        source: event.actor,
        timestamp: event.at,
        payload: bounded(payload),
        execution_id: state.id,
      };
      return { command: 'XADD', args: [...toStream, ...Object.entries(fields).flat()] };
    }),
    expire(familiarKeys.stream),
  ];
}

function metricsCommands(event: Event, state: ExecutionState): readonly RedisCommand[] {
  if (!changesFigures.has(event.type)) return [];
  const workers = [...state.workers.values()];
  const tasks = [...state.tasks.values()];
  const payload = {
    tokens_used: [...state.masters.values()].reduce((sum, { usedTokens }) => sum + usedTokens, 0),
    tasks_total: tasks.length,
    tasks_completed: tasks.filter(({ status }) => status === 'complete').length,
    workers_active: workers.filter(({ status }) => status === 'running').length,
    workers_spawned: workers.length,
  };
  return [publish(familiarChannels.metrics, message(event, state, { name: 'METRICS', payload }))];
}

const changesFigures: ReadonlySet<EventType> = new Set<EventType>([
  'worker.launched',
  'worker.finished',
  'worker.lost',
  'budget.settled',
  'task.completed',
]);

function message(event: Event, { id }: ExecutionState, { name, payload }: Omit<FamiliarEvent, 'channel'>): string {
  const head = { event_type: name, source: event.actor, timestamp: event.at, execution_id: id };
  const text = JSON.stringify({ ...head, payload });
  return text.length <= maxPayloadCharacters ? text : JSON.stringify({ ...head, payload: leftOut(text) });
}

function bounded(payload: unknown): string {
  const text = JSON.stringify(payload);
  return text.length <= maxPayloadCharacters ? text : JSON.stringify(leftOut(text));
}

/** A payload that is cut in the middle would be no JSON any more. */
function leftOut(text: string): { readonly left_out_characters: number } {
  return { left_out_characters: text.length };
}

function publish(channel: string, text: string): RedisCommand {
  return { command: 'PUBLISH', args: [channel, text] };
}

function hash(key: string, fields: Readonly<Record<string, string>>): readonly RedisCommand[] {
  return [{ command: 'HSET', args: [key, ...Object.entries(fields).flat()] }, expire(key)];
}

function expire(key: string): RedisCommand {
  return { command: 'EXPIRE', args: [key, String(lifetimeSeconds)] };
}
