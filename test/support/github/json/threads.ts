import type { Json } from '../routes.ts';
import {
  isPull,
  nodeId,
  roleOf,
  type Account,
  type Comment,
  type Label,
  type Repository,
  type Thread,
  type World,
} from '../world.ts';
import { accountJson } from './accounts.ts';
import { pageUrl, repositoryUrl } from './repositories.ts';

export function labelJson(world: World, repository: Repository, label: Label): Json {
  return {
    id: label.id,
    node_id: labelNodeId(label),
    url: repositoryUrl(world, repository, `/labels/${encodeURIComponent(label.name)}`),
    name: label.name,
    color: label.color,
    default: false,
    description: label.description,
  };
}

export function labelNodeId({ id }: Label): string {
  return nodeId('LA', id);
}

export function threadNodeId({ id, pull }: Thread): string {
  return nodeId(pull ? 'PR' : 'I', id);
}

export function threadUrl(world: World, repository: Repository, { number, pull }: Thread): string {
  return pageUrl(world, repository, `/${pull ? 'pull' : 'issues'}/${number}`);
}

export function commentUrl(
  world: World,
  repository: Repository,
  { thread, id }: { readonly thread: Thread; readonly id: number },
): string {
  return `${threadUrl(world, repository, thread)}#issuecomment-${id}`;
}

export function issueJson(world: World, repository: Repository, thread: Thread): Json {
  const url = repositoryUrl(world, repository, `/issues/${thread.number}`);
  return {
    ...threadJson(world, repository, thread),
    url,
    repository_url: repositoryUrl(world, repository),
    labels_url: `${url}/labels{/name}`,
    events_url: `${url}/events`,
    comments: thread.comments.length,
    state_reason: thread.stateReason,
    ...(isPull(thread) ? { pull_request: pullLinks(world, repository, thread), draft: thread.pull.isDraft } : {}),
  };
}

/** What issues and pull requests have in common. */
export function threadJson(world: World, repository: Repository, thread: Thread): Json {
  return {
    id: thread.id,
    node_id: threadNodeId(thread),
    number: thread.number,
    html_url: threadUrl(world, repository, thread),
    comments_url: repositoryUrl(world, repository, `/issues/${thread.number}/comments`),
    title: thread.title,
    body: thread.body === '' ? null : thread.body,
    user: accountJson(world, thread.author),
    labels: [...thread.labels].map((label) => labelJson(world, repository, label)),
    state: thread.state,
    locked: thread.isLocked,
    active_lock_reason: null,
    assignee: null,
    assignees: [],
    milestone: null,
    author_association: associationOf(repository, thread.author),
    created_at: thread.createdAt,
    updated_at: thread.updatedAt,
    closed_at: thread.closedAt,
  };
}

export function commentJson(
  world: World,
  repository: Repository,
  { thread, comment }: { readonly thread: Thread; readonly comment: Comment },
): Json {
  return {
    id: comment.id,
    node_id: nodeId('IC', comment.id),
    url: repositoryUrl(world, repository, `/issues/comments/${comment.id}`),
    html_url: commentUrl(world, repository, { thread, id: comment.id }),
    issue_url: repositoryUrl(world, repository, `/issues/${thread.number}`),
    body: comment.body,
    user: accountJson(world, comment.author),
    author_association: associationOf(repository, comment.author),
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
  };
}

export function associationOf(repository: Repository, { login, type }: Account): string {
  if (type === 'Bot') return 'NONE';
  if (login === repository.owner.login) return 'OWNER';
  const role = repository.roles.get(login.toLowerCase()) ?? roleOf(repository, login);
  if (!repository.roles.has(login.toLowerCase()) || role === 'none') return 'NONE';
  return repository.owner.type === 'Organization' ? 'MEMBER' : 'COLLABORATOR';
}

function pullLinks(world: World, repository: Repository, thread: Thread): Json {
  const page = threadUrl(world, repository, thread);
  return {
    url: repositoryUrl(world, repository, `/pulls/${thread.number}`),
    html_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    merged_at: thread.pull?.mergedAt ?? null,
  };
}
