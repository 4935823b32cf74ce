import type { PublishPolicy } from '../../../plan/plan.ts';
import type { Candidate } from '../fix/candidates.ts';
import type { Fix } from '../fix/fix.ts';
import type { PublishLimits } from '../limits.ts';
import { isLater } from '../world/started.ts';
import { furtherBase, type SeenPull, type World } from '../world/world.ts';

/** All that decisions are made from. */
export interface DecideContext {
  readonly world: World;
  readonly policy: PublishPolicy;
  readonly plan: string;
  readonly execution: string;
  /** When the execution began. */
  readonly startedAt: string;
  /** Every change of the execution, fit or not. */
  readonly candidates: readonly Candidate[];
  readonly completeTasks: ReadonlySet<string>;
  /** Paths that the execution did not look at, or could not read. */
  readonly unseen: readonly string[];
  /** Whether the whole execution ended complete. */
  readonly isComplete: boolean;
  readonly nowMs: number;
  readonly limits: PublishLimits;
  /** Opened by an earlier pass of the same run. */
  readonly opened: number;
  /** Digest of the text that a fix would have. */
  readonly textDigest: (fix: Fix, pull: number) => string;
}

/** Whether a later execution of the same plan has been published into the same branch: then this one knows less than what is there. */
export function isOutrun({
  world,
  ...own
}: Pick<DecideContext, 'world' | 'plan' | 'execution' | 'startedAt'>): boolean {
  const base = furtherBase(world.view);
  return world.dashboard.state.runs.some((run) => run.plan === own.plan && run.base === base && isLater(run, own));
}

/** A path that an open pull request of ours has, but for the one of this id. */
export function claimOn(
  paths: readonly string[],
  claims: readonly Claim[],
  id: string,
): { readonly claim: Claim; readonly path: string } | undefined {
  for (const claim of claims) {
    if (claim.id === id) continue;
    const path = paths.find((each) => claim.paths.some((other) => areInTheWay(each, other)));
    if (path !== undefined) return { claim, path };
  }
  return undefined;
}

/** One path, or two that git or a file system can't have beside each other: a file and its folder, names in another case. */
function areInTheWay(path: string, other: string): boolean {
  const [a, b] = [path.toLowerCase(), other.toLowerCase()];
  return a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`);
}

/** Paths that something which is open, or goes first, holds. */
export interface Claim {
  readonly id: string;
  readonly paths: readonly string[];
  /** `#12`, or a title for what is not open yet. */
  readonly name: string;
}

export function claimOfPull({ id, pull, paths }: SeenPull): Claim {
  return { id, paths, name: `#${pull.number}` };
}

/** Whether Cortex has closed a pull request, which a person has opened again since. */
export function isOpenedAgain({ marker, pull }: SeenPull): boolean {
  return typeof marker === 'object' && marker.closed !== undefined && pull.state === 'open';
}

export const openedAgain = 'a person has opened it again';
