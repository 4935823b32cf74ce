import type {
  HostComment,
  HostCommit,
  HostFile,
  HostIssue,
  HostQuestion,
  HostRole,
  HostTreeEntry,
  HostView,
} from '../../../protocol/code-host.ts';

/** A commit to be made: `files` over the tree of `tree`, with these parents. */
export interface CommitOrder {
  readonly parents: readonly string[];
  /** Tree (or commit) that the files are laid over; null = an empty one. */
  readonly tree: string | null;
  readonly files: readonly HostFile[];
  /** The message, given the hash of the tree that the commit has in the end. */
  readonly message: (tree: string) => string;
}

/** What the publisher reads of a code host. */
export interface HostReader {
  readonly look: (question: HostQuestion) => Promise<HostView>;
  /** Files at a commit; null where there is none. A file that is no text, or larger than 1 MiB, is `unreadable`. */
  readonly readTexts: (
    commit: string,
    paths: readonly string[],
  ) => Promise<ReadonlyMap<string, string | null | { readonly unreadable: string }>>;
  /** Every entry of the tree but folders. What is cut off by the host is read folder by folder, for the paths named. */
  readonly readTree: (commit: string, paths: readonly string[]) => Promise<readonly HostTreeEntry[]>;
  readonly roleOf: (login: string) => Promise<HostRole>;
  /** Comments of one issue or pull request, in the order in which they were written. */
  readonly readComments: (issue: number) => Promise<readonly HostComment[]>;
  /** One issue as it is now, without its comments; null where it is gone. */
  readonly readIssue: (issue: number) => Promise<Omit<HostIssue, 'comments'> | null>;
}

/** What the publisher writes. Each verb may be sent twice: what is there already is taken for done. */
export interface HostWriter {
  /** Makes a commit that no branch shows yet, in requests below the limits of the host. */
  readonly commit: (order: CommitOrder) => Promise<HostCommit>;
  /** Throws `branch-exists` where the branch is there with another commit. */
  readonly createBranch: (name: string, sha: string) => Promise<void>;
  /** Forward only. Throws `branch-moved` where the commit does not come after what the branch has now. */
  readonly moveBranch: (name: string, sha: string) => Promise<void>;
  /** Only where the branch is at that commit; throws `branch-moved` where it is at another. One that is gone is deleted. */
  readonly deleteBranch: (name: string, sha: string) => Promise<void>;
  /** Where the branch has an open one already, that. */
  readonly openPullRequest: (order: {
    readonly branch: string;
    readonly base: string;
    readonly title: string;
    readonly body: string;
    readonly isDraft: boolean;
  }) => Promise<{ readonly number: number; readonly nodeId: string; readonly url: string }>;
  /**
   * Adds labels (made where they are missing) and asks for reviews: of people by login, of teams by their slug in the
   * organisation that owns the repository. Who can't be asked is named.
   */
  readonly dressPullRequest: (order: {
    readonly number: number;
    readonly nodeId: string;
    readonly labels: readonly string[];
    readonly reviewers: readonly string[];
    readonly teams: readonly string[];
  }) => Promise<{ readonly notAsked: readonly string[] }>;
  readonly editPullRequest: (
    number: number,
    change: { readonly title?: string; readonly body?: string; readonly state?: 'open' | 'closed' },
  ) => Promise<void>;
  /** A new issue where `number` is null. */
  readonly writeIssue: (order: {
    readonly number: number | null;
    readonly title: string;
    readonly body: string;
    readonly labels: readonly string[];
    readonly state: 'open' | 'closed';
  }) => Promise<{ readonly number: number; readonly url: string }>;
  /** A new comment where `id` is null. */
  readonly writeComment: (order: {
    readonly issue: number;
    readonly id: number | null;
    readonly body: string;
  }) => Promise<{ readonly id: number; readonly url: string }>;
}

/** The code host, as far as the publisher needs it. */
export type PublishHost = HostReader & HostWriter;
