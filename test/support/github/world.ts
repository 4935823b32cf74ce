import type { App } from './apps.ts';
import type { Clock } from './clock.ts';
import type { GitRepository } from './git/repository.ts';
import type { Limits } from './limits.ts';
import type { Token } from './tokens.ts';

export interface Account {
  readonly id: number;
  /** As REST writes it: that of a bot ends in `[bot]`. */
  readonly login: string;
  readonly type: 'User' | 'Bot' | 'Organization';
}

export interface Team {
  readonly id: number;
  readonly slug: string;
  readonly organization: string;
  readonly members: ReadonlySet<string>;
}

export type Role = 'none' | 'read' | 'triage' | 'write' | 'maintain' | 'admin';

export interface Label {
  readonly id: number;
  name: string;
  color: string;
  description: string | null;
}

export interface Comment {
  readonly id: number;
  readonly author: Account;
  body: string;
  readonly createdAt: string;
  updatedAt: string;
}

/** What a pull request has beside an issue. */
export interface PullPart {
  readonly headRepository: Repository;
  readonly headBranch: string;
  baseBranch: string;
  /** Its newest commit; stays when the branch goes. */
  headSha: string;
  /** That of the base when it was last looked at: at opening, at each move, and at the end. */
  baseSha: string;
  isDraft: boolean;
  mergedAt: string | null;
  mergedBy: Account | null;
  mergeCommitSha: string | null;
  /** Whether it merges cleanly; null = not yet looked at. */
  isMergeable: boolean | null;
  readonly reviewers: Set<string>;
  readonly teams: Set<string>;
  readonly reviews: Map<string, 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED'>;
  /** Whether its branch has been moved backwards or made anew since it was closed: then it can't be opened again. */
  isHeadLost: boolean;
}

/** An issue or a pull request: they share numbers, labels and comments. */
export interface Thread {
  readonly id: number;
  readonly number: number;
  readonly author: Account;
  title: string;
  body: string;
  state: 'open' | 'closed';
  stateReason: string | null;
  isLocked: boolean;
  readonly labels: Set<Label>;
  readonly assignees: Set<string>;
  readonly comments: Comment[];
  readonly createdAt: string;
  updatedAt: string;
  closedAt: string | null;
  readonly pull: PullPart | null;
}

export type PullThread = Thread & { readonly pull: PullPart };

export interface RepositorySettings {
  isPrivate: boolean;
  isArchived: boolean;
  hasIssues: boolean;
  /** Private repositories of free plans have no drafts. */
  hasDrafts: boolean;
  deletesMergedBranches: boolean;
  /** "Allow GitHub Actions to create and approve pull requests". */
  actionsMayOpenPullRequests: boolean;
  /** Types of the rules that protect each environment. */
  environments: Readonly<Record<string, readonly ('required_reviewers' | 'wait_timer' | 'branch_policy')[]>>;
}

export interface CheckRun {
  readonly id: number;
  readonly appSlug: string;
  readonly fields: Record<string, unknown>;
}

export interface Sarif {
  readonly id: string;
  readonly commit: string;
  readonly ref: string;
  /** As it was sent, unpacked. */
  readonly text: string;
}

export interface Artifact {
  readonly id: number;
  readonly name: string;
  readonly sizeBytes: number;
  readonly runId: number;
  readonly createdAt: string;
  readonly isExpired: boolean;
  /** Where its content is for a while; without it there is none to download. */
  readonly contentUrl?: string;
  /** Left by a run of a pull request from a fork. */
  readonly isOfFork?: boolean;
}

export interface WorkflowRun {
  readonly id: number;
  readonly name: string;
  readonly path: string;
  readonly event: string;
  readonly branch: string;
  readonly sha: string;
  readonly status: string;
  readonly conclusion: string | null;
  readonly createdAt: string;
}

export interface Repository {
  readonly id: number;
  readonly owner: Account;
  readonly name: string;
  readonly fullName: string;
  defaultBranch: string;
  readonly git: GitRepository;
  readonly parent: Repository | null;
  readonly createdAt: string;
  readonly settings: RepositorySettings;
  readonly roles: Map<string, Role>;
  readonly threads: Map<number, Thread>;
  readonly labels: Map<string, Label>;
  readonly checkRuns: CheckRun[];
  readonly sarifs: Sarif[];
  readonly artifacts: Artifact[];
  readonly runs: WorkflowRun[];
  lastNumber: number;
}

/** Everything that the fake GitHub holds. Logins and names are found whatever their case. */
export interface World {
  /** Of the server, such as `http://127.0.0.1:4567`; known once it listens. */
  url: string;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly accounts: Map<string, Account>;
  readonly teams: Team[];
  readonly apps: App[];
  readonly tokens: Map<string, Token>;
  readonly repositories: Map<string, Repository>;
  readonly directory: string;
  readonly nextId: () => number;
}

export function accountOf(world: World, login: string, type: Account['type'] = 'User'): Account {
  const known = world.accounts.get(login.toLowerCase());
  if (known) return known;
  const id = login === 'github-actions[bot]' ? 41_898_282 : world.nextId();
  const account: Account = { id, login, type: login.endsWith('[bot]') ? 'Bot' : type };
  world.accounts.set(login.toLowerCase(), account);
  return account;
}

export function repositoryOf(world: World, fullName: string): Repository | undefined {
  return world.repositories.get(fullName.toLowerCase());
}

/** The role of an account in a repository: an owner's, the one given, or what everybody has. */
export function roleOf(repository: Repository, login: string): Role {
  if (repository.owner.login.toLowerCase() === login.toLowerCase()) return 'admin';
  return repository.roles.get(login.toLowerCase()) ?? (repository.settings.isPrivate ? 'none' : 'read');
}

const roles: readonly Role[] = ['none', 'read', 'triage', 'write', 'maintain', 'admin'];

export function isAtLeast(role: Role, least: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(least);
}

export function isPull(thread: Thread): thread is PullThread {
  return thread.pull !== null;
}

export function pullsOf(repository: Repository): readonly PullThread[] {
  return [...repository.threads.values()].filter(isPull);
}

/** Node ids of GraphQL: opaque to clients, and the same in REST. */
export function nodeId(kind: string, ...parts: readonly (number | string)[]): string {
  return `${kind}_${Buffer.from(parts.join(' ')).toString('base64url')}`;
}

export function nodeParts(id: string): { readonly kind: string; readonly parts: readonly string[] } {
  const end = id.indexOf('_');
  return {
    kind: id.slice(0, end),
    parts: Buffer.from(id.slice(end + 1), 'base64url')
      .toString()
      .split(' '),
  };
}
