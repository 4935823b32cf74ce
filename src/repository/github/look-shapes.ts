import { z } from 'zod';
import type {
  HostActor,
  HostBranch,
  HostComment,
  HostCommit,
  HostIssue,
  HostPullRequest,
} from '../../protocol/code-host.ts';

/** What is asked of each object, as GraphQL, beside the shape in which it comes. */
export const fragments = `
fragment commit on Commit { oid tree { oid } parents(first: 20) { nodes { oid } } message }
fragment branch on Ref { prefix name target { ...commit } }
fragment author on Actor { __typename login }
fragment pull on PullRequest {
  number id url state isDraft title body headRefName baseRefName isCrossRepository createdAt closedAt mergedAt
  author { ...author } labels(first: 100) { nodes { name } } headRef { target { ...commit } }
}
fragment pulls on PullRequestConnection { pageInfo { hasNextPage endCursor } nodes { ...pull } }
fragment comments on IssueCommentConnection {
  pageInfo { hasNextPage endCursor }
  nodes { databaseId url body createdAt updatedAt author { ...author } }
}
fragment issue on Issue {
  number id url state title body author { ...author } labels(first: 100) { nodes { name } }
  comments(first: 100) { ...comments }
}`;

/** The fragments that a query uses, and those that they use: an unused one is refused. */
export function withFragments(query: string): string {
  const all = fragments.trim().split(/\n(?=fragment )/);
  const used = new Set<string>();
  const add = (text: string): void => {
    for (const [, name] of text.matchAll(/\.\.\.(\w+)/g)) {
      const found = all.find((each) => each.startsWith(`fragment ${name} `));
      if (!found || used.has(found)) continue;
      used.add(found);
      add(found);
    }
  };
  add(query);
  return [query, ...used].join('\n');
}

const pageInfo = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() });

/** A page of a list; entries that the token may not see come as null, and are left out. */
function pageOf<S extends z.ZodType>(node: S) {
  return z.object({ pageInfo, nodes: listOf(node) });
}

function listOf<S extends z.ZodType>(node: S) {
  return z
    .array(node.nullable())
    .nullable()
    .transform((nodes) => (nodes ?? []).filter((each) => each !== null));
}

const names = z
  .object({ nodes: listOf(z.object({ name: z.string() })) })
  .nullable()
  .transform((labels) => labels?.nodes.map(({ name }) => name) ?? []);

const ghost: HostActor = { login: 'ghost', isBot: false };

/** GraphQL names a bot without the `[bot]` that REST puts behind it: ours is REST's name, which people know. */
const author = z
  .object({ __typename: z.string(), login: z.string() })
  .nullable()
  .transform((actor): HostActor => {
    if (actor === null) return ghost;
    const isBot = actor.__typename === 'Bot' || actor.login.endsWith('[bot]');
    return { login: isBot ? `${actor.login.replace(/\[bot\]$/, '')}[bot]` : actor.login, isBot };
  });

const commit = z
  .object({
    oid: z.string(),
    tree: z.object({ oid: z.string() }),
    parents: z.object({ nodes: listOf(z.object({ oid: z.string() })) }),
    message: z.string(),
  })
  .transform(({ oid, tree, parents, message }): HostCommit => ({
    sha: oid,
    tree: tree.oid,
    parents: parents.nodes.map((each) => each.oid),
    message,
  }));

const refFields = { prefix: z.string(), name: z.string(), target: z.union([commit, z.object({})]).nullable() };

/** A branch; null where it does not lead to a commit. */
export const branchShape = z.object(refFields).transform(readBranch);

function readBranch(ref: {
  readonly prefix: string;
  readonly name: string;
  readonly target: HostCommit | object | null;
}): HostBranch | null {
  if (ref.target === null || !('sha' in ref.target)) return null;
  return { name: `${ref.prefix}${ref.name}`.replace(/^refs\/heads\//, ''), head: ref.target };
}

const states = { OPEN: 'open', CLOSED: 'closed', MERGED: 'merged' } as const;

const pull = z
  .object({
    number: z.number(),
    id: z.string(),
    url: z.string(),
    state: z.enum(['OPEN', 'CLOSED', 'MERGED']).transform((state) => states[state]),
    isDraft: z.boolean(),
    title: z.string(),
    body: z.string(),
    headRefName: z.string(),
    baseRefName: z.string(),
    isCrossRepository: z.boolean(),
    createdAt: z.string(),
    closedAt: z.string().nullable(),
    mergedAt: z.string().nullable(),
    author,
    labels: names,
    headRef: z.object({ target: commit.nullable() }).nullable(),
  })
  .transform(({ id, headRefName, baseRefName, isCrossRepository, headRef, ...rest }): HostPullRequest => ({
    ...rest,
    nodeId: id,
    branch: headRefName,
    base: baseRefName,
    isFromFork: isCrossRepository,
    head: headRef?.target ?? null,
  }));

export const pullsShape = pageOf(pull);

const refWithPulls = z
  .object({ ...refFields, associatedPullRequests: pullsShape })
  .transform(({ associatedPullRequests: pulls, ...ref }) => ({ branch: readBranch(ref), pulls }));

/** Branches below a prefix, with the pull requests of each. */
export const refsShape = pageOf(refWithPulls).nullable();

const comment = z
  .object({
    databaseId: z.number().nullable(),
    url: z.string(),
    body: z.string(),
    createdAt: z.string(),
    updatedAt: z.string(),
    author,
  })
  .transform(({ databaseId, ...rest }): HostComment => ({ id: databaseId ?? 0, ...rest }));

export const commentsShape = pageOf(comment);

const issue = z
  .object({
    number: z.number(),
    id: z.string(),
    url: z.string(),
    state: z.enum(['OPEN', 'CLOSED']).transform((state) => states[state]),
    title: z.string(),
    body: z.string(),
    author,
    labels: names,
    comments: commentsShape,
  })
  .transform(({ id, comments, ...rest }): SeenIssue => {
    const more = comments.pageInfo.hasNextPage ? comments.pageInfo.endCursor : null;
    return { issue: { ...rest, nodeId: id, comments: comments.nodes }, more };
  });

/** An issue, and the cursor after which it has more comments. */
export interface SeenIssue {
  readonly issue: HostIssue;
  readonly more: string | null;
}

export const issuesShape = pageOf(issue);
