import type { EventData, NewEvent } from '../protocol/event.ts';
import type { OwnedTask } from './attempt.ts';
import { fenceOf, type MasterContext } from './context.ts';

type TaskEventType =
  'task.skipped' | 'task.queued' | 'task.blocked' | 'task.completed' | 'task.failed' | 'budget.refused' | 'worker.lost';
/** An event about a task, as its master says it. */
export type TaskEvent = { [T in TaskEventType]: { readonly type: T; readonly data: EventData<T> } }[TaskEventType];

/** Writes an event about a task; its id is a function of the task, so that saying it twice is harmless. */
export async function say(
  owned: OwnedTask,
  context: MasterContext,
  event: TaskEvent & { readonly suffix?: string },
): Promise<void> {
  await context.board.write(taskEvent(owned, context, event));
}

export function taskEvent(
  { task, master }: OwnedTask,
  context: MasterContext,
  { type, data, suffix = '' }: TaskEvent & { readonly suffix?: string },
): NewEvent {
  const fence = fenceOf(master, context);
  return { id: `${type}:${task.id}${suffix}`, actor: master, fence, type, data } as NewEvent;
}
