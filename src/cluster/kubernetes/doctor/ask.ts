import type { PlanTask } from '../../../plan/plan.ts';
import { workerName, type LaunchRequest } from '../../../protocol/attempt.ts';
import { sha256 } from '../../../shared/canonical.ts';

/** What the first attempt at a task asks of the cluster. */
export function askOf(task: PlanTask): LaunchRequest {
  return {
    worker: workerName(task.id, 1),
    task: task.id,
    master: task.master ?? 'coordinator-master',
    kind: task.worker,
    capability: task.capability,
    attempt: 1,
    document: sha256(task.id),
    timeoutMs: task.timeoutMs,
    ...task.resources,
    node: task.node,
    image: task.image,
    rehearsal: null,
  };
}
