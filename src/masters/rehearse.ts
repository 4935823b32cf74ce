import { workerName, type LaunchRequest } from '../protocol/attempt.ts';
import { emptyResult, noUsage, type Envelope } from '../protocol/result.ts';
import { canonicalJson } from '../shared/canonical.ts';
import type { PlanTask } from '../plan/plan.ts';
import type { MasterContext } from './context.ts';

export type Rehearsal = NonNullable<LaunchRequest['rehearsal']>;

/**
 * In a rehearsal: lays out, before the worker is launched, the result that it will return. It says of itself that
 * nothing was looked at. Undefined in a real run.
 */
export async function rehearse(
  { task, attempt }: { readonly task: PlanTask; readonly attempt: number },
  { rehearsal, store }: MasterContext,
): Promise<Rehearsal | undefined> {
  if (!rehearsal) return undefined;
  const result = await store.putBlob(
    canonicalJson(emptyResult('done', `Rehearsed ${task.id} (${task.capability}): nothing was looked at.`)),
  );
  const envelope: Envelope = {
    v: 1,
    worker: workerName(task.id, attempt),
    attempt,
    status: 'done',
    exitCode: 0,
    result,
    usage: noUsage,
    resources: { cpuMs: 0, peakBytes: 0 },
  };
  return { envelope, durationMs: rehearsal.durationMs };
}
