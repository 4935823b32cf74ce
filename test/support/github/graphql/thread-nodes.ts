import { accountNodeId } from '../json/accounts.ts';
import { lineCounts } from '../json/pulls.ts';
import { pageUrl } from '../json/repositories.ts';
import { associationOf, commentUrl, labelNodeId, threadNodeId, threadUrl } from '../json/threads.ts';
import { changedFiles, commitsOf } from '../pulls.ts';
import {
  accountOf,
  isPull,
  nodeId,
  type Comment,
  type Label,
  type PullThread,
  type Repository,
  type Thread,
  type World,
} from '../world.ts';
import { accountNode, authorNode, teamNode } from './account-nodes.ts';
import type { Asker } from './asker.ts';
import { connectionOf, type PageArguments } from './connection.ts';
import { commitNode } from './git-nodes.ts';

type Ordered = PageArguments & {
  readonly orderBy?: { readonly field: string; readonly direction: 'ASC' | 'DESC' } | null;
};

export function threadNode(world: World, repository: Repository, thread: Thread): unknown {
  return isPull(thread) ? pullNode(world, repository, thread) : issueNode(world, repository, thread);
}

function issueNode(world: World, repository: Repository, thread: Thread): unknown {
  return { __typename: 'Issue', ...common(world, repository, thread), state: thread.state.toUpperCase() };
}

export function pullNode(world: World, repository: Repository, thread: PullThread): unknown {
  const { pull } = thread;
  const { headRepository } = pull;
  const counts = () => changedFiles(repository, thread).map((each) => lineCounts(repository, each));
  const refIn =
    (into: Repository, branch: string) =>
    (_: unknown, { nodes }: Asker) =>
      nodes.ref(world, into, { ref: `refs/heads/${branch}` });
  return {
    __typename: 'PullRequest',
    ...common(world, repository, thread),
    state: pull.mergedAt === null ? thread.state.toUpperCase() : 'MERGED',
    isDraft: pull.isDraft,
    isCrossRepository: headRepository !== repository,
    headRefName: pull.headBranch,
    headRefOid: pull.headSha,
    headRef: refIn(headRepository, pull.headBranch),
    headRepository: (_: unknown, { nodes }: Asker) => nodes.repository(world, headRepository),
    headRepositoryOwner: () => accountNode(world, headRepository.owner),
    baseRefName: pull.baseBranch,
    baseRefOid: pull.baseSha,
    baseRef: refIn(repository, pull.baseBranch),
    merged: pull.mergedAt !== null,
    mergedAt: pull.mergedAt,
    mergedBy: pull.mergedBy ? authorNode(world, pull.mergedBy) : null,
    mergeable: pull.isMergeable === null ? 'UNKNOWN' : pull.isMergeable ? 'MERGEABLE' : 'CONFLICTING',
    reviewDecision: decisionOf(thread),
    additions: () => counts().reduce((sum, each) => sum + each.additions, 0),
    deletions: () => counts().reduce((sum, each) => sum + each.deletions, 0),
    changedFiles: () => changedFiles(repository, thread).length,
    commits: (page: PageArguments) =>
      connectionOf('commits', { all: commitsOf(repository, thread), ...page }, (commit) => ({
        id: nodeId('PURC', thread.id, commit.sha),
        commit: commitNode(world, repository, commit),
      })),
    reviewRequests: (page: PageArguments) =>
      connectionOf('reviewRequests', { all: requestedOf(world, repository, thread), ...page }, (each) => each),
  };
}

function common(world: World, repository: Repository, thread: Thread): Readonly<Record<string, unknown>> {
  return {
    id: threadNodeId(thread),
    databaseId: thread.id,
    number: thread.number,
    url: threadUrl(world, repository, thread),
    title: thread.title,
    body: thread.body,
    author: authorNode(world, thread.author),
    authorAssociation: associationOf(repository, thread.author),
    closed: thread.state === 'closed',
    closedAt: thread.closedAt,
    createdAt: thread.createdAt,
    updatedAt: thread.updatedAt,
    lastEditedAt: null,
    locked: thread.isLocked,
    repository: (_: unknown, { nodes }: Asker) => nodes.repository(world, repository),
    labels: (page: Ordered) =>
      connectionOf('labels', { all: [...thread.labels], ...page }, (label) => labelNode(world, repository, label)),
    comments: ({ orderBy, ...page }: Ordered) => {
      const all = orderBy?.direction === 'DESC' ? thread.comments.toReversed() : thread.comments;
      return connectionOf('comments', { all, ...page }, (comment) =>
        commentNode(world, repository, { thread, comment }),
      );
    },
  };
}

export function labelNode(world: World, repository: Repository, label: Label): unknown {
  return {
    __typename: 'Label',
    id: labelNodeId(label),
    name: label.name,
    color: label.color,
    description: label.description,
    isDefault: false,
    url: pageUrl(world, repository, `/labels/${encodeURIComponent(label.name)}`),
    repository: (_: unknown, { nodes }: Asker) => nodes.repository(world, repository),
  };
}

export function commentNode(
  world: World,
  repository: Repository,
  { thread, comment }: { readonly thread: Thread; readonly comment: Comment },
): unknown {
  return {
    __typename: 'IssueComment',
    id: nodeId('IC', comment.id),
    databaseId: comment.id,
    url: commentUrl(world, repository, { thread, id: comment.id }),
    body: comment.body,
    author: authorNode(world, comment.author),
    authorAssociation: associationOf(repository, comment.author),
    createdAt: comment.createdAt,
    updatedAt: comment.updatedAt,
    lastEditedAt: comment.updatedAt === comment.createdAt ? null : comment.updatedAt,
    issue: () => threadNode(world, repository, thread),
    repository: (_: unknown, { nodes }: Asker) => nodes.repository(world, repository),
  };
}

function requestedOf(world: World, { owner }: Repository, { id, pull }: PullThread): readonly unknown[] {
  const people = [...pull.reviewers].map((login) => accountOf(world, login));
  const teams = world.teams.filter(({ organization, slug }) => organization === owner.login && pull.teams.has(slug));
  return [
    ...people.map((each) => ({
      id: nodeId('RR', id, accountNodeId(each)),
      requestedReviewer: accountNode(world, each),
    })),
    ...teams.map((each) => ({ id: nodeId('RR', id, each.slug), requestedReviewer: teamNode(each) })),
  ];
}

/** Null as long as no rule asks for a review and nobody has judged. */
function decisionOf({ pull }: PullThread): string | null {
  const given = [...pull.reviews.values()];
  if (given.includes('CHANGES_REQUESTED')) return 'CHANGES_REQUESTED';
  return given.includes('APPROVED') ? 'APPROVED' : null;
}
