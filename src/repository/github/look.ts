import { z } from 'zod';
import type { HostBranch, HostIssue, HostPullRequest, HostQuestion, HostView } from '../../protocol/code-host.ts';
import { problem } from '../../shared/errors.ts';
import { isRefusal } from './answer.ts';
import { ask, parseAnswer, pieces, type Client } from './client.ts';
import * as shape from './look-shapes.ts';
import * as written from './look-query.ts';
import { findOwnIssues } from './read-issue.ts';
import { readTexts } from './texts.ts';

const pullsByKey = z.record(z.string().regex(/^pulls\d+$/), shape.pullsShape);

const firstShape = z.looseObject({
  id: z.string(),
  nameWithOwner: z.string(),
  url: z.string(),
  isFork: z.boolean(),
  defaultBranchRef: shape.branchShape.nullable(),
  base: shape.branchShape.nullish(),
  results: shape.branchShape.nullable(),
  refs: shape.refsShape,
  issues: shape.issuesShape,
  merged: z.object({
    nodes: z
      .array(z.object({ number: z.number(), headRefName: z.string(), mergedAt: z.string().nullable() }).nullable())
      .nullable(),
  }),
});
type First = z.output<typeof firstShape>;
type Pulls = z.output<typeof shape.pullsShape>;

/**
 * The repository as it stands, in as few queries as its size allows: one where nothing is longer than a page. A query that is too
 * much for GitHub is asked for in smaller ones. Throws `github-not-found`, `github-empty`, `base-missing`.
 */
export async function look(client: Client, question: HostQuestion): Promise<HostView> {
  for (let parts = 1; ; parts *= 2) {
    const { limits } = client;
    const page = Math.ceil(limits.page / parts);
    const names = Math.ceil(limits.names / parts);
    try {
      return await lookInPages({ ...client, limits: { ...limits, page, names } }, question);
    } catch (error) {
      if (!isTooMuch(error) || parts >= mostParts) throw error;
    }
  }
}

const mostParts = 8;

/** GitHub ends a query after ten seconds, or says that it needs too much. */
function isTooMuch(error: unknown): boolean {
  return isRefusal(error, [502, 504]) || isRefusal(error, [422], /resource limits/i);
}

async function lookInPages(client: Client, question: HostQuestion): Promise<HostView> {
  const [names = [], ...more] = pieces([...new Set(question.branches)], client.limits.names);
  const first = await askFor(client, written.firstLook(question, names, client.limits.page), firstShape);
  const repository = repositoryOf(first);
  const base = question.base === null ? first.defaultBranchRef : first.base;
  if (!base) throw baseMissing(question.base ?? repository.defaultBranch);
  const refs = await allRefs(client, question.prefix, first);
  const named = [readPulls(first, names), ...(await inOrder(more, (each) => pullsNamed(client, each)))].flat();
  const pulls = await inOrder([...refs.pulls, ...named], (each) => allPulls(client, each));
  return {
    repository,
    base,
    results: first.results,
    branches: refs.branches,
    pullRequests: eachOnce(pulls.flat()),
    merged: mergedSince(first, question.mergedSince),
    issues: await allIssues(client, question, first),
    labels: question.labels.filter((_, index) => first[`label${index}`] !== null),
    codeOwners: await readOwners(client, base, first),
  };
}

async function askFor<S extends z.ZodType>(
  client: Client,
  { query, variables }: written.LookQuery,
  schema: S,
): Promise<z.output<S>> {
  const given = { ...client.place, ...variables };
  const answer = await ask(client, { query, variables: given, schema: z.object({ repository: z.unknown() }) });
  return parseAnswer(schema, answer.repository);
}

function repositoryOf(first: First): HostView['repository'] {
  if (first.defaultBranchRef === null) {
    const hint = 'Push a first commit to the repository.';
    throw problem('github-empty', `${first.nameWithOwner} has no commit on its default branch`, { hint });
  }
  const { nameWithOwner: name, id: nodeId, url, isFork } = first;
  return { name, nodeId, url, isFork, defaultBranch: first.defaultBranchRef.name };
}

function baseMissing(name: string): Error {
  return problem('base-missing', `There is no branch ${name} that changes could go into`, {
    hint: 'Name a branch that is there in the target of the plan.',
  });
}

/** The pull requests of one branch, as far as they were shown. */
interface PullsOf {
  readonly branch: string;
  readonly page: Pulls;
  /** Whether the page was one of that branch alone: then the next one goes on behind it. */
  readonly isNamed: boolean;
}

