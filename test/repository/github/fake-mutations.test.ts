import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FakeRepository } from '../../support/github/repositories.ts';
import { at, errorsOf, openFakeShop, refuseViolations, type OpenShop } from './fake-shop.ts';

let shop: OpenShop;
let repository: FakeRepository;

beforeEach(async () => {
  shop = await openFakeShop();
  repository = shop.fake.repository();
});

afterEach(async () => {
  refuseViolations(shop.fake);
  await shop.fake.close();
});

describe('mutations of the fake', () => {
  const fields = 'repository(owner: "acme", name: "shop")';

  async function idsOf(logins: readonly string[], labels: readonly string[]) {
    const users = logins.map((login, index) => `u${index}: user(login: "${login}") { id }`).join(' ');
    const wanted = labels.map((name, index) => `l${index}: label(name: "${name}") { id }`).join(' ');
    const answer = await shop.job.graphql<Record<string, Record<string, { id: string }>>>(
      `{ ${users} ${fields} { pullRequest(number: 1) { id } ${wanted} } }`,
    );
    return {
      pull: answer['repository']?.['pullRequest']?.id ?? '',
      users: logins.map((_, index) => (answer[`u${index}`] as unknown as { id: string }).id),
      labels: labels.map((_, index) => answer['repository']?.[`l${index}`]?.id ?? ''),
    };
  }

  beforeEach(async () => {
    shop.branch('fix');
    await shop.job.pulls.create({ ...at, head: 'fix', base: 'main', title: 't' });
    for (const login of ['bob', 'carol']) repository.setRole(login, 'write');
    await shop.job.issues.createLabel({ ...at, name: 'cortex' });
  });

  it('put labels on and ask for reviews in one request', async () => {
    const ids = await idsOf(['bob'], ['cortex']);
    await shop.job.graphql(
      `mutation dress($pull: ID!, $labels: [ID!]!, $users: [ID!]) {
         addLabelsToLabelable(input: { labelableId: $pull, labelIds: $labels }) { clientMutationId }
         requestReviews(input: { pullRequestId: $pull, userIds: $users, union: true }) { clientMutationId } }`,
      ids,
    );
    const { labels, pull } = repository.pull(1);
    expect([[...labels].map(({ name }) => name), [...pull.reviewers]]).toEqual([['cortex'], ['bob']]);
    expect(shop.fake.log.counts().mutation).toBe(1);
  });

  it('keep those asked before by `union` alone', async () => {
    const ids = await idsOf(['bob', 'carol'], []);
    const ask = (users: readonly string[], union: boolean) =>
      shop.job.graphql(
        `mutation($pull: ID!, $users: [ID!], $union: Boolean) {
           requestReviews(input: { pullRequestId: $pull, userIds: $users, union: $union }) { clientMutationId } }`,
        { pull: ids.pull, users, union },
      );
    await ask(ids.users.slice(0, 1), false);
    await ask(ids.users.slice(1), true);
    expect([...repository.pull(1).pull.reviewers]).toEqual(['bob', 'carol']);
    await ask(ids.users.slice(1), false);
    expect([...repository.pull(1).pull.reviewers]).toEqual(['carol']);
  });

  it('do the other fields where one of them is refused', async () => {
    const ids = await idsOf(['bob'], ['cortex']);
    shop.fake.addAccount('eve');
    const { user } = await shop.job.graphql<{ user: { id: string } }>('{ user(login: "eve") { id } }');
    const request = shop.job.graphql(
      `mutation($pull: ID!, $labels: [ID!]!, $eve: ID!) {
         requestReviews(input: { pullRequestId: $pull, userIds: [$eve] }) { clientMutationId }
         addLabelsToLabelable(input: { labelableId: $pull, labelIds: $labels }) { clientMutationId } }`,
      { ...ids, eve: user.id },
    );
    expect((await errorsOf(request))[0]).toMatch(/Reviews may only be requested from collaborators/);
    expect([...repository.pull(1).labels].map(({ name }) => name)).toEqual(['cortex']);
  });

  it('are refused to a token without the permission', async () => {
    const { pull } = await idsOf([], []);
    const reader = shop.client(shop.fake.workflowToken({ contents: 'read' }));
    const request = reader.graphql(
      'mutation($pull: ID!) { convertPullRequestToDraft(input: { pullRequestId: $pull }) { clientMutationId } }',
      { pull },
    );
    expect(await errorsOf(request)).toEqual(['FORBIDDEN Resource not accessible by integration']);
  });

  it('make a draft of it and make it ready again', async () => {
    const { pull } = await idsOf([], []);
    const set = (name: string) =>
      shop.job.graphql(
        `mutation($pull: ID!) { ${name}(input: { pullRequestId: $pull }) { pullRequest { isDraft } } }`,
        { pull },
      );
    await set('convertPullRequestToDraft');
    expect(repository.pull(1).pull.isDraft).toBe(true);
    await set('markPullRequestReadyForReview');
    expect(repository.pull(1).pull.isDraft).toBe(false);
  });

  it('update refs where each is as it is expected, or none of them', async () => {
    const [head, main, none] = [repository.head('fix') ?? '', repository.head('main') ?? '', '0'.repeat(40)];
    const { repository: found } = await shop.job.graphql<{ repository: { id: string } }>(`{ ${fields} { id } }`);
    const update = (...refUpdates: readonly object[]) =>
      shop.job.graphql(
        `mutation($id: ID!, $refUpdates: [RefUpdate!]!) {
           updateRefs(input: { repositoryId: $id, refUpdates: $refUpdates }) { clientMutationId } }`,
        { id: found.id, refUpdates },
      );
    const add = { name: 'refs/heads/next', beforeOid: none, afterOid: head };
    const stale = { name: 'refs/heads/fix', beforeOid: main, afterOid: none };
    const back = { name: 'refs/heads/fix', afterOid: main };
    const last = { name: 'refs/heads/main', afterOid: none };
    for (const wrong of [stale, back, last])
      expect((await errorsOf(update(add, wrong)))[0]).toMatch(/^UNPROCESSABLE Reference update failed/);
    expect([repository.head('next'), repository.head('fix')]).toEqual([null, head]);
    await update(add, { ...stale, beforeOid: head });
    expect([repository.head('next'), repository.head('fix')]).toEqual([head, null]);
  });

  it('commit to a branch whose head is the expected one, signed, keeping modes', async () => {
    repository.push('fix', { files: { 'run.sh': { content: 'old\n', mode: '100755' } } });
    const head = repository.head('fix') ?? '';
    const commit = () =>
      shop.job.graphql<{ createCommitOnBranch: { commit: { oid: string; signature: { isValid: boolean } } } }>(
        `mutation($head: GitObjectID!, $contents: Base64String!) { createCommitOnBranch(input: {
           branch: { repositoryNameWithOwner: "acme/shop", branchName: "fix" }, expectedHeadOid: $head,
           message: { headline: "subject", body: "body" },
           fileChanges: { additions: [{ path: "run.sh", contents: $contents }], deletions: [{ path: "fix.txt" }] } }) {
             commit { oid signature { isValid } } } }`,
        { head, contents: Buffer.from('new\n').toString('base64') },
      );
    const { createCommitOnBranch: made } = await commit();
    expect([made.commit.oid, made.commit.signature.isValid]).toEqual([repository.head('fix'), true]);
    expect(repository.files('fix').map(({ mode, path }) => `${mode} ${path}`)).toEqual([
      '100644 README.md',
      '100755 run.sh',
    ]);
    expect((await errorsOf(commit()))[0]).toMatch(/^STALE_DATA Expected branch to point to/);
  });
});
