import { claimOfPull, type Claim, type DecideContext } from './decide-context.ts';
import { decideGone, decideStray } from './decide-gone.ts';
import { decideWishes, wishFor, type Wish } from './decide-new.ts';
import { decideOpen } from './decide-open.ts';
import type { Decision } from './decision.ts';
import type { Fix } from '../fix/fix.ts';
import { openPulls, pullsOf, type SeenPull } from '../world/world.ts';

/**
 * What becomes of every fix of this run and of every pull request of earlier ones. Pure. First what is open: it keeps its
 * paths, unless it is closed; then what may be opened, as far as there is room and its paths are free.
 */
export function decide(fixes: readonly Fix[], context: DecideContext): readonly Decision[] {
  const open = openPulls(context.world);
  const matched = new Map(fixes.map((fix) => [fix.id, openPullOf(fix, context)]));
  const gone = open.filter((seen) => !matched.has(seen.id)).map((seen) => decideGone(seen, context));
  const emptied = new Set(gone.flatMap((each) => (each.action === 'close' ? [each.seen.pull.number] : [])));
  const staying = open.filter(({ pull }) => !emptied.has(pull.number)).map(claimOfPull);
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
