import { isoTime } from '../../shared/clock.ts';
import type { HeldClaim, Store } from '../store.ts';
import { expiries } from './budgets.ts';
import { holderOf, staleOf, type Holder } from './claims.ts';
import type { Journal } from './journal.ts';

/**
 * The claims of a store, over its journal. A renewed lease is remembered, and not written: one process holds the folder,
 * and when it has gone, a claim counts from its taking.
 */
export function fileLeases(journal: Journal, now: () => number): Pick<Store, 'claim' | 'renew' | 'release' | 'claims'> {
  const { holders } = journal;
  return {
    claim: async (name, owner, leaseMs) => {
      const nowMs = now();
      const held = holders.get(name);
      if (held && held.owner !== owner && isHeld(held, nowMs)) {
        await journal.write([]);
        return { heldBy: held.owner };
      }
      const fence = (held?.fence ?? 0) + 1;
      const data = { claim: name, owner, expiresAt: isoTime(nowMs + leaseMs) };
      await journal.write([{ key: `${name}:${fence}`, actor: owner, fence, type: 'claim.taken', data }]);
      return { name, owner, fence };
    },
    renew: async ({ name, fence }, leaseMs) => {
      const nowMs = now();
      const stale = staleOf(holders, name, fence);
      if (stale) return journal.refuse(stale);
      holders.set(name, { ...holderOf(holders, name, fence), expiresAtMs: nowMs + leaseMs });
      await journal.write(expiries(journal.ledger, nowMs));
    },
    release: async ({ name, owner, fence }) => {
      if (isLetGo(holders.get(name), fence)) return journal.write([]);
      const stale = staleOf(holders, name, fence);
      if (stale) return journal.refuse(stale);
      const data = { claim: name, owner };
      await journal.write([{ key: `${name}:${fence}`, actor: owner, fence, type: 'claim.released', data }]);
    },
    claims: async () => {
      const held = heldClaims(holders, now());
      await journal.write([]);
      return held;
    },
  };
}

function isHeld({ released, expiresAtMs }: Holder, nowMs: number): boolean {
  return !released && expiresAtMs > nowMs;
}

function isLetGo(held: Holder | undefined, fence: number): boolean {
  return held?.released === true && held.fence === fence;
}

function heldClaims(holders: ReadonlyMap<string, Holder>, nowMs: number): readonly HeldClaim[] {
  return [...holders]
    .filter(([, { released }]) => !released)
    .map(([name, { owner, fence, expiresAtMs }]) => ({ name, owner, fence, leftMs: expiresAtMs - nowMs }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
