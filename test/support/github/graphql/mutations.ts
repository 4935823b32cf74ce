import { writeCommit } from '../git/commits.ts';
import { commitAt } from '../git/repository.ts';
import { changeTree, entryAt, type TreeChange } from '../git/trees.ts';
import { authorOf, githubCommitter } from '../people/signatures.ts';
import { isWorkflow, moveRef, newWorkflows } from '../pulls.ts';
import { askForReviews } from '../reviews.ts';
import { demand, mayWriteWorkflows } from '../tokens.ts';
import { nodeParts, repositoryOf, type Repository } from '../world.ts';
import { accountNode } from './account-nodes.ts';
import { refusal } from './connection.ts';
import type { Asker } from './asker.ts';
import { accountById, labelById, pullById, teamById, threadById, unresolved } from './find-node.ts';
import { commitNode } from './git-nodes.ts';
import { updateRefs, type RefsInput } from './ref-mutations.ts';
import { refNode } from './repository-nodes.ts';
import { pullNode, threadNode } from './thread-nodes.ts';

interface Given {
  readonly clientMutationId?: string | null;
}

interface LabelsInput extends Given {
  readonly labelableId: string;
  readonly labelIds: readonly string[];
}

interface ReviewsInput extends Given {
  readonly pullRequestId: string;
  readonly userIds?: readonly string[] | null;
  readonly teamIds?: readonly string[] | null;
  readonly union?: boolean | null;
}

interface CommitInput extends Given {
  readonly branch: {
    readonly id?: string | null;
    readonly branchName?: string | null;
    readonly repositoryNameWithOwner?: string | null;
  };
  readonly expectedHeadOid: string;
  readonly message: { readonly headline: string; readonly body?: string | null };
  readonly fileChanges?: {
    readonly additions?: readonly { readonly path: string; readonly contents: string }[] | null;
    readonly deletions?: readonly { readonly path: string }[] | null;
  } | null;
}

const threadRights = { any: ['issues', 'pull_requests'], access: 'write' } as const;
const pullRights = { any: ['pull_requests'], access: 'write' } as const;

/** Where mutations begin. Each field is done before the next one is looked at; one that fails stops none. */
export const mutations = {
  addLabelsToLabelable: ({ input }: { readonly input: LabelsInput }, asker: Asker) => changeLabels(asker, input, true),
  removeLabelsFromLabelable: ({ input }: { readonly input: LabelsInput }, asker: Asker) =>
    changeLabels(asker, input, false),
  requestReviews: ({ input }: { readonly input: ReviewsInput }, asker: Asker) => requestReviews(asker, input),
  createCommitOnBranch: ({ input }: { readonly input: CommitInput }, asker: Asker) => commitOnBranch(asker, input),
  updateRefs: ({ input }: { readonly input: RefsInput }, asker: Asker) => updateRefs(asker, input),
  convertPullRequestToDraft: ({ input }: { readonly input: ReviewsInput }, asker: Asker) =>
    setDraft(asker, input, true),
  markPullRequestReadyForReview: ({ input }: { readonly input: ReviewsInput }, asker: Asker) =>
    setDraft(asker, input, false),
};

function changeLabels({ world, token }: Asker, input: LabelsInput, isAdded: boolean): unknown {
  const { repository, thread } = threadById(world, input.labelableId);
  demand(token, repository, threadRights);
  const labels = input.labelIds.map((id) => labelById(repository, id));
  for (const label of labels) {
    if (isAdded) thread.labels.add(label);
    else thread.labels.delete(label);
  }
  thread.updatedAt = world.clock.stamp();
  return { clientMutationId: input.clientMutationId ?? null, labelable: threadNode(world, repository, thread) };
}

/** Without `union` those asked before are asked no more. */
function requestReviews({ world, token }: Asker, input: ReviewsInput): unknown {
  const { repository, thread } = pullById(world, input.pullRequestId);
  demand(token, repository, pullRights);
  const logins = (input.userIds ?? []).map((id) => accountById(world, id)?.login ?? unknownId(id));
  const teams = (input.teamIds ?? []).map((id) => teamById(world, id)?.slug ?? unknownId(id));
  const before = { reviewers: [...thread.pull.reviewers], teams: [...thread.pull.teams] };
  askForReviews(world, { repository, thread }, { logins, teams });
  if (input.union !== true) {
    for (const login of before.reviewers) if (!logins.includes(login)) thread.pull.reviewers.delete(login);
    for (const slug of before.teams) if (!teams.includes(slug)) thread.pull.teams.delete(slug);
  }
  return {
    clientMutationId: input.clientMutationId ?? null,
    actor: accountNode(world, token.account),
    pullRequest: pullNode(world, repository, thread),
  };
}

