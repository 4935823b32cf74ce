import type { HostComment } from '../../../src/protocol/code-host.ts';
import { withFiles, type Written } from './memory-git.ts';
import type { MemoryHost } from './publish-host.ts';

const ada = { login: 'ada', isBot: false };

/** What people do to a repository, by hand. Each verb takes effect at once. */
export function peopleOf(memory: MemoryHost) {
  const { git, threads } = memory;
  const headOf = (branch: string) => {
    const head = git.head(branch);
    if (!head) throw new Error(`there is no branch ${branch}`);
    return head;
  };
  const pass = (ms = 60_000): void => void (memory.now += ms);
  /** A commit on a branch; the branch comes from the default one where there is none. */
  const push = (branch: string, files: Written, message = `edit ${branch}`): string => {
    const head = git.head(branch) ?? git.head(memory.defaultBranch);
    const tree = withFiles(head ? git.treeAt(head.sha) : new Map(), files);
    const made = git.commit({ parents: head ? [head.sha] : [], files: tree, message });
    git.branches.set(branch, made.sha);
    pass();
    return made.sha;
  };
  const mergeCommit = (into: string, from: string, message: string): string => {
    const [mine, theirs] = [headOf(into), headOf(from)];
    const files = git.merged(mine.sha, theirs.sha);
    const made = git.commit({ parents: [mine.sha, theirs.sha], files, message });
    git.branches.set(into, made.sha);
    pass();
    return made.sha;
  };
  return {
    pass,
    push,
    /** The newest commit made anew with other files; its message stays. */
    amend: (branch: string, files: Written): void => {
      const { sha, parents, message } = headOf(branch);
      const made = git.commit({ parents, files: withFiles(git.treeAt(sha), files), message });
      git.branches.set(branch, made.sha);
    },
    force: (branch: string, sha: string): void => void git.branches.set(branch, sha),
    /** The button `Update branch`: the base is merged into the branch, in the name of who pressed it. */
    updateBranch: (number: number): string => {
      const { branch, base } = threads.pull(number);
      return mergeCommit(branch, base, `Merge branch '${base}' into ${branch}`);
    },
    merge: (number: number, wish: { readonly how?: 'merge' | 'squash'; readonly keepsBranch?: boolean } = {}): void => {
      const pull = threads.pull(number);
      const [base, head] = [headOf(pull.base).sha, headOf(pull.branch).sha];
      const parents = wish.how === 'squash' ? [base] : [base, head];
      const made = git.commit({ parents, files: git.merged(base, head), message: `${pull.title} (#${number})` });
      git.branches.set(pull.base, made.sha);
      pass();
      Object.assign(pull, { state: 'merged', mergedAt: memory.time, closedAt: memory.time });
      if (!wish.keepsBranch) git.branches.delete(pull.branch);
    },
    close: (number: number, wish: { readonly deletesBranch?: boolean } = {}): void => {
      pass();
      memory.closePull(threads.pull(number));
      if (wish.deletesBranch) git.branches.delete(threads.pull(number).branch);
    },
    deleteBranch: (name: string): void => memory.removeBranch(name),
    open: (
      branch: string,
      wish: {
        readonly login?: string;
        readonly base?: string;
        readonly body?: string;
        readonly isFromFork?: boolean;
      } = {},
    ): number => {
      const order = { branch, base: wish.base ?? memory.defaultBranch, title: `${branch} by hand`, isDraft: false };
      const author = { login: wish.login ?? ada.login, isBot: false };
      if (!wish.isFromFork) return memory.openPull({ ...order, body: wish.body ?? '', author }).number;
      const number = threads.nextNumber();
      const fork = git.commit({ parents: [headOf(order.base).sha], files: new Map(), message: 'from a fork' });
      threads.pulls.push({
        ...order,
        body: wish.body ?? '',
        number,
        nodeId: `PR_${number}`,
        url: `https://github.example/acme/shop/pull/${number}`,
        state: 'open',
        isFromFork: true,
        author,
        labels: [],
        createdAt: memory.time,
        closedAt: null,
        mergedAt: null,
        reviewers: [],
        isLocked: false,
        closedHead: fork.sha,
      });
      return number;
    },
    comment: (number: number, body: string, login = ada.login): HostComment =>
      threads.addComment(number, { body, author: { login, isBot: login.endsWith('[bot]') }, createdAt: memory.time }),
    /** Somebody edits a comment afterwards. */
    editComment: (number: number, id: number, body: string): void => {
      pass();
      const comment = threads.commentsOf(number).find((each) => each.id === id);
      if (comment) Object.assign(comment, { body, updatedAt: memory.time });
    },
    /** Ticks the boxes of an issue or a pull request whose hidden name begins so. */
    tick: (number: number, name: string): number => {
      const thread = threads.issues.find((issue) => issue.number === number) ?? threads.pull(number);
      const before = thread.body;
      thread.body = before.replaceAll(`- [ ] <!-- cortex:box ${name}`, `- [x] <!-- cortex:box ${name}`);
      return before === thread.body ? 0 : before.split(`- [ ] <!-- cortex:box ${name}`).length - 1;
    },
  };
}

export type People = ReturnType<typeof peopleOf>;

/** A host with one commit on `main`. */
export function startWith(memory: MemoryHost, files: Written): People {
  const people = peopleOf(memory);
  people.push(memory.defaultBranch, files, 'first');
  return people;
}
