import type { ExecutionState } from '../../execution/execution-state.ts';
import { keepClaim, type OwnClaim } from '../../masters/claim.ts';
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
    await doneOrTime({ run, board, signal }, step);
  }
}

/** Looks once more when the claim is ours: until then another may have done it. */
async function whileHeld<T>(claim: OwnClaim, { run, board, signal }: Stage, step: Step<T>): Promise<T | undefined> {
  const { store } = run.doors;
  const lease = keepClaim(claim, { store, leaseMs: run.leaseMs });
  try {
    await board.until(
      (state) => ((state.claims.get(claim.name)?.fence ?? 0) >= claim.fence ? true : undefined),
      signal,
    );
    return step.isDone(board.state) ? undefined : await step.work();
  } finally {
    lease.stop();
    await store.release(claim).catch(() => undefined);
  }
}

async function doneOrTime({ run, board, signal }: Stage, step: Pick<Step<unknown>, 'isDone'>): Promise<void> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(new Error('time')), run.leaseMs / 3);
  try {
    const either = AbortSignal.any([signal, stop.signal]);
    await board
      .until((state) => (step.isDone(state) ? true : undefined), either)
      .catch((error: unknown) => {
        if (!stop.signal.aborted || signal.aborted) throw error;
      });
  } finally {
    clearTimeout(timer);
  }
}
