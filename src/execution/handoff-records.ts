import type { ExecutionState, HandoffState, TaskState } from './execution-state.ts';

type RecordedStatus = 'pending_pickup' | 'picked_up' | 'in_progress' | 'completed' | 'failed' | 'expired';

/** What one master hands to another, as `task-queue.json` tells it. */
export function handoffRecord(state: ExecutionState, handoff: HandoffState): object {
  const { requested } = handoff;
  return {
    handoff_id: requested.handoff,
    from_master: requested.from,
    to_master: requested.to,
    task_id: requested.task,
    need: requested.need,
    status: statusOf(handoff, state.tasks.get(requested.task)),
    requested_at: handoff.at,
    expires_at: requested.expiresAt,
    picked_up_at: handoff.pickedAt ?? null,
    reason: handoff.expired ?? null,
  };
}

/** The end of the task that it is for decides; before that, who has taken it, be it late. */
function statusOf({ pickedAt, expired }: HandoffState, task: TaskState | undefined): RecordedStatus {
  if (task?.status === 'complete') return 'completed';
  if (task?.status === 'failed' || task?.status === 'blocked' || task?.status === 'skipped') return 'failed';
  if (pickedAt !== undefined) return task?.status === 'running' ? 'in_progress' : 'picked_up';
  return expired === undefined ? 'pending_pickup' : 'expired';
}
