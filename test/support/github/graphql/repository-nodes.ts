import { pageUrl, repositoryNodeId } from '../json/repositories.ts';
import { branchOf, isFrom } from '../pulls.ts';
import { reads } from '../routes.ts';
import { isAllowed } from '../tokens.ts';
import {
  isPull,
  nodeId,
  pullsOf,
  roleOf,
  type PullThread,
  type Repository,
  type Thread,
  type World,
} from '../world.ts';
import { accountNode } from './account-nodes.ts';
import type { Asker } from './asker.ts';
import { connectionOf, refusal, type PageArguments } from './connection.ts';
import { expressed, objectNode } from './git-nodes.ts';
import { labelNode, pullNode, threadNode } from './thread-nodes.ts';

interface Filter extends PageArguments {
  readonly states?: readonly string[] | null;
  readonly labels?: readonly string[] | null;
  readonly headRefName?: string | null;
  readonly baseRefName?: string | null;
  readonly orderBy?: { readonly field: string; readonly direction: 'ASC' | 'DESC' } | null;
}

interface RefFilter extends PageArguments {
  readonly refPrefix: string;
  readonly query?: string | null;
  readonly direction?: 'ASC' | 'DESC' | null;
  readonly orderBy?: { readonly direction: 'ASC' | 'DESC' } | null;
}

export function repositoryNode(world: World, repository: Repository): unknown {
  const { owner, parent, settings } = repository;
  return {
    __typename: 'Repository',
    id: repositoryNodeId(repository),
    databaseId: repository.id,
    name: repository.name,
    nameWithOwner: repository.fullName,
    url: pageUrl(world, repository),
    owner: () => accountNode(world, owner),
    isFork: parent !== null,
    isPrivate: settings.isPrivate,
    isArchived: settings.isArchived,
    parent: () => (parent ? repositoryNode(world, parent) : null),
    viewerPermission: (_: unknown, { token }: Asker) => viewerPermission(repository, token.account.login),
    ...withPermission(repository, ['contents'], gitFields(world, repository)),
    ...withPermission(repository, ['pull_requests'], pullFields(world, repository)),
    ...withPermission(repository, ['issues'], issueFields(world, repository)),
    ...withPermission(repository, ['issues', 'pull_requests'], labelFields(world, repository)),
  };
}

type Resolvers = Readonly<Record<string, (input: never) => unknown>>;

/** Each field needs its permission by itself: where one is refused the others are answered. */
function withPermission(
  repository: Repository,
  any: readonly string[],
  fields: Resolvers,
): Readonly<Record<string, unknown>> {
  const guarded = Object.entries(fields).map(([name, resolve]) => [
    name,
    (input: never, { token }: Asker) => {
      if (isAllowed(token, repository, reads(...any))) return resolve(input);
      throw refusal('FORBIDDEN', 'Resource not accessible by integration');
    },
  ]);
  return Object.fromEntries(guarded) as Readonly<Record<string, unknown>>;
}

function gitFields(world: World, repository: Repository): Resolvers {
  return {
    defaultBranchRef: () => refNode(world, repository, { ref: `refs/heads/${repository.defaultBranch}` }),
    ref: ({ qualifiedName: name }: { readonly qualifiedName: string }) =>
      [name, `refs/heads/${name}`, `refs/tags/${name}`]
        .map((ref) => refNode(world, repository, { ref }))
        .find((each) => each !== null) ?? null,
    refs: (filter: RefFilter) => refsOf(world, repository, filter),
    object: ({ expression, oid }: { readonly expression?: string | null; readonly oid?: string | null }) =>
      oid ? objectNode(world, repository, oid) : expressed(world, repository, expression ?? ''),
  };
}

function pullFields(world: World, repository: Repository): Resolvers {
  const write = (each: PullThread): unknown => pullNode(world, repository, each);
  return {
    pullRequest: ({ number }: { readonly number: number }) => {
      const thread = repository.threads.get(number);
      if (!thread || !isPull(thread)) throw notThere('a PullRequest', number);
      return write(thread);
    },
    pullRequests: (filter: Filter) =>
      connectionOf('pullRequests', { ...filter, all: filtered(pullsOf(repository), filter) }, write),
  };
}

