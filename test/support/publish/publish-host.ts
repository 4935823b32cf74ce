import {
  isOwnOrBot,
  type HostIdentity,
  type HostPullRequest,
  type HostQuestion,
  type HostRole,
  type HostView,
} from '../../../src/protocol/code-host.ts';
import type { HostWriter, PublishHost } from '../../../src/report/publish/world/host.ts';
import { CortexError, problem } from '../../../src/shared/errors.ts';
import { MemoryGit, withHostFiles } from './memory-git.ts';
import { MemoryThreads, type KeptIssue, type KeptPull } from './memory-threads.ts';

export const ours: HostIdentity = { kind: 'app', login: 'cortex[bot]', mayWriteWorkflows: true };

/** The process that was writing is dead: no error of the host, and nothing to go on from. */
export class Killed extends Error {}

/** How a write goes wrong: it does not arrive, it takes effect but nobody hears of it, or the host says no. */
export type Fault = 'before' | 'after' | CortexError;

/**
 * A code host in memory that keeps to what `PublishHost` promises, with all that people do to a repository as verbs of their
 * own in `people.ts`. Writes are counted, named, and can be made to fail.
 */
export class MemoryHost {
  readonly git = new MemoryGit();
  readonly threads = new MemoryThreads();
  readonly roles = new Map<string, HostRole>();
  readonly labels = new Set<string>();
  /** People and teams that can't be asked for a review. */
  readonly strangers = new Set<string>();
  /** Names of the writes that took effect, in order. */
  readonly writes: string[] = [];
  reads = 0;
  now = Date.parse('2026-11-20T12:00:00Z');
  readonly identity: HostIdentity;
  readonly name = 'acme/shop';
  readonly defaultBranch = 'main';
  /** Asked before each write, with how many there were. */
  fault: (write: string, count: number) => Fault | undefined = () => undefined;
  private tries = 0;

  constructor(identity: HostIdentity = ours) {
    this.identity = identity;
  }

  get time(): string {
    return new Date(this.now).toISOString();
  }

  /** What the publisher is given. */
  get host(): PublishHost {
    const write =
      <A extends readonly unknown[], R>(name: keyof HostWriter, act: (...args: A) => R) =>
      (...args: A): Promise<R> =>
        this.written(name, () => act(...args));
    return {
      look: (question) => this.read(() => this.look(question)),
      readTexts: (commit, paths) => this.read(() => new Map(paths.map((path) => [path, this.textAt(commit, path)]))),
      readTree: (commit) => this.read(() => this.git.entries(commit)),
      roleOf: (login) => this.read(() => this.roles.get(login.toLowerCase()) ?? 'none'),
      readIssue: (number) => this.read(() => this.issueAt(number)),
      readComments: (number) => this.read(() => this.threads.commentsOf(number).map((each) => ({ ...each }))),
      commit: write('commit', ({ parents, tree, files, message }) =>
        this.git.commit({
          parents,
          files: withHostFiles(tree === null ? new Map() : this.git.treeAt(tree), files),
          message,
        }),
      ),
      createBranch: write('createBranch', (name, sha) => this.createBranch(name, sha)),
      moveBranch: write('moveBranch', (name, sha) => this.moveBranch(name, sha)),
      deleteBranch: write('deleteBranch', (name, sha) => this.deleteBranch(name, sha)),
      openPullRequest: write('openPullRequest', (order) => this.openPull({ ...order, author: this.author })),
      dressPullRequest: write('dressPullRequest', (order) => this.dress(order)),
      editPullRequest: write('editPullRequest', (number, change) => this.editPull(number, change)),
      writeIssue: write('writeIssue', (order) => this.writeIssue(order)),
      writeComment: write('writeComment', (order) => this.writeComment(order)),
    };
  }

  get author() {
    return { login: this.identity.login, isBot: this.identity.kind !== 'user' };
  }

  private read<T>(act: () => T): Promise<T> {
    this.reads += 1;
    return attempt(act);
  }

  private written<T>(name: string, act: () => T): Promise<T> {
    return attempt(() => {
      this.tries += 1;
      const fault = this.fault(name, this.tries);
      if (fault === 'before') throw new Killed(`killed before ${name}`);
      if (fault instanceof CortexError) throw fault;
      const done = act();
      this.writes.push(name);
      this.now += 1000;
      if (fault === 'after') throw new Killed(`killed after ${name}`);
      return done;
    });
  }

  private textAt(commit: string, path: string): string | null | { readonly unreadable: string } {
    const tree = this.git.treeAt(commit);
    const file = tree.get(path);
    if (!file)
      return [...tree.keys()].some((each) => each.startsWith(`${path}/`))
        ? { unreadable: 'it is a folder or a submodule' }
        : null;
    if (file.mode === '160000') return { unreadable: 'it is a folder or a submodule' };
    if (file.content.length > 1024 * 1024) return { unreadable: 'it is larger than 1048576 bytes' };
    return file.content.includes('\0') ? { unreadable: 'it is no text in UTF-8' } : file.content;
  }