async function allRefs(
  client: Client,
  prefix: string,
  first: First,
): Promise<{ readonly branches: readonly HostBranch[]; readonly pulls: readonly PullsOf[] }> {
  const seen = [...(first.refs?.nodes ?? [])];
  let page = first.refs?.pageInfo;
  while (page?.hasNextPage && page.endCursor !== null) {
    const query = written.refsAfter(prefix, page.endCursor, client.limits.page);
    const { refs } = await askFor(client, query, z.object({ refs: shape.refsShape }));
    seen.push(...(refs?.nodes ?? []));
    page = refs?.pageInfo;
  }
  const whole = seen.flatMap(({ branch, pulls }) => (branch === null ? [] : [{ branch, pulls }]));
  return {
    branches: whole.map(({ branch }) => branch),
    pulls: whole.map(({ branch, pulls }) => ({ branch: branch.name, page: pulls, isNamed: false })),
  };
}

async function pullsNamed(client: Client, branches: readonly string[]): Promise<readonly PullsOf[]> {
  return readPulls(await askFor(client, written.pullsOf(branches), z.looseObject({})), branches);
}

function readPulls(answer: Readonly<Record<string, unknown>>, branches: readonly string[]): readonly PullsOf[] {
  const ofKeys = Object.entries(answer).filter(([key]) => /^pulls\d+$/.test(key));
  const pages = parseAnswer(pullsByKey, Object.fromEntries(ofKeys));
  return branches.flatMap((branch, index) => {
    const page = pages[`pulls${index}`];
    return page ? [{ branch, page, isNamed: true }] : [];
  });
}

/** All of a branch. What was shown with the branch goes on in another order: it is asked for anew where there is more. */
async function allPulls(client: Client, { branch, page, isNamed }: PullsOf): Promise<readonly HostPullRequest[]> {
  if (!page.pageInfo.hasNextPage) return page.nodes;
  const pulls = isNamed ? [...page.nodes] : [];
  let next = isNamed ? page.pageInfo : undefined;
  do {
    const query = next?.endCursor ? written.pullsAfter(branch, next.endCursor) : written.pullsOf([branch]);
    const { pulls0 } = await askFor(client, query, z.object({ pulls0: shape.pullsShape }));
    pulls.push(...pulls0.nodes);
    next = pulls0.pageInfo;
  } while (next.hasNextPage && next.endCursor !== null);
  return pulls;
}

function eachOnce(pulls: readonly HostPullRequest[]): readonly HostPullRequest[] {
  const byNumber = new Map(pulls.map((pull) => [pull.number, pull]));
  return [...byNumber.values()].sort((a, b) => a.number - b.number);
}

function mergedSince({ merged }: First, since: string): HostView['merged'] {
  return (merged.nodes ?? []).flatMap((each) => {
    if (each === null || each.mergedAt === null || Date.parse(each.mergedAt) < Date.parse(since)) return [];
    return [{ number: each.number, branch: each.headRefName, mergedAt: each.mergedAt }];
  });
}

async function allIssues(
  client: Client,
  { issueLabel: label, ownIssues }: HostQuestion,
  first: First,
): Promise<readonly HostIssue[]> {
  const seen = [...first.issues.nodes];
  let page = first.issues.pageInfo;
  while (page.hasNextPage && page.endCursor !== null) {
    const { issues } = await askFor(
      client,
      written.issuesAfter(label, page.endCursor),
      z.object({ issues: shape.issuesShape }),
    );
    seen.push(...issues.nodes);
    page = issues.pageInfo;
  }
  const labelled = await inOrder(seen, (each) => withComments(client, each));
  const whole = [...labelled, ...(await findOwnIssues(client, ownIssues, labelled))];
  return whole.sort((a, b) => a.number - b.number);
}

const moreComments = z.object({ issue: z.object({ comments: shape.commentsShape }) });

async function withComments(client: Client, { issue, more }: shape.SeenIssue): Promise<HostIssue> {
  const comments = [...issue.comments];
  for (let after = more; after !== null;) {
    const answer = await askFor(client, written.commentsAfter(issue.number, after), moreComments);
    const { nodes, pageInfo } = answer.issue.comments;
    comments.push(...nodes);
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
  }
  return { ...issue, comments };
}

async function readOwners(client: Client, base: HostBranch, first: First): Promise<string | null> {
  const index = written.ownersPaths.findIndex((_, each) => blobShape.safeParse(first[`owners${each}`]).success);
  const path = written.ownersPaths[index];
  if (path === undefined) return null;
  const text = (await readTexts(client, base.head.sha, [path])).get(path);
  return typeof text === 'string' ? text : null;
}

const blobShape = z.object({ oid: z.string() });

async function inOrder<T, U>(list: readonly T[], work: (each: T) => Promise<U>): Promise<U[]> {
  const done: U[] = [];
  for (const each of list) done.push(await work(each));
  return done;
}
