import { sampleUse } from '../../cluster/kubernetes/usage/sampler.ts';
import type { ExecutionState } from '../../execution/execution-state.ts';
import type { NewEvent } from '../../protocol/event.ts';
import { masterNames } from '../../protocol/words.ts';
import { runEvent } from './run-event.ts';
import type { Stage } from './run-execution.ts';

/** Samples what the cluster uses until the signal aborts. A run goes on whatever becomes of it. */
export async function sampleCluster({ run, board }: Omit<Stage, 'signal'>, signal: AbortSignal): Promise<void> {
  const { cluster, shared } = run.doors;
  if (!cluster) return;
  const leg = shared?.leg ?? run.id;
  let samples = 0;
  // A sample that can't be written is not worth the run.
  const write = (event: NewEvent): void => void board.write(event).catch(() => undefined);
  await sampleUse(
    {
      transport: cluster.transport,
      namespace: run.routed.plan.cluster.namespace,
      execution: run.id,
      isOurs: () => isSampledBy(leg, board.state),
      onSample: (sample) => write(runEvent('cluster.sampled', { leg, ...sample }, `:${leg}:${(samples += 1)}`)),
      onUnsampled: (reason) => write(runEvent('cluster.unsampled', { leg, reason: reason.slice(0, 500) }, `:${leg}`)),
    },
    signal,
  );
}

/**
 * One process of many samples: the one that runs the coordinator, or else the first master that is still at work. Where it
 * dies, another takes its masters over, and samples with them.
 */
export function isSampledBy(leg: string, { masters, claims }: Pick<ExecutionState, 'masters' | 'claims'>): boolean {
  const first = masterNames.find((name) => masters.has(name) && masters.get(name)?.reportedAt === undefined);
  const claim = first && claims.get(first);
  return claim !== undefined && !claim.released && claim.owner.endsWith(`@${leg}`);
}
