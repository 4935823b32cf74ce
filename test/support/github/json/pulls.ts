import { structuredPatch } from 'diff';
import type { FileDifference, TreeEntry } from '../git/trees.ts';
import { changedFiles, commitsOf } from '../pulls.ts';
import type { Json } from '../routes.ts';
import { accountOf, type PullThread, type Repository, type Team, type World } from '../world.ts';
import { accountJson, teamJson } from './accounts.ts';
import { pageUrl, repositoryJson, repositoryUrl } from './repositories.ts';
import { threadJson, threadUrl } from './threads.ts';

/** As lists give it. */
export function simplePullJson(world: World, repository: Repository, thread: PullThread): Json {
  const { pull } = thread;
  const url = repositoryUrl(world, repository, `/pulls/${thread.number}`);
  const page = threadUrl(world, repository, thread);
  const { comments_url: comments, ...common } = threadJson(world, repository, thread);
  const issue = repositoryUrl(world, repository, `/issues/${thread.number}`);
  const links = {
    self: url,
    html: page,
    issue,
    comments: String(comments),
    review_comments: `${url}/comments`,
    review_comment: `${repositoryUrl(world, repository, '/pulls/comments')}{/number}`,
    commits: `${url}/commits`,
    statuses: repositoryUrl(world, repository, `/statuses/${pull.headSha}`),
  };
  return {
    ...common,
    url,
    issue_url: issue,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    comments_url: links.comments,
    commits_url: links.commits,
    review_comments_url: links.review_comments,
    review_comment_url: links.review_comment,
    statuses_url: links.statuses,
    merged_at: pull.mergedAt,
    merge_commit_sha: pull.mergeCommitSha,
    draft: pull.isDraft,
    auto_merge: null,
    requested_reviewers: [...pull.reviewers].map((login) => accountJson(world, accountOf(world, login))),
    requested_teams: teamsOf(world, repository, pull.teams).map((team) => teamJson(world, team)),
    head: endJson(world, pull.headRepository, { branch: pull.headBranch, sha: pull.headSha }),
    base: endJson(world, repository, { branch: pull.baseBranch, sha: pull.baseSha }),
    _links: Object.fromEntries(Object.entries(links).map(([key, href]) => [key, { href }])),
  };
}

export function pullJson(world: World, repository: Repository, thread: PullThread): Json {
  const { pull } = thread;
  const files = changedFiles(repository, thread).map((each) => lineCounts(repository, each));
  const isOpen = thread.state === 'open';
  return {
    ...simplePullJson(world, repository, thread),
    merged: pull.mergedAt !== null,
    mergeable: isOpen ? pull.isMergeable : null,
    rebaseable: isOpen ? pull.isMergeable : null,
    mergeable_state: !isOpen || pull.isMergeable === null ? 'unknown' : pull.isMergeable ? 'clean' : 'dirty',
    merged_by: pull.mergedBy ? accountJson(world, pull.mergedBy) : null,
    maintainer_can_modify: false,
    comments: thread.comments.length,
    review_comments: 0,
    commits: commitsOf(repository, thread).length,
    additions: files.reduce((sum, each) => sum + each.additions, 0),
    deletions: files.reduce((sum, each) => sum + each.deletions, 0),
    changed_files: files.length,
  };
}

export function fileJson(
  world: World,
  repository: Repository,
  { thread, file }: { readonly thread: PullThread; readonly file: FileDifference },
): Json {
  const { path, before, after } = file;
  const at = thread.pull.headSha;
  const counts = lineCounts(repository, file);
  const encoded = path.split('/').map(encodeURIComponent).join('/');
  return {
    sha: after?.sha ?? before?.sha ?? null,
    filename: path,
    status: before === undefined ? 'added' : after === undefined ? 'removed' : 'modified',
    additions: counts.additions,
    deletions: counts.deletions,
    changes: counts.additions + counts.deletions,
    blob_url: pageUrl(world, repository, `/blob/${at}/${encoded}`),
    raw_url: pageUrl(world, repository, `/raw/${at}/${encoded}`),
    contents_url: repositoryUrl(world, repository, `/contents/${encoded}?ref=${at}`),
    ...(counts.patch === '' ? {} : { patch: counts.patch }),
  };
}

export function lineCounts(
  repository: Repository,
  { path, before, after }: FileDifference,
): { readonly additions: number; readonly deletions: number; readonly patch: string } {
  const [old, fresh] = [before, after].map((each) => textOf(repository, each));
  if (old === undefined || fresh === undefined) return { additions: 0, deletions: 0, patch: '' };
  const { hunks } = structuredPatch(path, path, old, fresh);
  const lines = hunks.flatMap((each) => each.lines);
  const patch = hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines: each }) => [
    `@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`,
    ...each,
  ]);
  return {
    additions: lines.filter((line) => line.startsWith('+')).length,
    deletions: lines.filter((line) => line.startsWith('-')).length,
    patch: patch.join('\n'),
  };
}

/** Undefined for what is no text; a file that is not there has none. */
function textOf({ git }: Repository, entry: TreeEntry | undefined): string | undefined {
  if (!entry) return '';
  const bytes = git.objects.read(entry.sha)?.bytes;
  return bytes === undefined || bytes.includes(0) ? undefined : bytes.toString('utf8');
}

function endJson(
  world: World,
  repository: Repository,
  { branch, sha }: { readonly branch: string; readonly sha: string },
): Json {
  return {
    label: `${repository.owner.login}:${branch}`,
    ref: branch,
    sha,
    user: accountJson(world, repository.owner),
    repo: repositoryJson(world, repository),
  };
}

function teamsOf(world: World, { owner }: Repository, slugs: ReadonlySet<string>): readonly Team[] {
  return world.teams.filter(({ organization, slug }) => organization === owner.login && slugs.has(slug));
}
