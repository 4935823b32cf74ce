import { claimOfPull, type Claim, type DecideContext } from './decide-context.ts';
import { decideGone, decideStray } from './decide-gone.ts';
import { decideWishes, wishFor, type Wish } from './decide-new.ts';
import { decideOpen } from './decide-open.ts';
import type { Decision } from './decision.ts';
import type { Fix } from '../fix/fix.ts';
import { openBy } from './successors.ts';
import { homeOf, openPulls, pullsOf, type SeenPull, type World } from '../world/world.ts';

/**
 * What becomes of every fix of this run and of every pull request of earlier ones. Pure. What another one replaces is closed
 * only if that one is open, and may have its path: so all is decided as if whatever can be would be, and once more without
 * what did not come to it, until it holds.
 */
export function decide(fixes: readonly Fix[], context: DecideContext): readonly Decision[] {
  for (let hoped = new Set(context.candidates.map(({ change }) => change.fingerprint)); ;) {
    const decisions = decideOnce(fixes, hoped, context);
    const open = openBy(decisions, context.world);
    const isHeld = decisions.every((each) => each.action !== 'close' || each.by === null || open.has(each.by));
    if (isHeld) return decisions;
    hoped = new Set([...hoped].filter((change) => open.has(change)));
  }
}

/** First what is open: it keeps its paths, unless it is closed; then what may be opened, as far as there is room and its paths are free. */
function decideOnce(fixes: readonly Fix[], hoped: ReadonlySet<string>, context: DecideContext): readonly Decision[] {
  const open = openPulls(context.world);
  const matched = new Map(fixes.map((fix) => [fix.id, openPullOf(fix, context)]));
  const gone = open.filter((seen) => !matched.has(seen.id)).map((seen) => decideGone(seen, hoped, context));
  const emptied = new Set(gone.flatMap((each) => (each.action === 'close' ? [each.seen.pull.number] : [])));
  const staying = open.filter((seen) => !emptied.has(seen.pull.number) && isNear(seen, context.world)).map(claimOfPull);
  const claims = [...staying];
  const updates: Decision[] = [];
  const wishes: Wish[] = [];
  for (const fix of fixes) {
    const seen = matched.get(fix.id);
    const decided = seen ? decideOpen(fix, seen, { ...context, claims }) : wishFor(fix, context);
    if (!('action' in decided)) wishes.push(decided);
    else {
      updates.push(decided);
      claimFor(decided, fix, claims);
    }
  }
  const closed = updates.filter((each) => each.action === 'close').length + emptied.size;
  const opened = decideWishes(wishes, { open: open.length - closed, claims }, context);
  const taken = new Set([...fixes.map((fix) => fix.id), ...open.map((seen) => seen.id)]);
  return [...updates, ...opened, ...gone, ...decideStray(taken, context)];
}

/** Whether it goes into the base of this run, or was opened for it: what goes elsewhere is in nobody's way. */
function isNear(seen: SeenPull, { view }: World): boolean {
  return [homeOf(seen, view), seen.pull.base].includes(view.base.name);
}

/** The oldest open one: where there were two, the later one is left to people. */
function openPullOf(fix: Fix, { world }: DecideContext): SeenPull | undefined {
  return pullsOf(world, fix.id).find(({ pull, isOurs }) => isOurs && pull.state === 'open');
}

/** What an update will bring is claimed from now on, and what is closed is free. */
function claimFor(decided: Decision, fix: Fix, claims: Claim[]): void {
  if (decided.action === 'close') {
    const at = claims.findIndex((claim) => claim.id === fix.id);
    if (at >= 0) claims.splice(at, 1);
  } else if (decided.action === 'update' && decided.commit !== null) {
    claims.push({ id: fix.id, paths: fix.files.map((file) => file.path), name: `#${decided.seen.pull.number}` });
  }
}
