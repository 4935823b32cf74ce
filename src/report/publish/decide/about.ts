import { sortedSet } from '../../../shared/canonical.ts';
import { formatCount } from '../../markdown/format.ts';
import { branchOf, idOf, keyFor } from '../world/branch-names.ts';
import type { Candidate } from '../fix/candidates.ts';
import type { About } from './decision.ts';
import type { Fix } from '../fix/fix.ts';
import type { SeenPull } from '../world/world.ts';

/** A fix in words, with the pull request that it has. */
export function aboutFix(fix: Fix, pull: SeenPull['pull'] | null, reason: string): About {
  return {
    id: fix.id,
    branch: pull?.branch ?? fix.branch,
    title: titleOf(fix),
    changes: fix.members.map(({ candidate }) => candidate.change.fingerprint),
    paths: fix.files.map((file) => file.path),
    severity: fix.severity,
    pullRequest: pull && { number: pull.number, url: pull.url },
    reason,
  };
}

/** One change in words; into `base` (null = the default branch) it would go. */
export function aboutCandidate({ change, master, severity }: Candidate, base: string | null, reason: string): About {
  const key = keyFor(change.fingerprint, base);
  return {
    id: idOf(key),
    branch: branchOf(master, key, change.pullRequest.branchSlug),
    title: change.pullRequest.title,
    changes: [change.fingerprint],
    paths: sortedSet(change.files.map((file) => file.path)),
    severity,
    pullRequest: null,
    reason,
  };
}

/** A pull request that no fix of this run belongs to, in words. */
export function aboutPull({ pull, id, marker, paths }: SeenPull, reason: string): About {
  return {
    id,
    branch: pull.branch,
    title: pull.title,
    changes: typeof marker === 'object' ? marker.members.map((member) => member.change) : [],
    paths,
    severity: 'info',
    pullRequest: { number: pull.number, url: pull.url },
    reason,
  };
}

/** The title that a pull request is opened with; of a group it has no number, as its members come and go. */
export function titleOf(fix: Fix): string {
  const [first] = fix.members;
  if (fix.group === null && first) return first.candidate.change.pullRequest.title;
  return fix.group === 'fixes' ? `fix: what ${fix.master} found` : `fix: ${fix.group ?? ''} by ${fix.master}`;
}

/** `2 changes: a, b`: what a group brings, on one line. */
export function membersLine(fix: Fix): string {
  const titles = fix.members.map(({ candidate }) => candidate.change.title);
  return `${formatCount(titles.length, 'change')}: ${titles.join(', ')}`;
}
