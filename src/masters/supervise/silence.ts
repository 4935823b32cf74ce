import type { MasterContext } from '../context.ts';

/**
 * Names masters of other processes whose claim has lapsed for half a lease more, and lets go of it: what the old process
 * still writes is refused, and another may take the master over.
 */
export async function nameSilent({ board, store, leg, leaseMs }: MasterContext): Promise<void> {
  for (const claim of await store.claims()) {
    const master = [...board.state.masters.values()].find((each) => each.name === claim.name);
    const isAtWork = master?.activatedAt !== undefined && master.reportedAt === undefined;
    if (!isAtWork || claim.leftMs > -leaseMs / 2 || claim.owner.endsWith(`@${leg}`)) continue;
    await board.write({
      id: `master.silent:${claim.name}:${claim.fence}`,
      actor: 'coordinator-master',
      fence: 0,
      type: 'master.silent',
      data: { master: master.name, owner: claim.owner, silentMs: Math.round(leaseMs - claim.leftMs) },
    });
    // Somebody may have taken it in this moment: then it is not ours to let go of.
    await store.release(claim).catch(() => undefined);
  }
}