  look(question: HostQuestion): HostView {
    const baseName = question.base ?? this.defaultBranch;
    const base = this.branch(baseName);
    if (!base) throw problem('base-missing', `There is no branch ${baseName}`, { hint: '' });
    const names = [...this.git.branches.keys()].filter((name) => name.startsWith(question.prefix)).sort();
    const shown = new Set([...names, ...question.branches]);
    return {
      repository: {
        name: this.name,
        nodeId: 'R_1',
        url: 'https://github.example/acme/shop',
        defaultBranch: this.defaultBranch,
        isFork: false,
      },
      base,
      results: this.branch(question.results) ?? null,
      branches: names.flatMap((name) => this.branch(name) ?? []),
      pullRequests: this.threads.pulls.filter((pull) => shown.has(pull.branch)).map((pull) => this.shown(pull)),
      merged: this.mergedSince(question.mergedSince),
      issues: this.issuesFor(question).map((issue) => ({
        ...issue,
        comments: this.threads.commentsOf(issue.number).map((each) => ({ ...each })),
      })),
      labels: question.labels.filter((label) => hasLabel([...this.labels], label)),
      codeOwners: this.owners(base.head.sha),
    };
  }

  private issueAt(number: number): KeptIssue | null {
    const found = this.threads.issues.find((each) => each.number === number);
    return found ? { ...found, labels: [...found.labels] } : null;
  }

  private issuesFor({ issueLabel, ownIssues }: HostQuestion): readonly KeptIssue[] {
    const labelled = this.threads.issues.filter((issue) => hasLabel(issue.labels, issueLabel));
    if (ownIssues === null) return labelled;
    const { login, mark } = ownIssues;
    const isKnown = labelled.some(({ author, body }) => isOwnOrBot(author, { login }) && body.includes(mark));
    if (isKnown) return labelled;
    return this.threads.issues.filter(
      (issue) => labelled.includes(issue) || (issue.author.login === login && issue.body.includes(mark)),
    );
  }

  private branch(name: string) {
    const head = this.git.head(name);
    return head ? { name, head } : undefined;
  }

  /** The newest commit of the branch as it is now, whatever became of the pull request. */
  private shown(kept: KeptPull): HostPullRequest {
    const { closedHead, ...pull } = kept;
    const head = pull.isFromFork && closedHead !== null ? this.git.commitAt(closedHead) : this.git.head(pull.branch);
    return { ...pull, labels: [...pull.labels], head };
  }

  private mergedSince(since: string): HostView['merged'] {
    return this.threads.pulls
      .flatMap(({ number, branch, mergedAt }) =>
        mergedAt !== null && Date.parse(mergedAt) >= Date.parse(since) ? [{ number, branch, mergedAt }] : [],
      )
      .toSorted((a, b) => Date.parse(b.mergedAt) - Date.parse(a.mergedAt))
      .slice(0, 100);
  }

  private owners(commit: string): string | null {
    const tree = this.git.treeAt(commit);
    return (
      ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS']
        .map((path) => tree.get(path)?.content)
        .find((text) => text !== undefined) ?? null
    );
  }

  private createBranch(name: string, sha: string): void {
    this.git.commitAt(sha);
    const there = this.git.branches.get(name);
    if (there !== undefined && there !== sha)
      throw problem('branch-exists', `The branch ${name} is there already`, { hint: '' });
    const isBlocked = [...this.git.branches.keys()].some(
      (each) => each.startsWith(`${name}/`) || name.startsWith(`${each}/`),
    );
    if (isBlocked) throw problem('branch-blocked', `The branch ${name} can't be made`, { hint: '' });
    this.git.branches.set(name, sha);
  }

  private moveBranch(name: string, sha: string): void {
    const there = this.git.branches.get(name);
    if (there === undefined || !this.git.isAfter(sha, there))
      throw problem('branch-moved', `The branch ${name} has moved`, { hint: '' });
    this.git.branches.set(name, sha);
  }

  private deleteBranch(name: string, sha: string): void {
    const there = this.git.branches.get(name);
    if (there !== undefined && there !== sha)
      throw problem('branch-moved', `The branch ${name} has moved`, { hint: '' });
    this.removeBranch(name);
  }

  /** A branch that goes takes its open pull requests along. */
  removeBranch(name: string): void {
    for (const pull of this.threads.pulls)
      if (pull.branch === name && pull.state === 'open' && !pull.isFromFork) this.closePull(pull);
    this.git.branches.delete(name);
  }

