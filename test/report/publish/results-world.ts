import { createHash } from 'node:crypto';
import type { HostBranch, HostCommit, HostView } from '../../../src/protocol/code-host.ts';
import type { Report } from '../../../src/protocol/report.ts';
import {
  commitResults,
  type ResultsHost,
  type ResultsOrder,
} from '../../../src/report/publish/results/results-commit.ts';
import type { ResultsFolder } from '../../../src/report/publish/results/results-own.ts';
import { problem } from '../../../src/shared/errors.ts';
import { reportWith } from '../../support/report.ts';

export interface File {
  readonly mode: string;
  readonly content: Buffer;
}
type Tree = ReadonlyMap<string, File>;

/** Mode and content of a plain file. */
export const plainFile = (content: string | Uint8Array): File => ({ mode: '100644', content: Buffer.from(content) });

/**
 * A code host with commits, trees and branches in memory: branches move forward only. `onWrite` is told of each write before
 * it takes effect, and may throw, or let somebody else be faster.
 */
export class MemoryHost {
  readonly commits = new Map<string, HostCommit & { readonly files: Tree }>();
  readonly branches = new Map<string, string>();
  /** Names of the writes, in order. */
  readonly writes: string[] = [];
  /** Paths that commits were sent with. */
  readonly sent: string[][] = [];
  onWrite: (verb: string) => void = () => undefined;
  private count = 0;

  readonly host: ResultsHost = {
    look: ({ results }) => Promise.resolve({ results: this.head(results) } as HostView),
    readTexts: (commit, paths) =>
      Promise.resolve(new Map(paths.map((path) => [path, textOf(this.filesOf(commit).get(path))]))),
    readTree: (commit) =>
      Promise.resolve(
        [...this.filesOf(commit)].map(([path, { mode, content }]) => ({ path, mode, sha: blobHash(content) })),
      ),
    commit: async ({ parents, tree, files, message }) => {
      await this.write('commit');
      this.sent.push(files.map(({ path }) => path));
      const changed = new Map(tree === null ? [] : this.treeOf(tree));
      for (const { path, mode, content } of files)
        if (content === null) changed.delete(path);
        else changed.set(path, { mode, content: Buffer.from(content) });
      return this.add(changed, parents, message);
    },
    createBranch: async (name, sha) => {
      await this.write('create');
      const there = this.branches.get(name);
      if (there !== undefined && there !== sha) throw problem('branch-exists', name, { hint: '' });
      this.branches.set(name, sha);
    },
    moveBranch: async (name, sha) => {
      await this.write('move');
      const there = this.branches.get(name);
      if (there === undefined || !this.isAfter(sha, there)) throw problem('branch-moved', name, { hint: '' });
      this.branches.set(name, sha);
    },
  };

  /** What a branch has, by path. */
  files(branch: string): Record<string, string> {
    const head = this.branches.get(branch);
    return Object.fromEntries(
      [...(head === undefined ? [] : this.filesOf(head))].map(([path, { content }]) => [path, content.toString()]),
    );
  }

  head(branch: string): HostBranch | null {
    const commit = this.commits.get(this.branches.get(branch) ?? '');
    return commit === undefined ? null : { name: branch, head: commit };
  }

  /** Somebody else's commit on top of a branch. */
  push(branch: string, files: Readonly<Record<string, File | null>>): void {
    const head = this.branches.get(branch);
    const changed = new Map(head === undefined ? [] : this.filesOf(head));
    for (const [path, file] of Object.entries(files))
      if (file === null) changed.delete(path);
      else changed.set(path, file);
    const { sha } = this.add(changed, head === undefined ? [] : [head], () => 'Somebody else');
    this.branches.set(branch, sha);
  }

  private async write(verb: string): Promise<void> {
    await Promise.resolve();
    this.onWrite(verb);
    this.writes.push(verb);
  }

  private add(files: Tree, parents: readonly string[], message: (tree: string) => string): HostCommit {
    const tree = `tree-${++this.count}`;
    const sha = `commit-${this.count}`;
    const commit = { sha, tree, parents, message: message(tree), files };
    this.commits.set(sha, commit);
    return commit;
  }

  private filesOf(commit: string): Tree {
    return this.commits.get(commit)?.files ?? new Map();
  }

  private treeOf(tree: string): Tree {
    return [...this.commits.values()].find((commit) => commit.tree === tree)?.files ?? new Map();
  }

  private isAfter(sha: string, earlier: string): boolean {
    const parents = this.commits.get(sha)?.parents ?? [];
    return sha === earlier || parents.some((parent) => this.isAfter(parent, earlier));
  }
}

function textOf(file: File | undefined): string | null | { readonly unreadable: string } {
  if (file === undefined) return null;
  return file.content.length > 1024 * 1024 ? { unreadable: 'too large' } : file.content.toString();
}

function blobHash(content: Buffer): string {
  return createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
}

export const branch = 'cortex/results';

/** `CORTEX-EXEC-2026-11-14-09MM00`, begun at that minute. */
export function executionAt(minute: number): string {
  return `CORTEX-EXEC-2026-11-14-09${String(minute).padStart(2, '0')}00`;
}

/** What an execution begun at a minute of the hour leaves in its folder, and what lies beside it there. */
export function filesOfRun(minute: number, overrides: Partial<Report> = {}): Record<string, string | Uint8Array> {
  const id = executionAt(minute);
  const startedAt = `2026-11-14T09:${String(minute).padStart(2, '0')}:00.000Z`;
  const report = reportWith({ execution_id: id, started_at: startedAt, ...overrides });
  const state = JSON.stringify({ execution_id: id, started_at: startedAt });
  return {
    [`execution-plans/${id}-results.json`]: JSON.stringify(report),
    [`execution-plans/${id}-FINAL-REPORT.md`]: `# Report of ${id}\n`,
    'execution-plans/preflight-report.json': JSON.stringify({ execution_id: id, checks: [] }),
    [`archives/${id}/assets.json`]: JSON.stringify({ v: 1, execution_id: id }),
    [`archives/${id}/evidence/0a1b.json`]: Uint8Array.from([0, 255, 10]),
    [`archives/${id}/changes/pin-0a1b.patch`]: 'a patch\n',
    'current-execution.json': state,
    'task-queue.json': state,
  };
}

/** A folder as the results commit reads it. */
export function folderOf(files: Readonly<Record<string, string | Uint8Array>>): ResultsFolder {
  return {
    list: () =>
      Promise.resolve(Object.entries(files).map(([path, content]) => ({ path, bytes: Buffer.byteLength(content) }))),
    read: (path) => {
      const content = files[path];
      if (content === undefined) throw new Error(`${path} was read, and is not there`);
      return Promise.resolve(Buffer.from(content));
    },
  };
}

/** Commits what the run of a minute has left; waits take no time. */
export function commitRun(
  host: ResultsHost,
  minute: number,
  wish: Partial<ResultsOrder> & { readonly keep?: number } = {},
): ReturnType<typeof commitResults> {
  const { keep = 50, ...order } = wish;
  return commitResults({
    host,
    folder: folderOf(filesOfRun(minute)),
    policy: { branch, keep },
    execution: executionAt(minute),
    runUrl: `https://github.example/runs/${minute}`,
    lessons: [],
    mode: 'apply',
    pause: () => Promise.resolve(),
    random: () => 0.5,
    ...order,
  });
}
