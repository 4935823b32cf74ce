import { isOwnOrBot, type HostComment, type HostIdentity } from '../../../protocol/code-host.ts';
import { readMarkers, writeMarker } from '../../../shared/marker.ts';
import type { Closing } from '../world/pull-marker.ts';

/** What a comment of ours on a pull request is about; of each kind there is one at most. */
export type CommentKind = 'hands-off' | Closing;

const kind = 'pull-comment';

const words: Readonly<Record<CommentKind, string>> = {
  'hands-off':
    'Somebody else has pushed to this branch, so Cortex leaves it alone from now on: it is yours. To have Cortex take it over again, tick its box in the dashboard; that adds a commit on top, after which the branch holds the base with this fix, and what was pushed stays in its history.',
  gone: 'Cortex closes this: what it mends is no longer found, by a run that looked at everything. If it comes back, so does its fix.',
  empty: 'Cortex closes this: the base has all of it already.',
  superseded: 'Cortex closes this: another change mends the same findings now.',
};

/** A comment in full; `dashboard` is the number of the issue with the boxes. */
export function renderComment(about: CommentKind, dashboard: number | null): string {
  const where = dashboard === null || about !== 'hands-off' ? '' : ` (#${dashboard})`;
  return `${words[about]}${where}\n\n${writeMarker(kind, { about })}`;
}

/** Whether such a comment of ours is there. */
export function hasMarkedComment(
  comments: readonly HostComment[],
  about: CommentKind,
  identity: HostIdentity,
): boolean {
  return comments
    .filter(({ author }) => isOwnOrBot(author, identity))
    .flatMap(({ body }) => readMarkers(body, kind))
    .some((marker) => marker !== 'damaged' && (marker.data as { readonly about?: unknown } | null)?.about === about);
}
