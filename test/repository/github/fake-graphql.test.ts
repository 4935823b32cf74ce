import {
  isCompositeType,
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  isUnionType,
  type GraphQLNamedType,
} from 'graphql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { githubSchema } from '../../support/github/graphql/execute.ts';
import type { FakeRepository } from '../../support/github/repositories.ts';
import { at, errorsOf, openFakeShop, refuseViolations, type OpenShop } from './fake-shop.ts';

let shop: OpenShop;
let repository: FakeRepository;
/** What a test breaks on purpose. */
let expected: readonly unknown[];

beforeEach(async () => {
  expected = [];
  shop = await openFakeShop();
  repository = shop.fake.repository();
});

afterEach(async () => {
  refuseViolations(shop.fake, expected);
  await shop.fake.close();
});

interface Repository {
  readonly repository: Readonly<Record<string, never>>;
}

async function inShop<Value>(fields: string): Promise<Value> {
  const answer = await shop.job.graphql<Repository>(`{ repository(owner: "acme", name: "shop") { ${fields} } }`);
  return answer.repository as Value;
}

/** Everything that can be asked of a type, so many steps deep. */
function everythingOf(type: GraphQLNamedType, depth: number): string {
  if (isUnionType(type)) {
    const parts = type.getTypes().map((each) => `... on ${each.name} { ${everythingOf(each, depth)} }`);
    return `__typename ${parts.join(' ')}`;
  }
  if (!isObjectType(type) && !isInterfaceType(type)) return '';
  const fields = Object.values(type.getFields()).flatMap((field) => {
    const inner = getNamedType(field.type);
    if (isCompositeType(inner) && depth === 0) return [];
    const args = field.args.flatMap(({ name }) => {
      const value = given[`${field.name} ${name}`] ?? given[name];
      return value === undefined ? [] : [`${name}: ${value}`];
    });
    const call = args.length > 0 ? `(${args.join(', ')})` : '';
    const alias = `${type.name}_${field.name}`;
    return [`${alias}: ${field.name}${call}${isCompositeType(inner) ? ` { ${everythingOf(inner, depth - 1)} }` : ''}`];
  });
  const kinds = isAbstractType(type)
    ? githubSchema()
        .getPossibleTypes(type)
        .map((each) => `... on ${each.name} { ${everythingOf(each, depth)} }`)
    : [];
  return ['__typename', ...fields, ...kinds].join(' ');
}

const given: Readonly<Record<string, string>> = {
  first: '2',
  owner: '"acme"',
  name: '"shop"',
  login: '"acme"',
  slug: '"core"',
  refPrefix: '"refs/heads/"',
  qualifiedName: '"main"',
  expression: '"main:src"',
  'pullRequest number': '1',
  'issue number': '2',
};

