import { isoTime } from '../../../shared/clock.ts';
import { compareText } from '../../../shared/canonical.ts';
import { aboutFix } from './about.ts';
import { isTicked } from '../world/boxes.ts';
import { idOf, keyFor } from '../world/branch-names.ts';
import { severityRank } from '../fix/candidates.ts';
import { claimOn, isOutrun, type Claim, type DecideContext } from './decide-context.ts';
import { onTop } from './decide-open.ts';
import type { CommitPlan, Decision } from './decision.ts';
import type { Fix } from '../fix/fix.ts';
import { isClosedByPerson } from './ignored.ts';
import { sinceOf } from '../world/waiting.ts';
import { branchFor, mergedCount, pullsOf, wordsFor } from '../world/world.ts';

/** A fix that has no open pull request and may get one. */
export interface Wish {
  readonly fix: Fix;
  readonly branch: string;
  readonly commit: CommitPlan | null;
  /** Whether a run was cut off that had begun with it. */
  readonly isBegun: boolean;
  /** Whether a person asked for it in the dashboard. */
  readonly isAskedFor: boolean;
  readonly since: string;
}

/** What a fix without an open pull request needs for one; a decision where it gets none. */
export function wishFor(fix: Fix, context: DecideContext): Wish | Decision {
  const { world } = context;
  const branch = branchFor(world, fix.id, fix.branch);
  const words = branch && wordsFor(fix.id, branch.head);
  const own = pullsOf(world, fix.id);
  const byHand = own.find(({ pull }) => pull.state === 'open');
  if (byHand) return held(fix, `#${byHand.pull.number} was opened by a person from the branch ${byHand.pull.branch}`);
  if (isOutrun(context)) return held(fix, 'a later execution has been here');
  if (fix.files.length === 0) {
    const about = aboutFix(fix, null, `${world.view.base.name} has all of it already`);
    return branch === undefined || words === undefined
      ? { ...about, action: 'contained' }
      : { ...about, branch: branch.name, action: 'clean', head: branch.head.sha };
  }
  if (branch && !words) return held(fix, `the branch ${branch.name} has commits that are not of Cortex`);
  const wasMerged = own.some(({ pull }) => pull.state === 'merged');
  const isCurrent = words?.content === fix.content && !wasMerged;
  const ticks = world.dashboard.ticks;
  return {
    fix,
    branch: branch?.name ?? fix.branch,
    commit: branch === undefined ? created(context) : isCurrent ? null : onTop(branch.head, words?.base, context),
    isBegun: branch !== undefined && own.length === 0,
    isAskedFor: asksFor(fix, ticks) || isTicked(ticks, 'open', fix.id),
    since: sinceOf(world.dashboard.state.plans, context.plan, fix.id) ?? isoTime(context.nowMs),
  };
}

/** The reopen box bears the id of the pull request that was closed; that of a single change has its own. */
function asksFor(fix: Fix, ticks: Parameters<typeof isTicked>[0]): boolean {
  const ids = [fix.id, ...fix.members.map(({ candidate }) => idOf(keyFor(candidate.change.fingerprint, fix.base)))];
  return ids.some((id) => isTicked(ticks, 'reopen', id));
}

function created({ world }: DecideContext): CommitPlan {
  return { parents: [world.view.base.head.sha], branch: 'create' };
}

function held(fix: Fix, reason: string): Decision {
  return { ...aboutFix(fix, null, reason), action: 'hold', patch: null };
}

/** What was begun or asked for goes first, then what is most severe, then what has waited longest. */
export function inOrder(wishes: readonly Wish[]): readonly Wish[] {
  const rank = (wish: Wish): number => (wish.isBegun ? 0 : wish.isAskedFor ? 1 : 2);
  return wishes.toSorted(
    (a, b) =>
      rank(a) - rank(b) ||
      severityRank(a.fix.severity) - severityRank(b.fix.severity) ||
      compareText(a.since, b.since) ||
      compareText(a.fix.key, b.fix.key),
  );
}

/**
 * Opens wishes in their order while there is room: at most `max` open, `perRun` by one execution, and no more at once than
 * people have merged lately (or the start), unless a person asks for one. Of two on one path the first goes.
 */
export function decideWishes(
  wishes: readonly Wish[],
  room: { readonly open: number; readonly claims: readonly Claim[] },
  context: DecideContext,
): readonly Decision[] {
  const { max, perRun, pace } = context.policy.pullRequests;
  const paced = Math.max(pace.start, mergedCount(context.world.view));
  const claims = [...room.claims];
  let open = room.open;
  let opened = context.opened;
  return inOrder(wishes).map((wish) => {
    const paths = wish.fix.files.map((file) => file.path);
    const blocked = claimOn(paths, claims, wish.fix.id);
    if (blocked) return held(wish.fix, `waits for ${blocked.claim.name}, which changes ${blocked.path} too`);
    claims.push({ id: wish.fix.id, paths, name: `the change ${wish.fix.id} before it` });
    const full = noRoom({ open, opened, paced, isAskedFor: wish.isAskedFor }, { max, perRun });
    if (full !== undefined) return queued(wish, full);
    open += 1;
    opened += 1;
    return openWish(wish, context);
  });
}

function noRoom(
  now: { readonly open: number; readonly opened: number; readonly paced: number; readonly isAskedFor: boolean },
  { max, perRun }: { readonly max: number; readonly perRun: number },
): string | undefined {
  if (now.open >= max) return `${now.open} are open, and the plan lets ${max} be`;
  if (now.opened >= perRun) return `this execution has opened ${now.opened}, and the plan lets one open ${perRun}`;
  if (now.isAskedFor || now.open < now.paced) return undefined;
  return `${now.open} are open: more come as people merge them`;
}

function queued({ fix, since, isAskedFor }: Wish, reason: string): Decision {
  return { ...aboutFix(fix, null, reason), action: 'queue', fix, since, isAskedFor };
}

function openWish({ fix, branch, commit, isBegun }: Wish, context: DecideContext): Decision {
  const newest = pullsOf(context.world, fix.id).at(-1);
  const mayReopen = newest !== undefined && isClosedByPerson(newest) && commit?.branch !== 'create';
  const sameBase = newest?.pull.base === context.world.view.base.name && newest.pull.branch === branch;
  if (mayReopen && sameBase) {
    const about = aboutFix(fix, newest.pull, 'a person wants it back');
    return { ...about, action: 'reopen', fix, seen: newest, commit };
  }
  const came = newest === undefined ? undefined : `came back after #${newest.pull.number}`;
  const reason = came ?? (isBegun ? 'goes on where an earlier run was cut off' : 'new');
  return { ...aboutFix(fix, null, reason), branch, action: 'open', fix, commit, after: newest?.pull.number ?? null };
}
