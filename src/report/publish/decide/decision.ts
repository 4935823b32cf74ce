import type { Severity } from '../../../protocol/words.ts';
import type { Fix } from '../fix/fix.ts';
import type { Closing } from '../world/pull-marker.ts';
import type { SeenPull } from '../world/world.ts';

/** What a decision is about, in words that any of them has. */
export interface About {
  readonly id: string;
  readonly branch: string;
  readonly title: string;
  /** Fingerprints of the changes. */
  readonly changes: readonly string[];
  readonly paths: readonly string[];
  readonly severity: Severity;
  readonly pullRequest: { readonly number: number; readonly url: string } | null;
  readonly reason: string;
}

/** A commit to be made, on a branch that comes with it or moves on to it. */
export interface CommitPlan {
  readonly parents: readonly string[];
  readonly branch: 'create' | 'move';
}

/** What is to become of one fix or one pull request. */
export type Act =
  | {
      readonly action: 'open';
      readonly fix: Fix;
      /** Null where the branch has it already: an earlier run was cut off before it could open the pull request. */
      readonly commit: CommitPlan | null;
      /** The pull request of this fix that came before. */
      readonly after: number | null;
    }
  | { readonly action: 'reopen'; readonly fix: Fix; readonly seen: SeenPull; readonly commit: CommitPlan | null }
  | {
      readonly action: 'update';
      readonly fix: Fix;
      readonly seen: SeenPull;
      readonly commit: CommitPlan | null;
      readonly writesBody: boolean;
      /** Whether labels and reviewers are still to be asked for. */
      readonly dresses: boolean;
    }
  | { readonly action: 'keep'; readonly fix: Fix; readonly seen: SeenPull }
  | {
      readonly action: 'close';
      readonly seen: SeenPull;
      readonly why: Closing;
      readonly deletesBranch: boolean;
      /** Fingerprint of the change that replaces it, where one does. */
      readonly by: string | null;
    }
  /** A branch of ours that leads nowhere is deleted, where it is still at that commit. */
  | { readonly action: 'clean'; readonly head: string }
  | { readonly action: 'queue'; readonly fix: Fix; readonly since: string; readonly isAskedFor: boolean }
  /** Fit for a pull request but for the reason; a patch where a person can only take it by hand. */
  | { readonly action: 'hold'; readonly patch: string | null }
  /** Not fit for one. */
  | { readonly action: 'refuse' }
  | { readonly action: 'hand-over'; readonly seen: SeenPull; readonly tells: boolean }
  | { readonly action: 'ignore'; readonly closed: number | null }
  | { readonly action: 'leave'; readonly seen: SeenPull }
  /** The base has all of it. */
  | { readonly action: 'contained' };

export type Decision = About & Act;
export type Action = Decision['action'];

/** What writes to the host as what it is: all else only says how things stand. */
const writing: ReadonlySet<Action> = new Set(['open', 'reopen', 'update', 'close', 'clean']);

/** Whether an action is done by writing. */
export function isWriting(action: Action): boolean {
  return writing.has(action);
}

/** The decisions of one kind. */
export function actsOf<A extends Action>(
  decisions: readonly Decision[],
  action: A,
): readonly Extract<Decision, { readonly action: A }>[] {
  return decisions.filter((each): each is Extract<Decision, { readonly action: A }> => each.action === action);
}
