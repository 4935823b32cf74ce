import { commitsBeyond, isAncestor, mergeBase } from './git/history.ts';
import { commitAt } from './git/repository.ts';
import type { RefMove } from './git/refs.ts';
import { differences, type FileDifference } from './git/trees.ts';
import type { Commit } from './git/commits.ts';
import { invalid, refusal } from './refusals.ts';
import { addThread, closeThread, reopenThread } from './threads.ts';
import { isPull, pullsOf, type Account, type PullThread, type Repository, type World } from './world.ts';

export interface NewPull {
  readonly author: Account;
  readonly title: string;
  readonly body: string;
  readonly base: string;
  /** `branch` or `owner:branch`. */
  readonly head: string;
  readonly isDraft: boolean;
}

export function openPull(world: World, repository: Repository, order: NewPull): PullThread {
  const { headRepository, branch } = headOf(world, repository, order.head);
  const headSha = headRepository?.git.refs.get(`refs/heads/${branch}`) ?? null;
  if (!headRepository || headSha === null) throw invalid({ resource: 'PullRequest', field: 'head', code: 'invalid' });
  const baseSha = repository.git.refs.get(`refs/heads/${order.base}`);
  if (baseSha === null) throw invalid({ resource: 'PullRequest', field: 'base', code: 'invalid' });
  const isThere = pullsOf(repository).some(
    (each) => each.state === 'open' && isFrom(each, headRepository, branch) && each.pull.baseBranch === order.base,
  );
  const custom = { resource: 'PullRequest', code: 'custom' };
  const whole = `${headRepository.owner.login}:${branch}`;
  if (isThere) throw invalid({ ...custom, message: `A pull request already exists for ${whole}.` });
  if (isAncestor(repository.git.objects, headSha, baseSha)) {
    throw invalid({
      ...custom,
      message: `No commits between ${order.base} and ${headRepository === repository ? branch : whole}`,
    });
  }
  if (mergeBase(repository.git.objects, baseSha, headSha) === undefined) {
    throw invalid({ ...custom, message: `The ${branch} branch has no history in common with ${order.base}` });
  }
  const pull = {
    headRepository,
    headBranch: branch,
    baseBranch: order.base,
    headSha,
    baseSha,
    isDraft: order.isDraft,
    mergedAt: null,
    mergedBy: null,
    mergeCommitSha: null,
    isMergeable: null,
    reviewers: new Set<string>(),
    teams: new Set<string>(),
    reviews: new Map<string, 'APPROVED'>(),
    isHeadLost: false,
  };
  const thread = addThread(world, repository, { author: order.author, title: order.title, body: order.body, pull });
  if (!isPull(thread)) throw new Error('a pull request without its part');
  repository.git.refs.set(`refs/pull/${thread.number}/head`, headSha);
  return thread;
}

export function reopenPull(world: World, thread: PullThread): void {
  if (thread.state === 'open') return;
  const { pull } = thread;
  const where = { resource: 'PullRequest', code: 'custom', field: 'state' };
  const cannot = (why: string) => invalid({ ...where, message: `state cannot be changed. ${why}` });
  if (pull.mergedAt !== null) throw cannot('The pull request is already merged.');
  const head = pull.headRepository.git.refs.get(`refs/heads/${pull.headBranch}`);
  if (head === null) throw cannot(`The ${pull.headBranch} branch has been deleted.`);
  if (pull.isHeadLost) throw cannot(`The ${pull.headBranch} branch was force-pushed or recreated.`);
  reopenThread(world, thread);
  thread.pull.headSha = head;
}

/** What follows from refs having moved: pull requests get new heads, are closed, or turn out to be merged. */
export function followRefs(world: World, repository: Repository, moves: readonly RefMove[]): void {
  const all = [...world.repositories.values()].flatMap((each) =>
    pullsOf(each).map((thread) => ({ thread, into: each })),
  );
  for (const { ref, before, after } of moves) {
    const branch = branchOf(ref);
    if (branch === null) continue;
    for (const { thread, into } of all) {
      if (isFrom(thread, repository, branch)) followHead(world, { thread, into }, { before, after });
      if (into === repository && thread.pull.baseBranch === branch) followBase(world, { thread, into }, after);
    }
  }
}

type PullAt = { readonly thread: PullThread; readonly into: Repository };

