import type { ClaimState } from '../execution/execution-state.ts';
import type { MasterName } from '../protocol/words.ts';
import { CortexError } from '../shared/errors.ts';
import type { Board } from './board.ts';
import type { MasterContext, MasterStore } from './context.ts';

/** A claim that this process holds. */
export type OwnClaim = Parameters<MasterStore['renew']>[0];

/** Whether an error says that another process has taken over what its writer held. */
export function isStale(error: unknown): boolean {
  return error instanceof CortexError && error.code === 'stale-fence';
}

/**
 * Takes a master, or returns undefined where another process holds it or has reported it. Resolves once the board has all
 * that the holder before has written: after the taking itself it can write nothing more.
 */
export async function takeClaim(master: MasterName, context: MasterContext): Promise<OwnClaim | undefined> {
  const { board, store, leg, leaseMs } = context;
  const claim = await store.claim(master, `${master}@${leg}`, leaseMs);
  if (!('fence' in claim)) return undefined;
  // Also after the deadline: whoever holds a claim says what was left undone.
  const taken = await claimSeen(claim, board, new AbortController().signal);
  if (board.state.masters.get(master)?.reportedAt !== undefined) {
    await store.release(claim);
    return undefined;
  }
  context.fences.set(master, claim.fence);
  const from = taken.before === claim.owner ? null : taken.before;
  if (from !== null || !context.own.has(master)) await sayAdopted(master, from, context);
  return claim;
}

/** Resolves when the board has the taking of a claim, and with it all that its holder before has written. */
export function claimSeen(claim: OwnClaim, board: Pick<Board, 'until'>, signal: AbortSignal): Promise<ClaimState> {
  return board.until((state) => {
    const held = state.claims.get(claim.name);
    return held && held.fence >= claim.fence ? held : undefined;
  }, signal);
}

/** Names whose claim has not lapsed. */
export async function livingNames({ claims }: Pick<MasterStore, 'claims'>): Promise<ReadonlySet<string>> {
  return new Set((await claims()).filter((claim) => claim.leftMs > 0).map((claim) => claim.name));
}

/** Renews a claim until it is stopped. `lost` aborts when another process has taken the name. */
export function keepClaim(
  claim: OwnClaim,
  context: Pick<MasterContext, 'store' | 'leaseMs'>,
): { readonly lost: AbortSignal; readonly stop: () => void } {
  const lost = new AbortController();
  let asking = false;
  // A renewal that fails for any other reason is tried again: whoever can't reach the store will be told by its writes.
  const renew = async (): Promise<void> => {
    if (asking) return;
    asking = true;
    try {
      await context.store.renew(claim, context.leaseMs);
    } catch (error) {
      if (isStale(error)) lost.abort(error);
    } finally {
      asking = false;
    }
  };
  const timer = setInterval(() => void renew(), context.leaseMs / 3);
  return { lost: lost.signal, stop: () => clearInterval(timer) };
}

async function sayAdopted(master: MasterName, from: string | null, context: MasterContext): Promise<void> {
  const fence = context.fences.get(master) ?? 0;
  const running = [...context.board.state.workers.values()].filter(
    (worker) => worker.master === master && worker.status === 'running',
  );
  await context.board.write({
    id: `master.adopted:${master}:${fence}`,
    actor: master,
    fence,
    type: 'master.adopted',
    data: { master, leg: context.leg, from, relaunching: running.map((worker) => worker.worker) },
  });
}
