import { createHash } from 'node:crypto';
import type { HostCommit, HostFile, HostTreeEntry } from '../../../src/protocol/code-host.ts';
import { compareText } from '../../../src/shared/canonical.ts';
import { problem } from '../../../src/shared/errors.ts';

/** A file as a tree has it; links and submodules by their modes. */
export interface GitFile {
  readonly mode: string;
  readonly content: string;
}
export type GitTree = ReadonlyMap<string, GitFile>;
/** Text of a file, null = gone, or a file with its mode. */
export type Written = Readonly<Record<string, string | null | GitFile>>;

/** Commits, trees and branches in memory, with git's rules: named by content, branches by their commit. */
export class MemoryGit {
  readonly trees = new Map<string, GitTree>();
  readonly commits = new Map<string, HostCommit>();
  readonly branches = new Map<string, string>();
  private made = 0;

  /** The tree of a commit, or the tree itself. */
  treeAt(sha: string): GitTree {
    const tree = this.trees.get(this.commits.get(sha)?.tree ?? sha);
    if (!tree) throw problem('github-not-found', `there is no commit or tree ${sha}`, { hint: '' });
    return tree;
  }

  commitAt(sha: string): HostCommit {
    const commit = this.commits.get(sha);
    if (!commit) throw problem('github-not-found', `there is no commit ${sha}`, { hint: '' });
    return commit;
  }

  head(branch: string): HostCommit | null {
    const sha = this.branches.get(branch);
    return sha === undefined ? null : this.commitAt(sha);
  }

  /** Files laid over a tree, as one commit that no branch shows. */
  commit(order: {
    readonly parents: readonly string[];
    readonly files: GitTree;
    readonly message: string | ((tree: string) => string);
  }): HostCommit {
    const sorted = new Map([...order.files].sort(([a], [b]) => compareText(a, b)));
    const tree = sha1(['tree', ...[...sorted].map(([path, { mode, content }]) => `${mode} ${path}\0${content}`)]);
    this.trees.set(tree, sorted);
    const message = typeof order.message === 'string' ? order.message : order.message(tree);
    this.made += 1;
    const sha = sha1(['commit', tree, ...order.parents, message, String(this.made)]);
    const commit = { sha, tree, parents: order.parents, message };
    this.commits.set(sha, commit);
    return commit;
  }

  isAfter(sha: string, before: string): boolean {
    const seen = new Set<string>();
    const open = [sha];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (at === before) return true;
      if (seen.has(at)) continue;
      seen.add(at);
      open.push(...this.commitAt(at).parents);
    }
    return false;
  }

  /** Two commits as one tree, path by path: what one side has left alone is taken from the other, else it is `mine`. */
  merged(mine: string, theirs: string): GitTree {
    const base = this.mergeBase(mine, theirs);
    const [from, a, b] = [
      base === undefined ? new Map<string, GitFile>() : this.treeAt(base),
      this.treeAt(mine),
      this.treeAt(theirs),
    ];
    const same = (x: GitFile | undefined, y: GitFile | undefined): boolean =>
      x?.mode === y?.mode && x?.content === y?.content;
    const paths = [...new Set([...a.keys(), ...b.keys()])];
    const chosen = paths.map((path) => [path, same(a.get(path), from.get(path)) ? b.get(path) : a.get(path)] as const);
    return new Map(chosen.flatMap(([path, file]) => (file === undefined ? [] : [[path, file] as const])));
  }

  private mergeBase(a: string, b: string): string | undefined {
    for (let open = [a]; open.length > 0; open = open.flatMap((sha) => this.commitAt(sha).parents)) {
      const found = open.find((sha) => this.isAfter(b, sha));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  entries(sha: string): readonly HostTreeEntry[] {
    return [...this.treeAt(sha)].map(([path, { mode, content }]) => ({ path, mode, sha: sha1(['blob', content]) }));
  }
}

/** A tree with files written over it. */
export function withFiles(tree: GitTree, written: Written): GitTree {
  const files = new Map(tree);
  for (const [path, file] of Object.entries(written)) {
    if (file === null) files.delete(path);
    else files.set(path, typeof file === 'string' ? { mode: files.get(path)?.mode ?? '100644', content: file } : file);
  }
  return files;
}

/** The same for what a publisher sends: modes are as it says. */
export function withHostFiles(tree: GitTree, sent: readonly HostFile[]): GitTree {
  return withFiles(
    tree,
    Object.fromEntries(
      sent.map(({ path, mode, content }) => [
        path,
        content === null ? null : { mode, content: Buffer.from(content).toString('utf8') },
      ]),
    ),
  );
}

function sha1(parts: readonly string[]): string {
  return createHash('sha1').update(parts.join('\0\n')).digest('hex');
}
