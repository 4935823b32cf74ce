import type { Event, NewEvent } from '../../protocol/event.ts';
import type { CortexError } from '../../shared/errors.ts';
import { staleFence } from '../stale-fence.ts';

/** Who held a name last, as the log tells it; its lease may have been renewed since. */
export interface Holder {
  readonly owner: string;
  readonly fence: number;
  readonly expiresAtMs: number;
  /** The name was let go of: its fence is as stale as one that was taken over. */
  readonly released: boolean;
}

/** Takes an event about a claim into the table of holders; a fence only ever grows. */
export function bookClaim(holders: Map<string, Holder>, event: Event): void {
  if (event.type === 'claim.taken') {
    const { claim, owner, expiresAt } = event.data;
    holders.set(claim, { owner, fence: event.fence, expiresAtMs: Date.parse(expiresAt), released: false });
  }
  const held = event.type === 'claim.released' ? holders.get(event.data.claim) : undefined;
  if (held && event.type === 'claim.released') holders.set(event.data.claim, { ...held, released: true });
}

/** The one who holds a name by that fence. Throws `stale-fence` where nobody does, or somebody else. */
export function holderOf(holders: ReadonlyMap<string, Holder>, name: string, fence: number): Holder {
  const held = holders.get(name);
  if (held && isCurrent(held, fence)) return held;
  throw staleFence(name, fence, held);
}

/** The error of a fence by which nobody holds the name, or somebody else; undefined where it is current. */
export function staleOf(holders: ReadonlyMap<string, Holder>, name: string, fence: number): CortexError | undefined {
  const held = holders.get(name);
  return held && isCurrent(held, fence) ? undefined : staleFence(name, fence, held);
}

/** The same of a writer, who names its claim by its actor; fence 0 is for writers that hold none. */
export function staleWriter(holders: ReadonlyMap<string, Holder>, { actor, fence }: NewEvent): CortexError | undefined {
  return fence !== 0 && holders.has(actor) ? staleOf(holders, actor, fence) : undefined;
}

function isCurrent(held: Holder, fence: number): boolean {
  return !held.released && held.fence === fence;
}
