import { invalid, refusal } from './refusals.ts';
import {
  isAtLeast,
  roleOf,
  type Account,
  type Comment,
  type Label,
  type PullPart,
  type Repository,
  type Thread,
  type World,
} from './world.ts';

export interface NewThread {
  readonly author: Account;
  readonly title: string;
  readonly body: string;
  readonly pull?: PullPart;
}

export function addThread(world: World, repository: Repository, { author, title, body, pull }: NewThread): Thread {
  checkTitle(world, title, pull ? 'PullRequest' : 'Issue');
  checkBody(world, body, pull ? 'PullRequest' : 'Issue');
  repository.lastNumber += 1;
  const at = world.clock.stamp();
  const thread: Thread = {
    id: world.nextId(),
    number: repository.lastNumber,
    author,
    title,
    body,
    state: 'open',
    stateReason: null,
    isLocked: false,
    labels: new Set(),
    assignees: new Set(),
    comments: [],
    createdAt: at,
    updatedAt: at,
    closedAt: null,
    pull: pull ?? null,
  };
  repository.threads.set(thread.number, thread);
  return thread;
}

export interface ThreadEdit {
  readonly title?: string | undefined;
  readonly body?: string | null | undefined;
}

export function editThread(world: World, thread: Thread, { title, body }: ThreadEdit): void {
  const resource = thread.pull ? 'PullRequest' : 'Issue';
  if (title !== undefined) checkTitle(world, title, resource);
  if (body !== undefined) checkBody(world, body ?? '', resource);
  thread.title = title ?? thread.title;
  if (body !== undefined) thread.body = body ?? '';
  thread.updatedAt = world.clock.stamp();
}

export function closeThread(world: World, thread: Thread, reason: string | null = null): void {
  if (thread.state === 'closed') return;
  thread.state = 'closed';
  thread.stateReason = reason;
  thread.closedAt = world.clock.stamp();
  thread.updatedAt = thread.closedAt;
}

export function reopenThread(world: World, thread: Thread): void {
  thread.state = 'open';
  thread.stateReason = 'reopened';
  thread.closedAt = null;
  thread.updatedAt = world.clock.stamp();
}

export interface Where {
  readonly repository: Repository;
  readonly thread: Thread;
}

export function addComment(
  world: World,
  { repository, thread }: Where,
  { author, body }: Pick<Comment, 'author' | 'body'>,
): Comment {
  const isHelper = author.type === 'User' && isAtLeast(roleOf(repository, author.login), 'write');
  if (thread.isLocked && !isHelper) throw refusal(403, 'Unable to create comment because issue is locked.');
  checkCommentBody(world, body);
  const at = world.clock.stamp();
  const comment: Comment = { id: world.nextId(), author, body, createdAt: at, updatedAt: at };
  thread.comments.push(comment);
  thread.updatedAt = at;
  return comment;
}

export function editComment(world: World, comment: Comment, body: string): void {
  checkCommentBody(world, body);
  comment.body = body;
  comment.updatedAt = world.clock.stamp();
}

export function findComment(repository: Repository, id: number): (Where & { readonly comment: Comment }) | undefined {
  for (const thread of repository.threads.values()) {
    const comment = thread.comments.find((each) => each.id === id);
    if (comment) return { repository, thread, comment };
  }
  return undefined;
}

const labelCharacters = 50;

export function addLabel(
  world: World,
  repository: Repository,
  {
    name,
    color = 'ededed',
    description = null,
  }: { readonly name: string; readonly color?: string; readonly description?: string | null },
): Label {
  if (name === '') throw invalid({ resource: 'Label', code: 'missing_field', field: 'name' });
  if (name.length > labelCharacters) {
    throw invalid({
      resource: 'Label',
      code: 'custom',
      field: 'name',
      message: `name is too long (maximum is ${labelCharacters} characters)`,
    });
  }
  if (repository.labels.has(name.toLowerCase()))
    throw invalid({ resource: 'Label', code: 'already_exists', field: 'name' });
  const label: Label = { id: world.nextId(), name, color, description };
  repository.labels.set(name.toLowerCase(), label);
  return label;
}

/** Puts labels on; those that are missing are made, as the REST API does. */
export function putLabels(world: World, { repository, thread }: Where, names: readonly string[]): void {
  for (const name of names) {
    thread.labels.add(repository.labels.get(name.toLowerCase()) ?? addLabel(world, repository, { name }));
  }
  thread.updatedAt = world.clock.stamp();
}

export function deleteLabel(repository: Repository, name: string): boolean {
  const label = repository.labels.get(name.toLowerCase());
  if (!label) return false;
  repository.labels.delete(name.toLowerCase());
  for (const thread of repository.threads.values()) thread.labels.delete(label);
  return true;
}

/** How GitHub counts: characters, not bytes and not halves of pairs. */
export function characters(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

function checkTitle({ limits }: World, title: string, resource: string): void {
  if (title.trim() === '') throw invalid({ resource, code: 'missing_field', field: 'title' });
  if (characters(title) <= limits.titleCharacters) return;
  throw invalid({
    resource,
    code: 'custom',
    field: 'title',
    message: `title is too long (maximum is ${limits.titleCharacters} characters)`,
  });
}

function checkBody({ limits }: World, body: string, resource: string): void {
  if (characters(body) <= limits.bodyCharacters) return;
  throw invalid({
    resource,
    code: 'custom',
    field: 'body',
    message: `body is too long (maximum is ${limits.bodyCharacters} characters)`,
  });
}

function checkCommentBody({ limits }: World, body: string): void {
  const about = { resource: 'IssueComment', code: 'unprocessable', field: 'data' };
  if (body.trim() === '') throw invalid({ ...about, message: "Body can't be blank" });
  if (characters(body) <= limits.bodyCharacters) return;
  throw invalid({ ...about, message: `Body is too long (maximum is ${limits.bodyCharacters} characters)` });
}
