import type { HostComment, HostIssue, HostPullRequest } from '../../../src/protocol/code-host.ts';

export type Mutable<T> = { -readonly [K in keyof T]: T[K] };
/** A pull request as it is kept; its newest commit is looked up when it is shown. */
export type KeptPull = Mutable<Omit<HostPullRequest, 'head'>> & {
  reviewers: string[];
  isLocked: boolean;
  closedHead: string | null;
};
export type KeptIssue = Mutable<Omit<HostIssue, 'comments'>>;

/** Pull requests, issues and comments in memory; they share one row of numbers. */
export class MemoryThreads {
  readonly pulls: KeptPull[] = [];
  readonly issues: KeptIssue[] = [];
  readonly comments = new Map<number, Mutable<HostComment>[]>();
  private number = 0;
  private id = 100;

  nextNumber(): number {
    return (this.number += 1);
  }

  pull(number: number): KeptPull {
    const found = this.pulls.find((pull) => pull.number === number);
    if (!found) throw new Error(`there is no pull request #${number}`);
    return found;
  }

  issue(number: number): KeptIssue {
    const found = this.issues.find((issue) => issue.number === number);
    if (!found) throw new Error(`there is no issue #${number}`);
    return found;
  }

  commentsOf(number: number): Mutable<HostComment>[] {
    return this.comments.get(number) ?? [];
  }

  addComment(number: number, written: Pick<HostComment, 'body' | 'author' | 'createdAt'>): Mutable<HostComment> {
    this.id += 1;
    const comment = {
      ...written,
      id: this.id,
      url: `https://github.example/c/${this.id}`,
      updatedAt: written.createdAt,
    };
    this.comments.set(number, [...this.commentsOf(number), comment]);
    return comment;
  }
}
