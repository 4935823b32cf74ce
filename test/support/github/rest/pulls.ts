import { mergeTrees } from '../git/repository.ts';
import { fileJson, pullJson, simplePullJson } from '../json/pulls.ts';
import { changedFiles, openPull, reopenPull } from '../pulls.ts';
import { invalid, notFound, refusal } from '../refusals.ts';
import { askForReviews, retarget } from '../reviews.ts';
import {
  created,
  ok,
  pageOf,
  reads,
  repositoryRoute,
  text,
  writes,
  type Json,
  type RepositoryCall,
  type Route,
} from '../routes.ts';
import { demand } from '../tokens.ts';
import { closeThread, editThread } from '../threads.ts';
import { isPull, pullsOf, type PullThread } from '../world.ts';

const base = '/repos/{owner}/{repo}/pulls';

export const pullRoutes: readonly Route[] = [
  repositoryRoute(['GET', base], reads('pull_requests'), listPulls),
  repositoryRoute(['POST', base], writes('pull_requests'), createPull),
  repositoryRoute(['GET', `${base}/{pull_number}`], reads('pull_requests'), async (call) => {
    const thread = pullOf(call);
    const answer = ok(pullJson(call.world, call.repository, thread));
    // GitHub finds out in the background: whoever asks again is told.
    if (thread.state === 'open' && thread.pull.isMergeable === null) await findMergeable(call, thread);
    return answer;
  }),
  repositoryRoute(['PATCH', `${base}/{pull_number}`], writes('pull_requests'), updatePull),
  repositoryRoute(['GET', `${base}/{pull_number}/files`], reads('pull_requests'), (call) => {
    const thread = pullOf(call);
    const files = changedFiles(call.repository, thread);
    return pageOf(call, files, (file) => fileJson(call.world, call.repository, { thread, file }));
  }),
  repositoryRoute(['POST', `${base}/{pull_number}/requested_reviewers`], writes('pull_requests'), (call) => {
    const thread = pullOf(call);
    const list = (key: string): readonly string[] => (Array.isArray(call.body[key]) ? call.body[key].map(String) : []);
    askForReviews(
      call.world,
      { repository: call.repository, thread },
      { logins: list('reviewers'), teams: list('team_reviewers') },
    );
    return created(simplePullJson(call.world, call.repository, thread));
  }),
];

export function pullOf({ repository, params }: RepositoryCall): PullThread {
  const thread = repository.threads.get(Number(params['pull_number']));
  if (!thread || !isPull(thread)) throw notFound();
  return thread;
}

/** Without an owner before the colon `head` filters nothing: GitHub passes over it in silence. */
function listPulls(call: RepositoryCall): ReturnType<Route['handle']> {
  const { query, repository, world } = call;
  const state = query.get('state') ?? 'open';
  const head = query.get('head') ?? '';
  const into = query.get('base');
  const key = query.get('sort') === 'updated' ? 'updatedAt' : 'createdAt';
  const isAscending = (query.get('direction') ?? (query.has('sort') && key !== 'createdAt' ? 'asc' : 'desc')) === 'asc';
  const found = pullsOf(repository)
    .filter((each) => state === 'all' || each.state === state)
    .filter(({ pull }) => into === null || pull.baseBranch === into)
    .filter(({ pull }) => !head.includes(':') || head === `${pull.headRepository.owner.login}:${pull.headBranch}`)
    .toSorted((a, b) => (a[key] === b[key] ? a.number - b.number : a[key] < b[key] ? -1 : 1));
  return pageOf(call, isAscending ? found : found.toReversed(), (each) => simplePullJson(world, repository, each));
}

function createPull(call: RepositoryCall): ReturnType<Route['handle']> {
  const { world, repository, body, token, actor } = call;
  if (token?.kind === 'workflow' && !repository.settings.actionsMayOpenPullRequests) {
    throw refusal(403, 'GitHub Actions is not permitted to create or approve pull requests.');
  }
  const head = text(body, 'head');
  const title = text(body, 'title');
  if (title === '' && body['issue'] === undefined) {
    throw invalid({ resource: 'PullRequest', code: 'missing_field', field: 'title' });
  }
  if (token && !head.includes(':')) demand(token, repository, reads('contents'));
  const isDraft = body['draft'] === true;
  if (isDraft && !repository.settings.hasDrafts) {
    throw refusal(422, 'Draft pull requests are not supported in this repository.');
  }
  const thread = openPull(world, repository, {
    author: actor,
    title,
    body: text(body, 'body'),
    base: text(body, 'base'),
    head,
    isDraft,
  });
  return created(pullJson(world, repository, thread));
}

function updatePull(call: RepositoryCall): ReturnType<Route['handle']> {
  const { world, repository, body, actor } = call;
  const thread = pullOf(call);
  const isOwn = thread.author.login === actor.login;
  if (call.token?.kind === 'user' && !isOwn) demand(call.token, repository, writes('contents'));
  editThread(world, thread, titleAndBody(body));
  if (typeof body['base'] === 'string') retarget(world, { repository, thread }, body['base']);
  if (body['state'] === 'open') reopenPull(world, thread);
  if (body['state'] === 'closed') closeThread(world, thread);
  return ok(pullJson(world, repository, thread));
}

function titleAndBody(body: Json): { readonly title?: string; readonly body?: string | null } {
  return {
    ...(typeof body['title'] === 'string' ? { title: body['title'] } : {}),
    ...(body['body'] === undefined ? {} : { body: typeof body['body'] === 'string' ? body['body'] : null }),
  };
}

async function findMergeable({ repository }: RepositoryCall, thread: PullThread): Promise<void> {
  const { pull } = thread;
  const merged = await mergeTrees(repository.git, pull.baseSha, pull.headSha);
  pull.isMergeable = 'tree' in merged;
}
