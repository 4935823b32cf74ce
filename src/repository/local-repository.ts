import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { CortexError, problem } from '../shared/errors.ts';
import { isoDate } from './commit-date.ts';
import { gitIn, type Git } from './git.ts';

/** What HEAD is, and what lies beside it uncommitted. */
export interface Head {
  /** Absolute path of the work tree's root. */
  readonly root: string;
  readonly commit: string;
  /** Committer date, ISO 8601. */
  readonly committedAt: string;
  /** `owner/name` from the remote, else the folder's name. */
  readonly repository: string;
  /** Paths with uncommitted edits: they are not part of the run. */
  readonly uncommitted: readonly string[];
}

/** Reads HEAD. Throws `not-a-repository`, `no-commit` or `program-missing` (git), each with the remedy. */
export async function readHead(directory: string, path: string): Promise<{ readonly head: Head; readonly git: Git }> {
  const root = await findRoot(gitIn(directory, path), directory);
  const git = gitIn(root, path);
  const [line, remote, status] = await Promise.all([
    readCommit(git, root),
    readRemote(git),
    git(['status', '--porcelain=v1', '-z', '--untracked-files=all']),
  ]);
  const [commit, committedAt] = line;
  return {
    git,
    head: { root, commit, committedAt, repository: remote ?? basename(root), uncommitted: uncommittedPaths(status) },
  };
}

/** Text of a file in the tree of the commit; empty where the tree has none. */
export async function readFileAt(source: { readonly git: Git; readonly head: Head }, path: string): Promise<string> {
  const listed = await source.git(['ls-tree', '--name-only', source.head.commit, '--', path]);
  return listed.length === 0 ? '' : (await source.git(['show', `${source.head.commit}:${path}`])).toString('utf8');
}

async function findRoot(git: Git, directory: string): Promise<string> {
  try {
    return (await git(['rev-parse', '--show-toplevel'])).toString('utf8').replace(/\n$/, '');
  } catch (error) {
    if (error instanceof CortexError && error.code === 'program-missing' && existsSync(directory)) throw error;
    throw problem('not-a-repository', `${directory} is not inside a git repository`, {
      hint: 'Cortex works on committed trees: run `git init`, add and commit the files, or name another folder with --target.',
      cause: error,
    });
  }
}

async function readCommit(git: Git, root: string): Promise<[string, string]> {
  try {
    const [commit = '', date = ''] = (await git(['log', '-1', '--format=%H%n%cI', 'HEAD']))
      .toString('utf8')
      .trim()
      .split('\n');
    return [commit, isoDate(date)];
  } catch (error) {
    throw problem('no-commit', `The repository at ${root} has no commit yet`, {
      hint: 'Commit the files first: a run works on the tree of HEAD.',
      cause: error,
    });
  }
}

async function readRemote(git: Git): Promise<string | undefined> {
  try {
    const url = (await git(['remote', 'get-url', 'origin'])).toString('utf8').trim();
    return /[/:]([\w.-]{1,100}\/[\w.-]{1,100}?)(?:\.git)?\/?$/.exec(url)?.[1];
  } catch {
    return undefined;
  }
}

/** Porcelain v1 with -z: two status letters, a space, the path; a rename is followed by its old path. */
function uncommittedPaths(status: Buffer): readonly string[] {
  const entries = status.toString('utf8').split('\0').filter(Boolean);
  const paths: string[] = [];
  for (let index = 0; index < entries.length; index += 1) {
    const entry = entries[index] ?? '';
    // A repository inside this one, such as what a workflow has checked out beside it, is no edit of this one.
    if (!/^\?\?.*\/$/.test(entry)) paths.push(entry.slice(3));
    if (/^.?[RC]/.test(entry)) index += 1;
  }
  return paths.sort();
}
