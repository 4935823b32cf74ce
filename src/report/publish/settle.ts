import type { Applied } from './pulls/apply-pull.ts';
import { isWriting, type Decision } from './decide/decision.ts';
import { workflowPaths } from './fix/gate.ts';
import { createPatch } from '../../shared/unified-diff.ts';
import type { Pass } from './run-pass.ts';
import type { World } from './world/world.ts';

/** A decision as it came out: with the pull request that is there now, and what was done of it. */
export interface Settled {
  readonly decision: Decision;
  readonly isDone: boolean;
  readonly madeCommit: boolean;
  readonly notAsked: readonly string[];
}

/**
 * What came of one or two passes. The second one sees what the first has done: where it has nothing to add, the first
 * one's word stays; what the host refused is held, with its reason.
 */
export function settle(passes: readonly Pass[]): readonly Settled[] {
  const byId = new Map<string, readonly Settled[]>();
  for (const pass of passes) {
    const all = settlePass(pass);
    for (const id of new Set(all.map(({ decision }) => decision.id))) {
      const now = all.filter(({ decision }) => decision.id === id);
      const before = byId.get(id) ?? [];
      const stays = before.some(({ isDone }) => isDone) && !now.some(({ decision }) => decision.action === 'hold');
      if (!stays) byId.set(id, now);
    }
  }
  return [...byId.values()].flat();
}

function settlePass(pass: Pass): readonly Settled[] {
  const applied = new Map(pass.applied.map((each) => [each.decision, each]));
  return pass.decisions.map((decision) => settledOne(decision, applied.get(decision)));
}

function settledOne(decision: Decision, applied: Applied | undefined): Settled {
  const nothing = { decision, isDone: false, madeCommit: false, notAsked: [] };
  if (applied === undefined) return nothing;
  if (applied.refused) return { ...nothing, decision: asHeld(decision, applied.refused.message) };
  const { branchStays, pullRequest } = applied;
  const reason = branchStays ? `${decision.reason}; its branch stays, as somebody has pushed to it` : decision.reason;
  return {
    decision: { ...decision, pullRequest, reason },
    isDone: isWriting(decision.action) && !(branchStays && decision.action === 'clean'),
    madeCommit: applied.commit !== null,
    notAsked: applied.notAsked,
  };
}

function asHeld(decision: Decision, reason: string): Decision {
  const { id, branch, title, changes, paths, severity, pullRequest } = decision;
  const files = 'fix' in decision ? decision.fix.files : [];
  const patch = workflowPaths(files).length > 0 ? createPatch(files) : null;
  return { id, branch, title, changes, paths, severity, pullRequest, reason, action: 'hold', patch };
}

/**
 * Whether a second pass is due: the base has moved while the first one wrote, or somebody was faster than it. Not where
 * the host does not show yet what was written: then the next run sees to it.
 */
export function needsSecondPass(first: Pass, now: World): boolean {
  const moved = now.view.base.head.sha !== first.world.view.base.head.sha;
  const outpaced = first.applied.some(({ refused }) => refused !== null && outpacing.has(refused.code));
  if (!moved && !outpaced) return false;
  return first.applied.every(
    ({ pullRequest, decision }) =>
      !['open', 'reopen'].includes(decision.action) ||
      pullRequest === null ||
      now.pulls.some(({ pull }) => pull.number === pullRequest.number && pull.state === 'open'),
  );
}

const outpacing: ReadonlySet<string> = new Set(['branch-moved', 'branch-exists']);

/** Whether anything was written that a second look could see. */
export function hasWritten({ applied }: Pass): boolean {
  return applied.some(({ decision }) => isWriting(decision.action));
}

export function openedBy({ applied }: Pass): number {
  return applied.filter(({ decision, refused }) => ['open', 'reopen'].includes(decision.action) && refused === null)
    .length;
}
