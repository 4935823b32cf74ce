import type { ExecutionState } from '../execution/execution-state.ts';
import type { PlanTask } from '../plan/plan.ts';
import type { Change } from '../protocol/change.ts';
import type { EventData } from '../protocol/event.ts';
import { masterNames, priorities, type MasterName } from '../protocol/words.ts';
import { compareText } from '../shared/canonical.ts';
import { fenceOf, type MasterContext } from './context.ts';

type PathClaim = EventData<'paths.claimed'>['changes'][number];
export type HeldChange = EventData<'paths.settled'>['held'][number];

/** A change that a task of the plan proposes. */
export interface Proposal {
  readonly task: PlanTask;
  readonly change: Change;
}

/** Says what a master would change, before any of it is judged; also that it has nothing to change. */
export async function claimPaths(
  master: MasterName,
  proposals: readonly Proposal[],
  context: MasterContext,
): Promise<void> {
  const changes = proposals.map(({ task, change }) => ({
    change: change.fingerprint,
    task: task.id,
    priority: task.priority,
    paths: change.files.map((file) => file.path),
  }));
  await context.board.write({
    id: `paths.claimed:${master}`,
    actor: master,
    fence: fenceOf(master, context),
    type: 'paths.claimed',
    data: { master, changes },
  });
}

/** Waits until all claims are settled. Where no coordinator is there to do so, each master comes to the same settlement. */
export function settledPaths(context: MasterContext): Promise<readonly HeldChange[]> {
  return context.board.until((state) => {
    const coordinator = state.masters.get('coordinator-master');
    const isSupervised = coordinator !== undefined && coordinator.reportedAt === undefined;
    return state.pathsSettled ?? (isSupervised || !allClaimed(state) ? undefined : settlePaths(state.pathClaims));
  }, context.signal);
}

/** Whether every master has said what it would change; one that failed will not say any more. */
export function allClaimed(state: ExecutionState): boolean {
  return [...state.masters.values()].every(
    (master) => state.pathClaims.has(master.name) || master.reportedAt !== undefined,
  );
}

interface Ranked extends PathClaim {
  readonly master: MasterName;
}

/**
 * Of changes of different masters to the same file one goes on: that of the task with the highest priority, then of the
 * master that comes first, then with the smallest fingerprint. A change that only a held one stands against goes on.
 * The claims alone decide, not who came when.
 */
export function settlePaths(claims: ReadonlyMap<MasterName, readonly PathClaim[]>): HeldChange[] {
  const ranked = [...claims].flatMap(([master, changes]) => changes.map((change) => ({ ...change, master })));
  const takers = new Map<string, Ranked[]>();
  const held: HeldChange[] = [];
  for (const claim of ranked.sort(byRank)) {
    const rivals = claim.paths.flatMap((path) =>
      (takers.get(path) ?? []).filter(({ master, change }) => master !== claim.master && change !== claim.change),
    );
    const [winner] = rivals.sort(byRank);
    if (winner) held.push(heldBy(claim, winner));
    else for (const path of claim.paths) takers.set(path, [...(takers.get(path) ?? []), claim]);
  }
  return held;
}

function heldBy(claim: Ranked, winner: Ranked): HeldChange {
  const paths = claim.paths.filter((path) => winner.paths.includes(path)).sort(compareText);
  return { change: claim.change, by: winner.change, master: claim.master, winner: winner.master, paths };
}

function byRank(a: Ranked, b: Ranked): number {
  return (
    priorities.indexOf(a.priority) - priorities.indexOf(b.priority) ||
    masterNames.indexOf(a.master) - masterNames.indexOf(b.master) ||
    compareText(a.change, b.change)
  );
}