  closePull(pull: KeptPull): void {
    pull.closedHead = this.git.branches.get(pull.branch) ?? pull.closedHead;
    pull.state = 'closed';
    pull.closedAt = this.time;
  }

  openPull(order: Parameters<HostWriter['openPullRequest']>[0] & { readonly author: HostPullRequest['author'] }) {
    const { branch, base, title, body, isDraft, author } = order;
    const there = this.threads.pulls.find(
      (pull) => pull.state === 'open' && pull.branch === branch && pull.base === base && !pull.isFromFork,
    );
    if (there) return { number: there.number, nodeId: there.nodeId, url: there.url };
    const [head, into] = [this.git.branches.get(branch), this.git.branches.get(base)];
    if (head === undefined || into === undefined) throw refused(`no branch ${head === undefined ? branch : base}`);
    if (this.git.isAfter(into, head)) throw refused(`No commits between ${base} and ${branch}`);
    checkLength(body);
    const number = this.threads.nextNumber();
    const made = { number, nodeId: `PR_${number}`, url: `https://github.example/acme/shop/pull/${number}` };
    this.threads.pulls.push({
      ...made,
      state: 'open',
      isDraft,
      title,
      body,
      branch,
      base,
      isFromFork: false,
      author,
      labels: [],
      createdAt: this.time,
      closedAt: null,
      mergedAt: null,
      reviewers: [],
      isLocked: false,
      closedHead: null,
    });
    return made;
  }

  private dress(order: Parameters<HostWriter['dressPullRequest']>[0]) {
    const pull = this.threads.pull(order.number);
    for (const label of order.labels) this.labels.add(label);
    pull.labels = [...pull.labels, ...order.labels.filter((label) => !hasLabel(pull.labels, label))];
    const asked = [...order.reviewers, ...order.teams];
    const notAsked = asked.filter((name) => this.strangers.has(name) || name === pull.author.login);
    pull.reviewers = [...new Set([...pull.reviewers, ...asked.filter((name) => !notAsked.includes(name))])];
    return { notAsked };
  }

  private editPull(number: number, { title, body, state }: Parameters<HostWriter['editPullRequest']>[1]): void {
    const pull = this.threads.pull(number);
    if (pull.state === 'merged' && state !== undefined) throw refused('it is merged');
    if (state === 'open' && pull.state === 'closed' && pull.closedHead !== this.git.branches.get(pull.branch))
      throw refused('its branch is gone or was forced');
    if (body !== undefined) checkLength(body);
    pull.title = title ?? pull.title;
    pull.body = body ?? pull.body;
    if (state === 'closed' && pull.state === 'open') this.closePull(pull);
    if (state === 'open' && pull.state === 'closed')
      Object.assign(pull, { state: 'open', closedAt: null, closedHead: null });
  }

  private writeIssue({ number, title, body, labels, state }: Parameters<HostWriter['writeIssue']>[0]) {
    checkLength(body);
    for (const label of labels) this.labels.add(label);
    if (number !== null) {
      const issue = this.threads.issue(number);
      const missing = labels.filter((label) => !hasLabel(issue.labels, label));
      Object.assign(issue, { title, body, state, labels: [...issue.labels, ...missing] });
      return { number, url: issue.url };
    }
    const made = this.threads.nextNumber();
    const url = `https://github.example/acme/shop/issues/${made}`;
    this.threads.issues.push({
      number: made,
      nodeId: `I_${made}`,
      url,
      state,
      title,
      body,
      author: this.author,
      labels: [...labels],
    });
    return { number: made, url };
  }

  private writeComment({ issue, id, body }: Parameters<HostWriter['writeComment']>[0]) {
    checkLength(body);
    const pull = this.threads.pulls.find((each) => each.number === issue);
    if (!pull) this.threads.issue(issue);
    if (pull?.isLocked && this.identity.kind === 'user')
      throw problem('github-forbidden', `#${issue} is locked`, { hint: '' });
    if (id === null) return this.threads.addComment(issue, { body, author: this.author, createdAt: this.time });
    const comment = this.threads.commentsOf(issue).find((each) => each.id === id);
    if (!comment) throw problem('github-not-found', `there is no comment ${id}`, { hint: '' });
    Object.assign(comment, { body, updatedAt: this.time });
    return { id, url: comment.url };
  }
}

function checkLength(body: string): void {
  if (body.length > 65_536) throw refused('body is too long (maximum is 65536 characters)');
}

function refused(why: string): Error {
  return problem('github-refused', `GitHub refused it (422): ${why}`, { hint: '' });
}

export function hasLabel(labels: readonly string[], label: string): boolean {
  return labels.some((each) => each.toLowerCase() === label.toLowerCase());
}

function attempt<T>(act: () => T): Promise<T> {
  return new Promise((resolve) => resolve(act()));
}