function followHead(
  world: World,
  { thread, into }: PullAt,
  { before, after }: { readonly before: string | null; readonly after: string | null },
): void {
  const { pull } = thread;
  const { objects, refs } = into.git;
  const isForward = before !== null && after !== null && isAncestor(objects, before, after);
  if (thread.state === 'closed') {
    if (after !== null && (before === null ? after !== pull.headSha : !isForward)) pull.isHeadLost = true;
    return;
  }
  if (after === null) {
    closeThread(world, thread);
    return;
  }
  pull.headSha = after;
  pull.isMergeable = null;
  refs.set(`refs/pull/${thread.number}/head`, after);
  thread.updatedAt = world.clock.stamp();
  const base = refs.get(`refs/heads/${pull.baseBranch}`);
  if (base !== null && isAncestor(objects, after, base)) closeThread(world, thread);
}

function followBase(world: World, { thread, into }: PullAt, after: string | null): void {
  if (thread.state === 'closed') return;
  const { pull } = thread;
  if (after === null) {
    closeThread(world, thread);
    return;
  }
  pull.isMergeable = null;
  if (isAncestor(into.git.objects, pull.headSha, after)) {
    setMerged(world, thread, { by: thread.author, commit: pull.headSha });
  } else {
    pull.baseSha = after;
  }
}

export function setMerged(
  world: World,
  thread: PullThread,
  { by, commit }: { readonly by: Account; readonly commit: string },
): void {
  thread.pull.mergedAt = world.clock.stamp();
  thread.pull.mergedBy = by;
  thread.pull.mergeCommitSha = commit;
  closeThread(world, thread);
}

/** Moves a ref and lets everything follow. */
export function moveRef(
  world: World,
  repository: Repository,
  { ref, sha }: { readonly ref: string; readonly sha: string | null },
): void {
  followRefs(world, repository, [repository.git.refs.set(ref, sha)]);
}

/** Files that a pull request changes: from where it left its base. */
export function changedFiles(repository: Repository, { pull }: PullThread): readonly FileDifference[] {
  const { git } = repository;
  const from = mergeBase(git.objects, pull.baseSha, pull.headSha);
  const [before, after] = [from, pull.headSha].map((sha) => (sha === undefined ? undefined : commitAt(git, sha)?.tree));
  return differences(git.objects, before ?? null, after ?? null);
}

/** Commits of a pull request, oldest first. */
export function commitsOf(repository: Repository, { pull }: PullThread): readonly Commit[] {
  return commitsBeyond(repository.git.objects, pull.headSha, [pull.baseSha]).toReversed();
}

export function isFrom(thread: PullThread, repository: Repository, branch: string): boolean {
  return thread.pull.headRepository === repository && thread.pull.headBranch === branch;
}

export function branchOf(ref: string): string | null {
  return ref.startsWith('refs/heads/') ? ref.slice('refs/heads/'.length) : null;
}

/** Workflow files that commits would bring which no ref has yet: what a token needs a permission for. */
export function newWorkflows(repository: Repository, sha: string): readonly string[] {
  const { objects, refs } = repository.git;
  const old = refs.below('refs/').map((each) => each.sha);
  const fresh = commitsBeyond(objects, sha, old);
  return fresh.flatMap((commit) => {
    const parents = commit.parents.flatMap((parent) => commitAt(repository.git, parent) ?? []);
    const changed = (parents.length > 0 ? parents : [null]).map(
      (parent) => new Set(differences(objects, parent?.tree ?? null, commit.tree).map(({ path }) => path)),
    );
    // Of a merge, only what differs from all its parents is new.
    return [...(changed[0] ?? [])].filter((path) => isWorkflow(path) && changed.every((each) => each.has(path)));
  });
}

export function isWorkflow(path: string): boolean {
  return path.startsWith('.github/workflows/');
}

function headOf(
  world: World,
  repository: Repository,
  head: string,
): { readonly headRepository: Repository | undefined; readonly branch: string } {
  const [owner, branch] = head.includes(':') ? head.split(':') : [repository.owner.login, head];
  if (branch === undefined || owner === undefined) throw refusal(422, 'Invalid head');
  if (owner.toLowerCase() === repository.owner.login.toLowerCase()) return { headRepository: repository, branch };
  const network = [...world.repositories.values()].find(
    (each) => each.parent === repository && each.owner.login.toLowerCase() === owner.toLowerCase(),
  );
  return { headRepository: network, branch };
}
