import { aboutPull } from './about.ts';
import { isOpenedAgain, isOutrun, openedAgain, type DecideContext } from './decide-context.ts';
import type { Decision } from './decision.ts';
import { successorsOf } from './successors.ts';
import type { PullMarker } from '../world/pull-marker.ts';
import { idOfBranch } from '../world/branch-names.ts';
import { isLater } from '../world/started.ts';
import { homeOf, pullsOf, wordsFor, type SeenPull } from '../world/world.ts';

/**
 * What becomes of an open pull request of ours that no fix of this run belongs to; `open` are the changes that have one, or
 * get one by this run.
 */
export function decideGone(seen: SeenPull, open: ReadonlySet<string>, context: DecideContext): Decision {
  const leave = (reason: string): Decision => ({ ...aboutPull(seen, reason), action: 'leave', seen });
  const { marker, pull, words } = seen;
  if (typeof marker !== 'object') return leave(`its marker is ${marker}: it can't be told whether its finding is gone`);
  const why = reasonToStay(seen, marker, context);
  if (why !== undefined) return leave(why);
  const successors = successorsOf(marker, context.candidates);
  const [next] = successors;
  const by = successors.map(({ change }) => change.fingerprint).find((change) => open.has(change));
  if (next !== undefined && by === undefined)
    return leave(`another change mends the same, and is not open yet: ${next.change.title}`);
  const reason = by === undefined ? 'its finding is gone' : `superseded by ${by.slice(0, 12)}`;
  if (words === undefined) {
    const about = aboutPull(seen, `${reason}, and its newest commit is not of Cortex`);
    return { ...about, action: 'hand-over', seen, tells: !context.world.dashboard.state.told.includes(pull.number) };
  }
  return {
    ...aboutPull(seen, reason),
    action: 'close',
    seen,
    why: by === undefined ? 'gone' : 'superseded',
    deletesBranch: true,
    by: by ?? null,
  };
}

function reasonToStay(seen: SeenPull, marker: PullMarker, context: DecideContext): string | undefined {
  const { pull, paths } = seen;
  const home = homeOf(seen, context.world.view);
  if (home !== context.world.view.base.name) return `it was opened for ${home}`;
  if (marker.plan !== context.plan) return `it belongs to plan ${marker.plan}`;
  if (pull.base !== context.world.view.base.name) return `somebody has pointed it at ${pull.base}`;
  if (isOutrun(context) || isLater(marker, context)) return 'a later execution has been here';
  if (isOpenedAgain(seen)) return openedAgain;
  const present = context.candidates.find(({ change }) =>
    marker.members.some((member) => member.change === change.fingerprint),
  );
  if (present !== undefined) return 'its finding is still there, and its fix is not fit at the moment';
  const unfinished = marker.members.find((member) => !context.completeTasks.has(member.task));
  if (unfinished !== undefined) return `task ${unfinished.task} did not see everything: its finding may still be there`;
  const unseen = paths.find((path) => context.unseen.some((each) => path === each || path.startsWith(`${each}/`)));
  return unseen === undefined ? undefined : `${unseen} was not looked at: its finding may still be there`;
}

/**
 * Branches of ours that lead nowhere: left by a run that died between writes, and not taken up again. One with a closed
 * pull request goes where Cortex closed that; one that never had any goes once its plan no longer proposes it.
 */
export function decideStray(taken: ReadonlySet<string>, context: DecideContext): readonly Decision[] {
  const { world } = context;
  return world.view.branches.flatMap((branch): readonly Decision[] => {
    const id = idOfBranch(branch.name);
    const words = id === undefined ? undefined : wordsFor(id, branch.head);
    if (id === undefined || words === undefined || taken.has(id) || isOutrun(context)) return [];
    const newest = pullsOf(world, id).at(-1);
    const closedByUs = newest?.pull.state === 'closed' && typeof newest.marker === 'object' && newest.marker.closed;
    const abandoned = newest === undefined && words.plan === context.plan && context.isComplete;
    if (closedByUs === undefined || (!closedByUs && !abandoned)) return [];
    const reason =
      newest === undefined ? 'no run needs it any more' : `its pull request #${newest.pull.number} is closed`;
    const about = { id, branch: branch.name, title: '', changes: [], paths: [], severity: 'info' as const };
    return [{ ...about, pullRequest: null, reason, action: 'clean', head: branch.head.sha }];
  });
}
