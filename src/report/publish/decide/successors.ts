import type { Candidate } from '../fix/candidates.ts';
import type { PullMarker } from '../world/pull-marker.ts';
import { homeOf, type SeenPull, type World } from '../world/world.ts';
import type { Decision } from './decision.ts';

/** Changes of this execution that mend one of the findings of a pull request, with others or in another way. */
export function successorsOf({ members }: PullMarker, candidates: readonly Candidate[]): readonly Candidate[] {
  const findings = new Set(members.flatMap((member) => member.findings));
  return candidates.filter(({ change }) => change.proof.gone.some((finding) => findings.has(finding)));
}

/** Changes that these decisions open, or leave open, as pull requests into the base of this run. */
export function openBy(decisions: readonly Decision[], world: World): ReadonlySet<string> {
  return new Set(
    decisions.flatMap((decision) => {
      switch (decision.action) {
        case 'open':
        case 'reopen':
        case 'update':
        case 'keep':
          return decision.changes;
        case 'leave':
        case 'hand-over':
          return broughtBy(decision.seen, world);
        case 'close':
        case 'clean':
        case 'queue':
        case 'hold':
        case 'refuse':
        case 'ignore':
        case 'contained':
          return [];
      }
    }),
  );
}

function broughtBy(seen: SeenPull, { view }: World): readonly string[] {
  const { marker, pull } = seen;
  const isHere = pull.base === view.base.name && homeOf(seen, view) === view.base.name;
  return isHere && typeof marker === 'object' ? marker.members.map((member) => member.change) : [];
}
