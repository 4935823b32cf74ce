import type { ExecutionState } from '../../execution/execution-state.ts';
import { within } from '../../masters/board.ts';
import { claimSeen, keepClaim, type OwnClaim } from '../../masters/claim.ts';
import type { Stage } from './run-execution.ts';

/** A step of the run, and how the events show that it was done. */
export interface Step<T> {
  readonly isDone: (state: ExecutionState) => boolean;
  readonly work: () => Promise<T>;
}

/**
 * Does a step in one process of many: whoever has its claim does it, the others wait for its end. Where that process
 * goes silent, another takes the claim over. Returns undefined where another process has done it.
 */
export async function onceAmong<T>(
  { run, board, signal }: Stage,
  step: Step<T> & { readonly name: string; readonly owner: string },
): Promise<T | undefined> {
  const { store } = run.doors;
  for (;;) {
    if (step.isDone(board.state)) return undefined;
    const claim = await store.claim(step.name, step.owner, run.leaseMs);
    if ('fence' in claim) return whileHeld(claim, { run, board, signal }, step);
    const isDone = (state: ExecutionState): true | undefined => step.isDone(state) || undefined;
    await within(board, isDone, { ms: run.leaseMs / 3, signal });
  }
}

/** Looks once more when the claim is ours: until then another may have done it. */
async function whileHeld<T>(claim: OwnClaim, { run, board, signal }: Stage, step: Step<T>): Promise<T | undefined> {
  const { store } = run.doors;
  const lease = keepClaim(claim, { store, leaseMs: run.leaseMs });
  try {
    await claimSeen(claim, board, signal);
    return step.isDone(board.state) ? undefined : await step.work();
  } finally {
    lease.stop();
    await store.release(claim).catch(() => undefined);
  }
}
