import type { HostCommit } from '../../../protocol/code-host.ts';
import { aboutFix } from './about.ts';
import { isTicked } from '../world/boxes.ts';
import { claimOn, isOpenedAgain, isOutrun, openedAgain, type Claim, type DecideContext } from './decide-context.ts';
import type { CommitPlan, Decision } from './decision.ts';
import type { Fix } from '../fix/fix.ts';
import { dayMs } from '../limits.ts';
import { isLater, startMs } from '../world/started.ts';
import type { SeenPull } from '../world/world.ts';

/** What becomes of a fix whose pull request is open. */
export function decideOpen(
  fix: Fix,
  seen: SeenPull,
  context: DecideContext & { readonly claims: readonly Claim[] },
): Decision {
  const { world } = context;
  const leave = (reason: string): Decision => ({ ...aboutFix(fix, seen.pull, reason), action: 'leave', seen });
  if (seen.pull.base !== world.view.base.name) return leave(`somebody has pointed it at ${seen.pull.base}`);
  if (isOutrun(context) || isNewer(seen, context)) return leave('a later execution has been here');
  const missing = unfinishedMember(fix, seen, context);
  if (missing !== undefined) return leave(`task ${missing} did not see everything, so that nothing is taken out of it`);
  const blocked = claimOn(
    fix.files.map((file) => file.path),
    context.claims,
    fix.id,
  );
  if (blocked !== undefined) return leave(`waits for ${blocked.claim.name}, which changes ${blocked.path} too`);
  return seen.words === undefined ? decideForeign(fix, seen, context) : decideOwn(fix, seen, context);
}

/** The newest commit is somebody else's: hands off, unless a person has asked for it in the dashboard. */
function decideForeign(fix: Fix, seen: SeenPull, { world }: DecideContext): Decision {
  const { head, number } = seen.pull;
  if (head !== null && fix.files.length > 0 && isTicked(world.dashboard.ticks, 'take-over', fix.id)) {
    const commit: CommitPlan = { parents: [head.sha, world.view.base.head.sha], branch: 'move' };
    const about = aboutFix(fix, seen.pull, 'taken over again, as the dashboard was asked to');
    return { ...about, action: 'update', fix, seen, commit, writesBody: true, dresses: false };
  }
  const tells = !world.dashboard.state.told.includes(number);
  return { ...aboutFix(fix, seen.pull, 'its newest commit is not of Cortex'), action: 'hand-over', seen, tells };
}

function decideOwn(fix: Fix, seen: SeenPull, context: DecideContext): Decision {
  if (fix.files.length === 0 && isOpenedAgain(seen))
    return { ...aboutFix(fix, seen.pull, openedAgain), action: 'leave', seen };
  if (fix.files.length === 0) {
    const about = aboutFix(fix, seen.pull, `${context.world.view.base.name} has all of it already`);
    return { ...about, action: 'close', seen, why: 'empty', deletesBranch: true, by: null };
  }
  const moved = seen.words?.content !== fix.content;
  const commit = moved && seen.pull.head ? onTop(seen.pull.head, seen.words?.base, context) : null;
  const why = bodyReason(fix, seen, context);
  const dresses = lacksDress(seen, context);
  if (commit === null && why === undefined && !dresses)
    return { ...aboutFix(fix, seen.pull, 'nothing to change'), action: 'keep', fix, seen };
  const reasons = [
    commit ? 'its files are not what they should be now' : undefined,
    why,
    dresses ? 'it has no label yet' : undefined,
  ];
  const reason = reasons.filter((each) => each !== undefined).join('; ');
  return {
    ...aboutFix(fix, seen.pull, reason),
    action: 'update',
    fix,
    seen,
    commit,
    writesBody: why !== undefined,
    dresses,
  };
}

/** A commit after the branch's newest one; where the base has moved on, it brings that in as its second parent. */
export function onTop(head: HostCommit, madeOn: string | undefined, { world }: DecideContext): CommitPlan {
  const base = world.view.base.head.sha;
  return { parents: madeOn === base ? [head.sha] : [head.sha, base], branch: 'move' };
}

function bodyReason(fix: Fix, { marker, pull }: SeenPull, context: DecideContext): string | undefined {
  if (typeof marker !== 'object') return `its marker was ${marker}, and is written again`;
  if (marker.closed !== undefined) return openedAgain;
  if (marker.text !== context.textDigest(fix, pull.number)) return 'its text says something else now';
  const age = context.nowMs - startMs(marker);
  return marker.execution !== context.execution && age > context.limits.staleDays * dayMs
    ? 'its links are renewed'
    : undefined;
}

/**
 * Whether it was opened by a run that died before it could give labels. What the dashboard knows as dressed has been, and
 * lacks them because people took them off; so it is where the dashboard's memory is gone.
 */
function lacksDress({ pull }: SeenPull, { policy, world }: DecideContext): boolean {
  const { labels } = policy.pullRequests;
  const has = new Set(pull.labels.map((label) => label.toLowerCase()));
  const { memory, state } = world.dashboard;
  const known = memory === 'damaged' || state.dressed.includes(pull.number);
  return labels.length > 0 && !known && !labels.some((label) => has.has(label.toLowerCase()));
}

function isNewer({ marker }: SeenPull, context: DecideContext): boolean {
  return typeof marker === 'object' && marker.plan === context.plan && isLater(marker, context);
}

/** The task of a change that the pull request has, that this run does not have, and that may be there all the same. */
function unfinishedMember(fix: Fix, { marker }: SeenPull, context: DecideContext): string | undefined {
  if (typeof marker !== 'object' || fix.group === null) return undefined;
  const present = new Set(context.candidates.map(({ change }) => change.fingerprint));
  const missing = marker.members.filter((member) => !present.has(member.change));
  return missing.find((member) => marker.plan !== context.plan || !context.completeTasks.has(member.task))?.task;
}
