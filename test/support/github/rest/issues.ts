import { commentJson, issueJson, labelJson } from '../json/threads.ts';
import { reopenPull } from '../pulls.ts';
import { notFound, refusal } from '../refusals.ts';
import {
  created,
  ok,
  pageOf,
  reads,
  repositoryRoute,
  text,
  threadOf,
  writes,
  type Json,
  type RepositoryCall,
  type Route,
} from '../routes.ts';
import { isAllowed } from '../tokens.ts';
import {
  addComment,
  addLabel,
  addThread,
  closeThread,
  deleteLabel,
  editComment,
  editThread,
  findComment,
  putLabels,
  reopenThread,
} from '../threads.ts';
import { isPull, type Label } from '../world.ts';

const base = '/repos/{owner}/{repo}';
const either = ['issues', 'pull_requests'] as const;

export const issueRoutes: readonly Route[] = [
  repositoryRoute(['GET', `${base}/issues`], reads(...either), listIssues),
  repositoryRoute(['POST', `${base}/issues`], writes('issues'), createIssue),
  repositoryRoute(['GET', `${base}/issues/{issue_number}`], reads(...either), (call) =>
    ok(issueJson(call.world, call.repository, threadOf(call))),
  ),
  repositoryRoute(['PATCH', `${base}/issues/{issue_number}`], writes(...either), updateIssue),
];

export const commentRoutes: readonly Route[] = [
  repositoryRoute(['GET', `${base}/issues/{issue_number}/comments`], reads(...either), (call) => {
    const thread = threadOf(call);
    return pageOf(call, thread.comments, (comment) => commentJson(call.world, call.repository, { thread, comment }));
  }),
  repositoryRoute(['POST', `${base}/issues/{issue_number}/comments`], writes(...either), (call) => {
    const { world, repository, actor, body } = call;
    const thread = threadOf(call);
    const comment = addComment(world, { repository, thread }, { author: actor, body: text(body, 'body') });
    return created(commentJson(world, repository, { thread, comment }));
  }),
  repositoryRoute(['GET', `${base}/issues/comments/{comment_id}`], reads(...either), (call) =>
    ok(commentJson(call.world, call.repository, commentOf(call))),
  ),
  repositoryRoute(['PATCH', `${base}/issues/comments/{comment_id}`], writes(...either), (call) => {
    const found = commentOf(call);
    editComment(call.world, found.comment, text(call.body, 'body'));
    return ok(commentJson(call.world, call.repository, found));
  }),
  repositoryRoute(['DELETE', `${base}/issues/comments/{comment_id}`], writes(...either), (call) => {
    const { thread, comment } = commentOf(call);
    thread.comments.splice(thread.comments.indexOf(comment), 1);
    return { status: 204 };
  }),
];

export const labelRoutes: readonly Route[] = [
  repositoryRoute(['GET', `${base}/labels`], reads(...either), (call) =>
    pageOf(call, [...call.repository.labels.values()], labelIn(call)),
  ),
  repositoryRoute(['POST', `${base}/labels`], writes(...either), (call) => {
    const { world, repository, body } = call;
    const color = text(body, 'color');
    const description = typeof body['description'] === 'string' ? body['description'] : null;
    const label = addLabel(world, repository, {
      name: text(body, 'name'),
      description,
      ...(color === '' ? {} : { color }),
    });
    return created(labelIn(call)(label));
  }),
  repositoryRoute(['GET', `${base}/labels/{name}`], reads(...either), (call) => {
    const label = call.repository.labels.get((call.params['name'] ?? '').toLowerCase());
    if (!label) throw notFound();
    return ok(labelIn(call)(label));
  }),
  repositoryRoute(['DELETE', `${base}/labels/{name}`], writes(...either), (call) => {
    if (!deleteLabel(call.repository, call.params['name'] ?? '')) throw notFound();
    return { status: 204 };
  }),
  repositoryRoute(['GET', `${base}/issues/{issue_number}/labels`], reads(...either), (call) =>
    pageOf(call, [...threadOf(call).labels], labelIn(call)),
  ),
  repositoryRoute(['POST', `${base}/issues/{issue_number}/labels`], writes(...either), (call) => {
    const thread = threadOf(call);
    putLabels(call.world, { repository: call.repository, thread }, labelNames(call.body['labels']));
    return ok([...thread.labels].map(labelIn(call)));
  }),
  repositoryRoute(['DELETE', `${base}/issues/{issue_number}/labels/{name}`], writes(...either), (call) => {
    const thread = threadOf(call);
    const wanted = (call.params['name'] ?? '').toLowerCase();
    const label = [...thread.labels].find(({ name }) => name.toLowerCase() === wanted);
    if (!label) throw notFound();
    thread.labels.delete(label);
    return ok([...thread.labels].map(labelIn(call)));
  }),
];

