/**
 * What a code host (GitHub) shows of a repository, in our words: the door reads it, the publisher decides by it. Times are
 * ISO 8601 in UTC, hashes are git's own.
 */

/** An account that wrote something; `bot` for Apps and their installations. */
export interface HostActor {
  readonly login: string;
  readonly isBot: boolean;
}

export interface HostCommit {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly message: string;
}

/** A branch with its newest commit. */
export interface HostBranch {
  readonly name: string;
  readonly head: HostCommit;
}

export interface HostPullRequest {
  readonly number: number;
  /** Of GraphQL, for requests that name it. */
  readonly nodeId: string;
  readonly url: string;
  readonly state: 'open' | 'closed' | 'merged';
  readonly isDraft: boolean;
  readonly title: string;
  readonly body: string;
  /** The branch that it brings, and the one that it goes into. */
  readonly branch: string;
  readonly base: string;
  /** Whether the branch lies in another repository: then it is somebody's, whatever its name. */
  readonly isFromFork: boolean;
  /** The newest commit of its branch; null where the branch is gone. */
  readonly head: HostCommit | null;
  readonly author: HostActor;
  readonly labels: readonly string[];
  readonly createdAt: string;
  readonly closedAt: string | null;
  readonly mergedAt: string | null;
}

export interface HostComment {
  readonly id: number;
  readonly url: string;
  readonly body: string;
  readonly author: HostActor;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface HostIssue {
  readonly number: number;
  readonly nodeId: string;
  readonly url: string;
  readonly state: 'open' | 'closed';
  readonly title: string;
  readonly body: string;
  readonly author: HostActor;
  readonly labels: readonly string[];
  /** In the order in which they were written. */
  readonly comments: readonly HostComment[];
}

export interface HostRepository {
  /** `owner/name`. */
  readonly name: string;
  readonly nodeId: string;
  readonly url: string;
  readonly defaultBranch: string;
  readonly isFork: boolean;
}

/** What a token may do, and who it speaks as. */
export interface HostIdentity {
  readonly kind: 'workflow' | 'app' | 'user';
  readonly login: string;
  /** Whether workflow files may be pushed with it. */
  readonly mayWriteWorkflows: boolean;
}

/** From the least to the most. */
export const hostRoles = ['none', 'read', 'triage', 'write', 'maintain', 'admin'] as const;
export type HostRole = (typeof hostRoles)[number];

/** Whether a role may all that another one may. */
export function isAtLeast(role: HostRole, least: HostRole): boolean {
  return hostRoles.indexOf(role) >= hostRoles.indexOf(least);
}

/** Whether an account is the one that a token speaks as, or another bot: what either wrote, no person wrote by hand. */
export function isOwnOrBot(author: HostActor, identity: Pick<HostIdentity, 'login'>): boolean {
  return author.isBot || author.login === identity.login;
}

/** One entry of a tree; modes are git's: `100644`, `100755`, `120000` (link), `160000` (submodule). */
export interface HostTreeEntry {
  readonly path: string;
  readonly mode: string;
  readonly sha: string;
}

/** A file as a commit is to have it; null content = it is to be gone. */
export interface HostFile {
  readonly path: string;
  readonly mode: '100644' | '100755';
  readonly content: string | Uint8Array | null;
}

/** What the publisher asks to see of a repository, in one look. */
export interface HostQuestion {
  /** Branch that changes go into; null = the default branch. */
  readonly base: string | null;
  /** Every branch below it is shown with its pull requests, such as `cortex/`. */
  readonly prefix: string;
  /** Branches whose pull requests are shown even where the branch is gone. */
  readonly branches: readonly string[];
  /** Branch of results; shown where it is there. */
  readonly results: string;
  /** Issues with this label are shown with their comments, open and closed. */
  readonly issueLabel: string;
  /**
   * Where none of those is by this account or a bot and has this mark in its text, the issues of the account that have it are
   * shown too, label or not: of the hundred issues and pull requests of it that changed last. Null = no others.
   */
  readonly ownIssues: { readonly login: string; readonly mark: string } | null;
  /** Labels of which is shown whether they are there. */
  readonly labels: readonly string[];
  /** Merges since then are shown. */
  readonly mergedSince: string;
}

/** A repository as it stood at one moment. */
export interface HostView {
  readonly repository: HostRepository;
  readonly base: HostBranch;
  readonly results: HostBranch | null;
  readonly branches: readonly HostBranch[];
  /** Those of the branches shown and asked for, each once, by number. */
  readonly pullRequests: readonly HostPullRequest[];
  /** Merged since the moment asked for, whosever they are: the newest hundred. */
  readonly merged: readonly { readonly number: number; readonly branch: string; readonly mergedAt: string }[];
  /** By number. */
  readonly issues: readonly HostIssue[];
  readonly labels: readonly string[];
  /** The file that says who owns what, at the head of the base branch. */
  readonly codeOwners: string | null;
}
