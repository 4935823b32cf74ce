import { writeCommit } from '../git/commits.ts';
import { commitAt, mergeTrees } from '../git/repository.ts';
import { moveRef, openPull, reopenPull, setMerged, type NewPull } from '../pulls.ts';
import { askForReviews, retarget } from '../reviews.ts';
import {
  addComment,
  addThread,
  closeThread,
  deleteLabel,
  editComment,
  editThread,
  findComment,
  putLabels,
  reopenThread,
  type ThreadEdit,
} from '../threads.ts';
import { accountOf, isPull, pullsOf, type PullThread, type Repository, type Thread, type World } from '../world.ts';
import { authorOf, githubCommitter } from './signatures.ts';

const somebody = 'ada';

/** What people do on GitHub's pages: issues, pull requests, comments, labels. Numbers are those shown there. */
export interface PagePeople {
  readonly thread: (number: number) => Thread;
  readonly pull: (number: number) => PullThread;
  /** Of all states, by number. */
  readonly pulls: () => readonly PullThread[];
  readonly issues: () => readonly Thread[];
  readonly openIssue: (issue: {
    readonly title: string;
    readonly body?: string;
    readonly by?: string;
    readonly labels?: readonly string[];
  }) => number;
  readonly openPull: (
    pull: Partial<Omit<NewPull, 'author'>> & { readonly head: string; readonly by?: string },
  ) => number;
  readonly edit: (number: number, change: ThreadEdit) => void;
  readonly close: (number: number) => void;
  readonly reopen: (number: number) => void;
  /** Merges with a merge commit, or as one squashed commit. Throws where it conflicts. */
  readonly merge: (
    number: number,
    options?: { readonly by?: string; readonly method?: 'merge' | 'squash'; readonly deletesBranch?: boolean },
  ) => Promise<string>;
  readonly retarget: (number: number, base: string) => void;
  readonly setDraft: (number: number, isDraft: boolean) => void;
  readonly lock: (number: number, isLocked?: boolean) => void;
  readonly review: (number: number, verdict: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED', by?: string) => void;
  readonly askForReview: (number: number, login: string) => void;
  /** Returns the id of the comment. */
  readonly comment: (number: number, body: string, by?: string) => number;
  readonly editComment: (id: number, body: string) => void;
  readonly deleteComment: (id: number) => void;
  /** Ticks the boxes of a body whose line has the text. Throws where none has, as nobody could have ticked it. */
  readonly tick: (number: number, text: string) => void;
  readonly tickComment: (id: number, text: string) => void;
  readonly label: (number: number, ...names: readonly string[]) => void;
  readonly unlabel: (number: number, name: string) => void;
  readonly deleteLabel: (name: string) => void;
}

export function pagePeople(world: World, repository: Repository): PagePeople {
  const thread = (number: number): Thread => found(repository.threads.get(number), `a thread ${number}`);
  const pull = (number: number): PullThread => {
    const each = thread(number);
    if (!isPull(each)) throw new Error(`${number} is no pull request`);
    return each;
  };
  const comment = (id: number) => found(findComment(repository, id), `a comment ${id}`).comment;
  const touched = (each: Thread): void => void (each.updatedAt = world.clock.stamp());
  return {
    thread,
    pull,
    pulls: () => pullsOf(repository),
    issues: () => [...repository.threads.values()].filter((each) => !isPull(each)),
    openIssue: ({ title, body = '', by = somebody, labels = [] }) => {
      const made = addThread(world, repository, { author: accountOf(world, by), title, body });
      putLabels(world, { repository, thread: made }, labels);
      return made.number;
    },
    openPull: ({ head, by = somebody, title = head, body = '', base = repository.defaultBranch, isDraft = false }) =>
      openPull(world, repository, { author: accountOf(world, by), title, body, base, head, isDraft }).number,
    edit: (number, change) => editThread(world, thread(number), change),
    close: (number) => closeThread(world, thread(number), 'not_planned'),
    reopen: (number) => {
      const each = thread(number);
      if (isPull(each)) reopenPull(world, each);
      else reopenThread(world, each);
    },
    merge: (number, options = {}) => mergePull(world, repository, { thread: pull(number), ...options }),
    retarget: (number, base) => retarget(world, { repository, thread: pull(number) }, base),
    setDraft: (number, isDraft) => void (pull(number).pull.isDraft = isDraft),
    lock: (number, isLocked = true) => void (thread(number).isLocked = isLocked),
    review: (number, verdict, by = somebody) => {
      const each = pull(number);
      each.pull.reviews.set(by, verdict);
      each.pull.reviewers.delete(by);
      touched(each);
    },
    askForReview: (number, login) =>
      askForReviews(world, { repository, thread: pull(number) }, { logins: [login], teams: [] }),
    comment: (number, body, by = somebody) =>
      addComment(world, { repository, thread: thread(number) }, { author: accountOf(world, by), body }).id,
    editComment: (id, body) => editComment(world, comment(id), body),
    deleteComment: (id) => {
      const where = found(findComment(repository, id), `a comment ${id}`);
      where.thread.comments.splice(where.thread.comments.indexOf(where.comment), 1);
    },
    tick: (number, text) => editThread(world, thread(number), { body: ticked(thread(number).body, text) }),
    tickComment: (id, text) => editComment(world, comment(id), ticked(comment(id).body, text)),
    label: (number, ...names) => putLabels(world, { repository, thread: thread(number) }, names),
    unlabel: (number, name) => {
      const each = thread(number);
      for (const label of each.labels) if (label.name.toLowerCase() === name.toLowerCase()) each.labels.delete(label);
      touched(each);
    },
    deleteLabel: (name) => void deleteLabel(repository, name),
  };
}

function ticked(body: string, text: string): string {
  const lines = body.split('\n');
  const isBox = (line: string): boolean => /^\s*[-*] \[ \] /.test(line) && line.includes(text);
  if (!lines.some(isBox)) throw new Error(`there is no open box with the text ${text}`);
  return lines.map((line) => (isBox(line) ? line.replace('[ ]', '[x]') : line)).join('\n');
}

async function mergePull(
  world: World,
  repository: Repository,
  {
    thread,
    by = somebody,
    method = 'merge',
    deletesBranch = repository.settings.deletesMergedBranches,
  }: {
    readonly thread: PullThread;
    readonly by?: string;
    readonly method?: 'merge' | 'squash';
    readonly deletesBranch?: boolean;
  },
): Promise<string> {
  const { git } = repository;
  const { pull, number, title } = thread;
  if (thread.state === 'closed') throw new Error(`${number} is closed`);
  const base = found(git.refs.get(`refs/heads/${pull.baseBranch}`) ?? undefined, pull.baseBranch);
  const merged = await mergeTrees(git, base, pull.headSha);
  if ('conflicts' in merged) throw new Error(`${number} conflicts: ${merged.conflicts.join(', ')}`);
  const date = world.clock.stamp();
  const account = accountOf(world, by);
  const branch = `${pull.headRepository.owner.login}/${pull.headBranch}`;
  const sha = writeCommit(git.objects, {
    tree: merged.tree,
    parents: method === 'merge' ? [base, pull.headSha] : [base],
    author: authorOf(account, date),
    committer: githubCommitter(date),
    message: method === 'merge' ? `Merge pull request #${number} from ${branch}\n\n${title}` : `${title} (#${number})`,
    isSigned: true,
  });
  // Merged before its base moves: what follows from that must not take it for anything else.
  setMerged(world, thread, { by: account, commit: sha });
  moveRef(world, repository, { ref: `refs/heads/${pull.baseBranch}`, sha });
  if (deletesBranch && commitAt(git, pull.headSha)) {
    moveRef(world, pull.headRepository, { ref: `refs/heads/${pull.headBranch}`, sha: null });
  }
  return sha;
}

function found<Value>(value: Value | undefined, what: string): Value {
  if (value === undefined) throw new Error(`there is no ${what}`);
  return value;
}