function issueFields(world: World, repository: Repository): Resolvers {
  const write = (each: Thread): unknown => threadNode(world, repository, each);
  const issues = (): readonly Thread[] => [...repository.threads.values()].filter((each) => !isPull(each));
  return {
    issue: ({ number }: { readonly number: number }) => {
      const thread = repository.threads.get(number);
      if (!thread || isPull(thread)) throw notThere('an Issue', number);
      return write(thread);
    },
    issues: (filter: Filter) => connectionOf('issues', { ...filter, all: filtered(issues(), filter) }, write),
  };
}

function labelFields(world: World, repository: Repository): Resolvers {
  return {
    label: ({ name }: { readonly name: string }) => {
      const label = repository.labels.get(name.toLowerCase());
      return label ? labelNode(world, repository, label) : null;
    },
    labels: ({ query, ...page }: PageArguments & { readonly query?: string | null }) => {
      const wanted = (query ?? '').toLowerCase();
      const all = [...repository.labels.values()].filter(({ name }) => name.toLowerCase().includes(wanted));
      return connectionOf('labels', { ...page, all }, (label) => labelNode(world, repository, label));
    },
  };
}

/** A ref by its whole name, or below a prefix that it was asked for by: then its name begins after that. */
export function refNode(
  world: World,
  repository: Repository,
  { ref, prefix = `${ref.split('/').slice(0, 2).join('/')}/` }: { readonly ref: string; readonly prefix?: string },
): unknown {
  const sha = repository.git.refs.get(ref);
  if (sha === null) return null;
  return {
    __typename: 'Ref',
    id: nodeId('REF', repository.id, ref),
    name: ref.slice(prefix.length),
    prefix,
    repository: () => repositoryNode(world, repository),
    target: () => objectNode(world, repository, sha),
    associatedPullRequests: (filter: Filter) => {
      const all = [...world.repositories.values()].flatMap((into) =>
        pullsOf(into).flatMap((thread) => (isFrom(thread, repository, branchOf(ref) ?? '') ? [{ thread, into }] : [])),
      );
      const kept = filtered(
        all.map(({ thread }) => thread),
        filter,
      );
      const shown = kept.flatMap((thread) => all.filter((each) => each.thread === thread));
      return connectionOf('associatedPullRequests', { ...filter, all: shown }, ({ thread, into }) =>
        pullNode(world, into, thread),
      );
    },
  };
}

/** Below a prefix, which ends where a part of the name ends, whether it is written with a slash or not. */
function refsOf(
  world: World,
  repository: Repository,
  { refPrefix, query, direction, orderBy, ...page }: RefFilter,
): unknown {
  const prefix = refPrefix.endsWith('/') ? refPrefix : `${refPrefix}/`;
  const below = repository.git.refs.below(prefix);
  const found = below.filter(({ ref }) => ref.slice(prefix.length).includes(query ?? ''));
  const isDown = (direction ?? orderBy?.direction) === 'DESC';
  return connectionOf('refs', { ...page, all: isDown ? found.toReversed() : found }, ({ ref }) =>
    refNode(world, repository, { ref, prefix }),
  );
}

/** Of several labels any one is enough, other than in REST. */
function filtered<Kind extends Thread>(all: readonly Kind[], filter: Filter): readonly Kind[] {
  const { states, labels, headRefName, baseRefName, orderBy } = filter;
  const wanted = labels?.map((each) => each.toLowerCase());
  const kept = all
    .filter((each) => !states || states.length === 0 || states.includes(stateOf(each)))
    .filter((each) => !wanted || [...each.labels].some(({ name }) => wanted.includes(name.toLowerCase())))
    .filter(({ pull }) => !headRefName || pull?.headBranch === headRefName)
    .filter(({ pull }) => !baseRefName || pull?.baseBranch === baseRefName);
  const key = orderBy?.field === 'UPDATED_AT' ? 'updatedAt' : 'createdAt';
  const ordered = kept.toSorted((a, b) => (a[key] === b[key] ? a.number - b.number : a[key] < b[key] ? -1 : 1));
  return orderBy?.direction === 'DESC' ? ordered.toReversed() : ordered;
}

function stateOf(thread: Thread): string {
  return thread.pull?.mergedAt ? 'MERGED' : thread.state.toUpperCase();
}

function viewerPermission(repository: Repository, login: string): string | null {
  if (login.endsWith('[bot]')) return null;
  const role = roleOf(repository, login);
  return role === 'none' ? null : role.toUpperCase();
}

function notThere(kind: string, number: number): Error {
  return refusal('NOT_FOUND', `Could not resolve to ${kind} with the number of ${number}.`);
}
