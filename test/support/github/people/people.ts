import { writeCommit } from '../git/commits.ts';
import { commitAt, mergeTrees, resolveCommit } from '../git/repository.ts';
import { changeTree, entryAt, walkTree, type Mode } from '../git/trees.ts';
import { moveRef } from '../pulls.ts';
import { accountOf, type Account, type Repository, type World } from '../world.ts';
import { authorOf, githubCommitter } from './signatures.ts';

/** A file as a person writes it; null takes it away. */
export type Written = string | Buffer | null | { readonly content: string | Buffer; readonly mode: Mode };

export interface PersonCommit {
  readonly files: Readonly<Record<string, Written>>;
  readonly by?: string;
  readonly message?: string;
  /** In place of the branch's head: another start, or more parents. */
  readonly parents?: readonly string[];
}

/** What people do with git: none of it goes through the network, and all of it has its consequences. */
export interface GitPeople {
  /** Hash that a branch has; null where there is none. */
  readonly head: (branch: string) => string | null;
  readonly branches: () => readonly string[];
  /** Text of a file at a branch or commit; null where there is none. */
  readonly read: (at: string, path: string) => string | null;
  readonly files: (at: string) => readonly { readonly path: string; readonly mode: string; readonly sha: string }[];
  readonly commit: (sha: string) => ReturnType<typeof commitAt>;
  /** Commits and pushes; the branch is made where it is missing, from the default branch. Returns the hash. */
  readonly push: (branch: string, commit: PersonCommit) => string;
  /** Puts other contents in place of the newest commit, and force-pushes. */
  readonly amend: (branch: string, commit: PersonCommit) => string;
  /** Force-pushes whatever is given. */
  readonly setBranch: (branch: string, sha: string) => void;
  readonly createBranch: (branch: string, from?: string) => void;
  readonly deleteBranch: (branch: string) => void;
  /** Merges another branch into it, as "Update branch" does. Throws where they conflict. */
  readonly mergeInto: (branch: string, other: string, by?: string) => Promise<string>;
}

export function gitPeople(world: World, repository: Repository): GitPeople {
  const { git } = repository;
  const head = (branch: string): string | null => git.refs.get(`refs/heads/${branch}`);
  const setBranch = (branch: string, sha: string | null): void =>
    moveRef(world, repository, { ref: `refs/heads/${branch}`, sha });
  const write = (parents: readonly string[], commit: PersonCommit): string =>
    commitAs(world, repository, { ...commit, parents });
  return {
    head,
    branches: () => git.refs.below('refs/heads/').map(({ ref }) => ref.slice('refs/heads/'.length)),
    read: (at, path) => {
      const commit = resolveCommit(git, at);
      const entry = commit && entryAt(git.objects, commit.tree, path);
      return (entry && git.objects.read(entry.sha)?.bytes.toString('utf8')) ?? null;
    },
    files: (at) => [...walkTree(git.objects, resolveCommit(git, at)?.tree ?? '')],
    commit: (sha) => commitAt(git, sha),
    push: (branch, commit) => {
      const from = head(branch) ?? head(repository.defaultBranch);
      const sha = write(commit.parents ?? (from === null ? [] : [from]), commit);
      setBranch(branch, sha);
      return sha;
    },
    amend: (branch, commit) => {
      const newest = commitAt(git, head(branch) ?? '');
      if (!newest) throw new Error(`there is no branch ${branch}`);
      const tree = changeTree(git.objects, newest.tree, changesOf(repository, commit.files));
      const sha = writeCommit(git.objects, {
        tree,
        parents: newest.parents,
        ...signed(world, accountOf(world, commit.by ?? 'ada')),
        message: commit.message ?? newest.message,
        isSigned: false,
      });
      setBranch(branch, sha);
      return sha;
    },
    setBranch,
    createBranch: (branch, from = repository.defaultBranch) => {
      const sha = resolveCommit(git, from)?.sha;
      if (sha === undefined) throw new Error(`there is no ${from}`);
      setBranch(branch, sha);
    },
    deleteBranch: (branch) => setBranch(branch, null),
    mergeInto: async (branch, other, by = 'ada') => {
      const [ours, theirs] = [head(branch), head(other)];
      if (ours === null || theirs === null) throw new Error(`there is no ${branch}, or no ${other}`);
      const merged = await mergeTrees(git, ours, theirs);
      if ('conflicts' in merged) throw new Error(`they conflict: ${merged.conflicts.join(', ')}`);
      const date = world.clock.stamp();
      const sha = writeCommit(git.objects, {
        tree: merged.tree,
        parents: [ours, theirs],
        author: authorOf(accountOf(world, by), date),
        committer: githubCommitter(date),
        message: `Merge branch '${other}' into ${branch}`,
        isSigned: true,
      });
      setBranch(branch, sha);
      return sha;
    },
  };
}

function commitAs(world: World, repository: Repository, commit: PersonCommit): string {
  const { objects } = repository.git;
  const [first] = commit.parents ?? [];
  const base = first === undefined ? null : (commitAt(repository.git, first)?.tree ?? null);
  return writeCommit(objects, {
    tree: changeTree(objects, base, changesOf(repository, commit.files)),
    parents: commit.parents ?? [],
    ...signed(world, accountOf(world, commit.by ?? 'ada')),
    message: commit.message ?? 'by hand',
    isSigned: false,
  });
}

function signed(world: World, account: Account) {
  const author = authorOf(account, world.clock.stamp());
  return { author, committer: author };
}

function changesOf({ git }: Repository, files: PersonCommit['files']) {
  return Object.entries(files).map(([path, file]) => {
    if (file === null) return { path, mode: '100644' as const, sha: null };
    const { content, mode } =
      typeof file === 'string' || Buffer.isBuffer(file) ? { content: file, mode: '100644' as const } : file;
    // What a submodule points to is a commit of another repository.
    const sha = mode === '160000' ? content.toString() : git.objects.write('blob', Buffer.from(content));
    return { path, mode, sha };
  });
}
