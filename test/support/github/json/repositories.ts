import type { Json } from '../routes.ts';
import { nodeId, type Repository, type World } from '../world.ts';
import { accountJson, apiUrl } from './accounts.ts';

/** Addresses of what belongs to a repository: key of the answer, path below the repository. */
const addresses: Readonly<Record<string, string>> = {
  archive_url: '/{archive_format}{/ref}',
  assignees_url: '/assignees{/user}',
  blobs_url: '/git/blobs{/sha}',
  branches_url: '/branches{/branch}',
  collaborators_url: '/collaborators{/collaborator}',
  comments_url: '/comments{/number}',
  commits_url: '/commits{/sha}',
  compare_url: '/compare/{base}...{head}',
  contents_url: '/contents/{+path}',
  contributors_url: '/contributors',
  deployments_url: '/deployments',
  downloads_url: '/downloads',
  events_url: '/events',
  forks_url: '/forks',
  git_commits_url: '/git/commits{/sha}',
  git_refs_url: '/git/refs{/sha}',
  git_tags_url: '/git/tags{/sha}',
  hooks_url: '/hooks',
  issue_comment_url: '/issues/comments{/number}',
  issue_events_url: '/issues/events{/number}',
  issues_url: '/issues{/number}',
  keys_url: '/keys{/key_id}',
  labels_url: '/labels{/name}',
  languages_url: '/languages',
  merges_url: '/merges',
  milestones_url: '/milestones{/number}',
  notifications_url: '/notifications{?since,all,participating}',
  pulls_url: '/pulls{/number}',
  releases_url: '/releases{/id}',
  stargazers_url: '/stargazers',
  statuses_url: '/statuses/{sha}',
  subscribers_url: '/subscribers',
  subscription_url: '/subscription',
  tags_url: '/tags',
  teams_url: '/teams',
  trees_url: '/git/trees{/sha}',
};

export function repositoryUrl(world: World, { fullName }: Repository, path = ''): string {
  return apiUrl(world, `/repos/${fullName}${path}`);
}

export function pageUrl(world: World, { fullName }: Repository, path = ''): string {
  return `${world.url}/${fullName}${path}`;
}

/** What is said of a repository inside of other things. */
export function simpleRepositoryJson(world: World, repository: Repository): Json {
  return {
    id: repository.id,
    node_id: repositoryNodeId(repository),
    name: repository.name,
    full_name: repository.fullName,
    owner: accountJson(world, repository.owner),
    private: repository.settings.isPrivate,
    html_url: pageUrl(world, repository),
    description: null,
    fork: repository.parent !== null,
    url: repositoryUrl(world, repository),
    ...Object.fromEntries(
      Object.entries(addresses).map(([key, path]) => [key, repositoryUrl(world, repository, path)]),
    ),
  };
}

export function repositoryJson(world: World, repository: Repository): Json {
  const { parent, settings } = repository;
  const page = pageUrl(world, repository);
  const open = [...repository.threads.values()].filter(({ state }) => state === 'open').length;
  const ofParent = parent ? { parent: repositoryJson(world, parent), source: repositoryJson(world, parent) } : {};
  return {
    ...simpleRepositoryJson(world, repository),
    clone_url: `${page}.git`,
    git_url: `${page}.git`,
    ssh_url: `git@${new URL(world.url).hostname}:${repository.fullName}.git`,
    svn_url: page,
    mirror_url: null,
    homepage: null,
    language: null,
    license: null,
    forks: 0,
    forks_count: 0,
    stargazers_count: 0,
    watchers: 0,
    watchers_count: 0,
    subscribers_count: 0,
    network_count: 0,
    size: 1,
    default_branch: repository.defaultBranch,
    open_issues: open,
    open_issues_count: open,
    has_issues: settings.hasIssues,
    has_projects: false,
    has_wiki: false,
    has_pages: false,
    has_downloads: false,
    has_discussions: false,
    archived: settings.isArchived,
    disabled: false,
    visibility: settings.isPrivate ? 'private' : 'public',
    pushed_at: repository.createdAt,
    created_at: repository.createdAt,
    updated_at: repository.createdAt,
    delete_branch_on_merge: settings.deletesMergedBranches,
    ...ofParent,
  };
}

export function repositoryNodeId({ id }: Repository): string {
  return nodeId('R', id);
}