describe('GraphQL of the fake', () => {
  it('answers every field that its schema has', async () => {
    repository.push('main', { files: { 'src/a.ts': 'a\n' } });
    shop.fake.addTeam('acme', 'core');
    shop.branch('fix');
    repository.openPull({ head: 'fix' });
    repository.openIssue({ title: 'issue', labels: ['x'] });
    for (const number of [1, 2]) repository.comment(number, 'text');
    repository.setRole('bob', 'write');
    repository.askForReview(1, 'bob');
    const fieldsOf = (name: string, depth: number): string => {
      const type = githubSchema().getType(name);
      return type ? everythingOf(type, depth) : '';
    };
    const answer = await shop.job.graphql<Repository>(
      `{ rateLimit { ${fieldsOf('RateLimit', 0)} } user(login: "bob") { ${fieldsOf('User', 0)} }
         organization(login: "acme") { ${fieldsOf('Organization', 1)} }
         repository(owner: "acme", name: "shop") { ${fieldsOf('Repository', 2)}
           pullRequest(number: 1) { ${fieldsOf('PullRequest', 3)} } issue(number: 2) { ${fieldsOf('Issue', 3)} } } }`,
    );
    expect(answer.repository['pullRequest']).toMatchObject({ PullRequest_number: 1 });
    expect(answer.repository['issue']).toMatchObject({ Issue_number: 2 });
  });

  it('shows refs below a prefix page by page; prefix and name together are the whole ref', async () => {
    for (const name of ['cortex/a/1', 'cortex/b/2', 'cortexx/c']) shop.branch(name);
    const page = (after: string) =>
      inShop<{
        refs: {
          nodes: { name: string; prefix: string }[];
          totalCount: number;
          pageInfo: { hasNextPage: boolean; endCursor: string };
        };
      }>(
        `refs(refPrefix: "refs/heads/cortex/", first: 1${after}) { nodes { name prefix } totalCount pageInfo { hasNextPage endCursor } }`,
      );
    const { refs: first } = await page('');
    const { refs: second } = await page(`, after: "${first.pageInfo.endCursor}"`);
    const names = [...first.nodes, ...second.nodes].map(({ name, prefix }) => `${prefix}${name}`);
    expect(names).toEqual(['refs/heads/cortex/a/1', 'refs/heads/cortex/b/2']);
    expect([first.totalCount, first.pageInfo.hasNextPage, second.pageInfo.hasNextPage]).toEqual([2, true, false]);
  });

  it('shows the pull requests of a branch that is gone, by its name', async () => {
    const sha = shop.branch('fix');
    repository.openPull({ head: 'fix' });
    repository.deleteBranch('fix');
    expect(
      await inShop('pullRequests(headRefName: "fix", first: 5) { nodes { number state headRef { name } headRefOid } }'),
    ).toEqual({
      pullRequests: { nodes: [{ number: 1, state: 'CLOSED', headRef: null, headRefOid: sha }] },
    });
  });

  it('filters by state, merged apart from closed, and orders by the last touch', async () => {
    shop.fake.clock.set('2026-11-01T00:00:00Z');
    for (const name of ['a', 'b', 'c']) {
      shop.branch(name);
      repository.openPull({ head: name });
    }
    repository.close(2);
    shop.fake.clock.advance(60_000);
    await repository.merge(3);
    shop.fake.clock.advance(60_000);
    repository.edit(1, { title: 'touched' });
    const numbers = async (filter: string) => {
      const { pullRequests } = await inShop<{ pullRequests: { nodes: { number: number }[] } }>(
        `pullRequests(first: 9, ${filter}) { nodes { number } }`,
      );
      return pullRequests.nodes.map(({ number }) => number);
    };
    expect(await numbers('states: [MERGED]')).toEqual([3]);
    expect(await numbers('states: [CLOSED, OPEN]')).toEqual([1, 2]);
    expect(await numbers('orderBy: { field: UPDATED_AT, direction: DESC }')).toEqual([1, 3, 2]);
  });

  it('shows issues by label with their comments, bots without `[bot]`', async () => {
    const { data } = await shop.job.issues.create({ ...at, title: 'board', labels: ['cortex-dashboard'] });
    await shop.job.issues.createComment({ ...at, issue_number: data.number, body: 'one' });
    repository.comment(data.number, 'two', 'ada');
    repository.openIssue({ title: 'other' });
    const { issues } = await inShop<{ issues: { nodes: unknown[] } }>(
      `issues(labels: ["Cortex-Dashboard"], first: 9) { nodes { title author { login __typename }
         comments(first: 9) { nodes { body author { login __typename } } } } }`,
    );
    const bot = { login: 'github-actions', __typename: 'Bot' };
    const comments = [
      { body: 'one', author: bot },
      { body: 'two', author: { login: 'ada', __typename: 'User' } },
    ];
    expect(issues.nodes).toEqual([{ title: 'board', author: bot, comments: { nodes: comments } }]);
  });

  it('reads texts by expression, cut off where they are large, and none of what is binary', async () => {
    const files = { 'small.txt': 'text\n', 'large.txt': 'x'.repeat(600_000), 'binary.bin': Buffer.from([0, 1]) };
    const sha = repository.push('main', { files });
    const blob = (name: string, path: string) =>
      `${name}: object(expression: "${sha}:${path}") { ... on Blob { byteSize isBinary isTruncated text } }`;
    const read = await inShop<Record<string, { text: string | null } | null>>(
      ['small', 'large', 'none'].map((name) => blob(name, `${name}.txt`)).join(' ') + blob('binary', 'binary.bin'),
    );
    expect(read['small']).toEqual({ byteSize: 5, isBinary: false, isTruncated: false, text: 'text\n' });
    expect(read['large']).toMatchObject({ byteSize: 600_000, isTruncated: true });
    expect(read['large']?.text?.length).toBe(512_000);
    expect([read['none'], read['binary']]).toEqual([
      null,
      { byteSize: 2, isBinary: true, isTruncated: false, text: null },
    ]);
  });

  it('wants every list to say how long its pages are, of at most 100', async () => {
    expect(await errorsOf(inShop('labels { totalCount }'))).toEqual([
      'MISSING_PAGINATION_BOUNDARIES You must provide a `first` or `last` value to properly paginate the `labels` connection.',
    ]);
    expect(await errorsOf(inShop('labels(first: 101) { totalCount }'))).toEqual([
      'EXCESSIVE_PAGINATION Requesting 101 records on the `labels` connection exceeds the `first` limit of 100 records.',
    ]);
  });

  it('refuses a query that might give more than 500,000 nodes', async () => {
    const deep = (last: number) =>
      inShop(
        `issues(first: 100) { nodes { comments(first: 100) { nodes { issue { labels(first: ${last}) { nodes { name } } } } } } }`,
      );
    expect((await errorsOf(deep(49))).length).toBe(1);
    expect(await errorsOf(deep(48))).toEqual([]);
  });

  it('doesn’t know what is not there', async () => {
    expect(await errorsOf(shop.job.graphql('{ repository(owner: "acme", name: "none") { id } }'))).toEqual([
      "NOT_FOUND Could not resolve to a Repository with the name 'acme/none'.",
    ]);
    expect(await errorsOf(shop.job.graphql('{ user(login: "nobody") { id } }'))).toEqual([
      "NOT_FOUND Could not resolve to a User with the login of 'nobody'.",
    ]);
    expect(await errorsOf(shop.job.graphql('{ node(id: "PR_none") { id } }'))).toHaveLength(1);
  });

  it('leaves what a deleted account wrote, by nobody', async () => {
    repository.openIssue({ title: 'left', by: 'gone' });
    shop.fake.deleteAccount('gone');
    expect(await inShop('issue(number: 1) { title author { login } }')).toEqual({
      issue: { title: 'left', author: null },
    });
    expect((await shop.job.issues.get({ ...at, issue_number: 1 })).data.user?.login).toBe('ghost');
  });

  it('refuses a single field that the token may not see, and answers the others', async () => {
    repository.settings.isPrivate = true;
    const client = shop.client(shop.fake.workflowToken({ contents: 'read' }));
    const request = client.graphql(
      '{ repository(owner: "acme", name: "shop") { defaultBranchRef { name } issue(number: 1) { id } } }',
    );
    expect(await errorsOf(request)).toEqual(['FORBIDDEN Resource not accessible by integration']);
    await expect(request).rejects.toMatchObject({
      data: { repository: { defaultBranchRef: { name: 'main' }, issue: null } },
    });
  });

  it('records a field that GitHub does not have as a fault of the client', async () => {
    await errorsOf(inShop('nonsense'));
    expected = [expect.stringContaining('Cannot query field "nonsense"')];
  });
});
