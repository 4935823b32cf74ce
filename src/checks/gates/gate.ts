import type { Change, Review } from '../../protocol/change.ts';
import type { Finding } from '../../protocol/finding.ts';
import type { FilePatch } from '../../shared/unified-diff.ts';
import type { Workspace } from '../workspace.ts';

export type GateResult = Review['gates'][number];

/** What changes may do, as a plan or a task says. */
export interface GatePolicy {
  /** Globs of paths that may change. */
  readonly allow: readonly string[];
  /** Globs of paths that may not, beside those that never may. */
  readonly deny: readonly string[];
  readonly maxFiles: number;
  /** Lines added plus lines removed, over all files. */
  readonly maxChangedLines: number;
}

/** The tool that found what a change mends, over a whole tree. */
export type Rerun = (workspace: Workspace) => {
  readonly findings: readonly Finding[];
  readonly unread: readonly { readonly path: string; readonly reason: string }[];
};

/** A change with the tree it was made for, and what its patch turned out to be. */
export interface ChangeUnderReview {
  readonly change: Change;
  /** The capability that made the change, from the task; what the change says of itself is a claim. */
  readonly capability: string;
  readonly workspace: Workspace;
  readonly policy: GatePolicy;
  readonly rerun: Rerun | undefined;
  /** The patch as read; empty where `unreadable` says why. */
  readonly files: readonly FilePatch[];
  readonly unreadable: string | undefined;
  /** The texts after the change (null = deleted); undefined where `unapplied` says why. */
  readonly after: ReadonlyMap<string, string | null> | undefined;
  readonly unapplied: string | undefined;
}

export type Gate = (review: ChangeUnderReview) => GateResult;

const maxNamed = 10;

/** A gate that passes when nothing is wrong, and else names what is: the first ten things and how many more. */
export function gateResult(gate: string, wrong: readonly string[], right: string): GateResult {
  if (wrong.length === 0) return { gate, passed: true, detail: right };
  const more = wrong.length > maxNamed ? [`and ${wrong.length - maxNamed} more`] : [];
  return { gate, passed: false, detail: [...wrong.slice(0, maxNamed), ...more].join('; ') };
}