function labelIn({ world, repository }: RepositoryCall): (label: Label) => Json {
  return (label) => labelJson(world, repository, label);
}

function labelNames(value: unknown): readonly string[] {
  const all = Array.isArray(value) ? (value as readonly unknown[]) : [];
  return all.map((each) => (typeof each === 'string' ? each : text(each as Json, 'name')));
}

function commentOf({ repository, params }: RepositoryCall): NonNullable<ReturnType<typeof findComment>> {
  const found = findComment(repository, Number(params['comment_id']));
  if (!found) throw notFound();
  return found;
}

/** Pull requests are among them, as they are at GitHub. */
function listIssues(call: RepositoryCall): ReturnType<Route['handle']> {
  const { query, repository, world } = call;
  const state = query.get('state') ?? 'open';
  const labels = (query.get('labels') ?? '')
    .split(',')
    .filter((each) => each !== '')
    .map((each) => each.toLowerCase());
  const since = query.get('since');
  const creator = query.get('creator');
  const key = query.get('sort') === 'updated' ? 'updatedAt' : 'createdAt';
  const found = [...repository.threads.values()]
    .filter((each) => state === 'all' || each.state === state)
    .filter((each) => labels.every((wanted) => [...each.labels].some(({ name }) => name.toLowerCase() === wanted)))
    .filter((each) => creator === null || each.author.login === creator)
    .filter((each) => since === null || each.updatedAt >= since)
    .toSorted((a, b) => (a[key] === b[key] ? a.number - b.number : a[key] < b[key] ? -1 : 1));
  const ordered = query.get('direction') === 'asc' ? found : found.toReversed();
  return pageOf(call, ordered, (each) => issueJson(world, repository, each));
}

/** Labels of somebody who may not write here are passed over in silence. */
function createIssue(call: RepositoryCall): ReturnType<Route['handle']> {
  const { world, repository, body, actor } = call;
  if (!repository.settings.hasIssues) throw refusal(410, 'Issues has been disabled in this repository.');
  const title = typeof body['title'] === 'number' ? String(body['title']) : text(body, 'title');
  const thread = addThread(world, repository, { author: actor, title, body: text(body, 'body') });
  if (isAllowed(call.token, repository, writes('contents')) || call.token?.kind !== 'user') {
    putLabels(world, { repository, thread }, labelNames(body['labels']));
  }
  return created(issueJson(world, repository, thread));
}

function updateIssue(call: RepositoryCall): ReturnType<Route['handle']> {
  const { world, repository, body } = call;
  const thread = threadOf(call);
  editThread(world, thread, {
    ...(typeof body['title'] === 'string' ? { title: body['title'] } : {}),
    ...(body['body'] === undefined ? {} : { body: typeof body['body'] === 'string' ? body['body'] : null }),
  });
  if (body['labels'] !== undefined) {
    thread.labels.clear();
    putLabels(world, { repository, thread }, labelNames(body['labels']));
  }
  if (body['state'] === 'closed') closeThread(world, thread, text(body, 'state_reason') || 'completed');
  if (body['state'] === 'open') {
    if (isPull(thread)) reopenPull(world, thread);
    else if (thread.state === 'closed') reopenThread(world, thread);
  }
  return ok(issueJson(world, repository, thread));
}
