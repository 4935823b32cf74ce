import type { HostQuestion } from '../../protocol/code-host.ts';
import { withFragments } from './look-shapes.ts';

/** A query with what it is about. */
export interface LookQuery {
  readonly query: string;
  readonly variables: Readonly<Record<string, string | number | null>>;
}

/** Where GitHub looks for the file of owners, in its order. */
export const ownersPaths = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'] as const;

const allStates = 'states: [OPEN, CLOSED, MERGED]';
const refsPart = (after: string): string =>
  `refs(refPrefix: $prefix, first: $page${after}) { pageInfo { hasNextPage endCursor } nodes {
    prefix name target { ...commit } associatedPullRequests(first: 10, ${allStates}) { ...pulls } } }`;
const issuesPart = (after: string): string =>
  `issues(labels: [$issueLabel], first: 20, orderBy: { field: CREATED_AT, direction: ASC }${after}) {
    pageInfo { hasNextPage endCursor } nodes { ...issue } }`;
const pullsPart = (branch: string, after: string): string =>
  `pullRequests(headRefName: ${branch}, first: 10, ${allStates}, orderBy: { field: CREATED_AT, direction: ASC }${after}) { ...pulls }`;

/** All in one: what has more pages goes on with the queries below. */
export function firstLook(question: HostQuestion, branches: readonly string[], page: number): LookQuery {
  const at = question.base === null ? 'HEAD' : `refs/heads/${question.base}`;
  const labels = numbered('label', question.labels);
  const owners = numbered(
    'owners',
    ownersPaths.map((path) => `${at}:${path}`),
  );
  const named = numbered('pulls', branches);
  const given = {
    prefix: `refs/heads/${question.prefix}`,
    results: `refs/heads/${question.results}`,
    issueLabel: question.issueLabel,
    ...(question.base === null ? {} : { base: `refs/heads/${question.base}` }),
  };
  const parts = [
    'id nameWithOwner url isFork defaultBranchRef { ...branch }',
    question.base === null ? '' : 'base: ref(qualifiedName: $base) { ...branch }',
    'results: ref(qualifiedName: $results) { ...branch }',
    refsPart(''),
    issuesPart(''),
    `merged: pullRequests(states: [MERGED], first: 100, orderBy: { field: UPDATED_AT, direction: DESC }) {
      nodes { number headRefName mergedAt } }`,
    ...Object.keys(labels).map((key) => `${key}: label(name: $${key}) { name }`),
    ...Object.keys(owners).map((key) => `${key}: object(expression: $${key}) { ... on Blob { oid } }`),
    ...Object.keys(named).map((key) => `${key}: ${pullsPart(`$${key}`, '')}`),
  ];
  return lookQuery(parts, { ...given, ...labels, ...owners, ...named }, page);
}

export function refsAfter(prefix: string, after: string, page: number): LookQuery {
  return lookQuery([refsPart(', after: $after')], { prefix: `refs/heads/${prefix}`, after }, page);
}

export function issuesAfter(issueLabel: string, after: string): LookQuery {
  return lookQuery([issuesPart(', after: $after')], { issueLabel, after });
}

export function commentsAfter(issue: number, after: string): LookQuery {
  const part = 'issue(number: $issue) { comments(first: 100, after: $after) { ...comments } }';
  return lookQuery([part], { issue, after });
}

/** The pull requests of branches, each under `pulls0` and on in the order of the names. */
export function pullsOf(branches: readonly string[]): LookQuery {
  const named = numbered('pulls', branches);
  return lookQuery(
    Object.keys(named).map((key) => `${key}: ${pullsPart(`$${key}`, '')}`),
    named,
  );
}

export function pullsAfter(branch: string, after: string): LookQuery {
  return lookQuery([`pulls0: ${pullsPart('$branch', ', after: $after')}`], { branch, after });
}

/** Values travel as variables alone: no name becomes part of a query. */
function lookQuery(
  parts: readonly string[],
  given: Readonly<Record<string, string | number>>,
  page?: number,
): LookQuery {
  const variables = page === undefined ? given : { ...given, page };
  const declared = Object.entries(variables).map(
    ([key, value]) => `$${key}: ${typeof value === 'number' ? 'Int!' : 'String!'}`,
  );
  const query = `query(${['$owner: String!', '$repo: String!', ...declared].join(', ')}) {
  repository(owner: $owner, name: $repo) {
    ${parts.filter(Boolean).join('\n    ')}
  }
}`;
  return { query: withFragments(query), variables };
}

/** `{ label0: …, label1: … }`. */
export function numbered(word: string, values: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(values.map((value, index) => [`${word}${index}`, value]));
}
