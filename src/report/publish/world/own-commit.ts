import type { HostCommit } from '../../../protocol/code-host.ts';

/** What a commit of ours says of itself. */
export interface CommitWords {
  /** Key of the fix. */
  readonly change: string;
  /** Commit of the base branch whose tree the files were laid over. */
  readonly base: string;
  /** Name of the plan that asked for it. */
  readonly plan: string;
  /** Digest of the files, as they are on the base and as they become. */
  readonly content: string;
}

/** The message of a commit: its words, then trailers, of which the last one holds the tree that it was made with. */
export function commitMessage(text: string, words: CommitWords, tree: string): string {
  const trailers = [
    `Cortex-Change: ${words.change}`,
    `Cortex-Plan: ${words.plan}`,
    `Cortex-Base: ${words.base}`,
    `Cortex-Content: ${words.content}`,
    `Cortex-Tree: ${tree}`,
  ];
  return `${text.trim()}\n\n${trailers.join('\n')}\n`;
}

const trailers =
  /(?:^|\n)Cortex-Change: ([0-9a-f]{64})\nCortex-Plan: ([^\n]*)\nCortex-Base: ([0-9a-f]{40,64})\nCortex-Content: ([0-9a-f]{64})\nCortex-Tree: ([0-9a-f]{40,64})$/;

/**
 * What a commit of ours says; undefined for every other one. A commit that keeps our trailers but has another tree was
 * amended by somebody, and is theirs.
 */
export function ownWords(commit: HostCommit | null): CommitWords | undefined {
  const [, change, plan, base, content, tree] = trailers.exec(commit?.message.trimEnd() ?? '') ?? [];
  if (change === undefined || plan === undefined || base === undefined || content === undefined) return undefined;
  return tree === commit?.tree ? { change, plan, base, content } : undefined;
}
