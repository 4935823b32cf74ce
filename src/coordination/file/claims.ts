import type { Event, NewEvent } from '../../protocol/event.ts';
import { problem } from '../../shared/errors.ts';

/** Who holds a name, as the log tells it. */
export interface Holder {
  readonly owner: string;
  readonly fence: number;
  readonly expiresAtMs: number;
}

/** Takes an event about a claim into the table of holders; a fence only ever grows. */
export function bookClaim(holders: Map<string, Holder>, event: Event): void {
  if (event.type === 'claim.taken') {
    const expiresAtMs = Date.parse(event.data.expiresAt);
    holders.set(event.data.claim, { owner: event.data.owner, fence: event.fence, expiresAtMs });
  }
  const held = event.type === 'claim.released' ? holders.get(event.data.claim) : undefined;
  if (held && event.type === 'claim.released') holders.set(event.data.claim, { ...held, expiresAtMs: 0 });
}

/** A writer names its claim by its actor, a release the claim itself; fence 0 is for writers that hold none. Throws `stale-fence`. */
export function refuseStaleFence(holders: ReadonlyMap<string, Holder>, event: NewEvent): void {
  const claim = event.type === 'claim.released' ? event.data.claim : event.actor;
  const held = event.fence === 0 || event.type === 'claim.taken' ? undefined : holders.get(claim);
  if (!held || held.fence === event.fence) return;
  throw problem(
    'stale-fence',
    `${event.actor} wrote with fence ${event.fence}, but its claim is now at ${held.fence}`,
    {
      hint: 'Another process has taken over this leg. End this one.',
    },
  );
}