function setDraft({ world, token }: Asker, input: ReviewsInput, isDraft: boolean): unknown {
  const { repository, thread } = pullById(world, input.pullRequestId);
  demand(token, repository, pullRights);
  thread.pull.isDraft = isDraft;
  thread.updatedAt = world.clock.stamp();
  return { clientMutationId: input.clientMutationId ?? null, pullRequest: pullNode(world, repository, thread) };
}

/** One signed commit over what is expected to be the head; modes are kept, and can't be set. */
function commitOnBranch({ world, token }: Asker, input: CommitInput): unknown {
  const { repository, ref } = branchOf({ world, token }, input);
  demand(token, repository, { any: ['contents'], access: 'write' });
  const head = repository.git.refs.get(ref);
  if (head === null) throw refusal('NOT_FOUND', `A branch named "${ref}" does not exist.`);
  if (head !== input.expectedHeadOid) {
    throw refusal(
      'STALE_DATA',
      `Expected branch to point to "${input.expectedHeadOid}" but it did not. Pull and try again.`,
    );
  }
  const before = commitAt(repository.git, head)?.tree ?? null;
  const changes = changesOf(repository, before, input);
  if (!mayWriteWorkflows(token) && changes.some(({ path }) => isWorkflow(path))) {
    throw refusal('FORBIDDEN', 'Resource not accessible by integration');
  }
  const date = world.clock.stamp();
  const body = input.message.body ?? '';
  const sha = writeCommit(repository.git.objects, {
    tree: changeTree(repository.git.objects, before, changes),
    parents: [head],
    author: authorOf(token.account, date),
    committer: githubCommitter(date),
    message: body === '' ? input.message.headline : `${input.message.headline}\n\n${body}`,
    isSigned: true,
  });
  if (!mayWriteWorkflows(token) && newWorkflows(repository, sha).length > 0) {
    throw refusal('FORBIDDEN', 'Resource not accessible by integration');
  }
  moveRef(world, repository, { ref, sha });
  const commit = commitAt(repository.git, sha);
  return {
    clientMutationId: input.clientMutationId ?? null,
    commit: commitNode(world, repository, commit),
    ref: refNode(world, repository, { ref }),
  };
}

function changesOf({ git }: Repository, before: string | null, { fileChanges }: CommitInput): readonly TreeChange[] {
  const at = (path: string) => (before === null ? undefined : entryAt(git.objects, before, path));
  const additions = (fileChanges?.additions ?? []).map(({ path, contents }) => ({
    path,
    mode: at(path)?.mode ?? '100644',
    sha: git.objects.write('blob', Buffer.from(contents, 'base64')),
  }));
  const deletions = (fileChanges?.deletions ?? []).map(({ path }) => {
    if (!at(path))
      throw refusal('UNPROCESSABLE', `A path was requested for deletion which does not exist as of commit oid`);
    return { path, mode: '100644' as const, sha: null };
  });
  return [...additions, ...deletions];
}

function branchOf(
  { world }: Pick<Asker, 'world' | 'token'>,
  { branch }: CommitInput,
): { readonly repository: Repository; readonly ref: string } {
  if (branch.id) {
    const [id = '', ref = ''] = nodeParts(branch.id).parts;
    const repository = [...world.repositories.values()].find((each) => String(each.id) === id);
    if (!repository) throw unresolved(branch.id);
    return { repository, ref };
  }
  const name = branch.repositoryNameWithOwner ?? '';
  const repository = repositoryOf(world, name);
  if (!repository) throw refusal('NOT_FOUND', `Could not resolve to a Repository with the name '${name}'.`);
  return { repository, ref: `refs/heads/${(branch.branchName ?? '').replace(/^refs\/heads\//, '')}` };
}

function unknownId(id: string): never {
  throw unresolved(id);
}
