import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { findOwnIssues, readIssue } from '../../../src/repository/github/read-issue.ts';
import { look } from '../../../src/repository/github/look.ts';
import { openPullRequest } from '../../../src/repository/github/pull-requests.ts';
import { readTexts } from '../../../src/repository/github/texts.ts';
import { readRates } from '../../../src/repository/github/survey.ts';
import { createBranch, moveBranch } from '../../../src/repository/github/branches.ts';
import { clientOf, rejection, startScripted, type Scripted, type ScriptedServer } from './scripted-server.ts';

const servers: ScriptedServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(...script: readonly Scripted[]): Promise<ScriptedServer> {
  const server = await startScripted(script);
  servers.push(server);
  return server;
}

const refusal = (status: number, message: string): Scripted => ({ status, body: { message } });
const objectId = (text: string | Uint8Array): string => {
  const bytes = Buffer.from(text);
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
};

const question = {
  base: null,
  prefix: 'cortex/',
  branches: [],
  results: 'r',
  issueLabel: 'l',
  ownIssues: null,
  labels: [],
  mergedSince: '',
};

describe('answers of GitHub that are rare', () => {
  it('opens what is no draft where the repository has none', async () => {
    const opened = { body: { number: 7, node_id: 'PR_7', html_url: 'https://git.acme.org/pull/7' }, status: 201 };
    const server = await serve(refusal(422, 'Draft pull requests are not supported in this repository.'), opened);
    const order = { branch: 'cortex/x', base: 'main', title: 't', body: 'b', isDraft: true };
    expect(await openPullRequest(clientOf(server).client, order)).toMatchObject({ number: 7 });
    expect(server.received.map(({ body }) => (JSON.parse(body) as { draft: boolean }).draft)).toEqual([true, false]);
  });

  it('looks in smaller pages where GitHub says that a query needs too much, or takes too long over it', async () => {
    const tooMuch = {
      body: { errors: [{ type: 'RESOURCE_LIMITS_EXCEEDED', message: 'Resource limits for this query exceeded.' }] },
    };
    const tooLong = { status: 504, body: { message: 'We couldn’t respond to your request in time.' } };
    const server = await serve(tooMuch, tooLong, tooLong, refusal(401, 'Bad credentials'));
    await rejection(look(clientOf(server, { tries: 2 }).client, question));
    const pages = server.received.map(
      ({ body }) => (JSON.parse(body) as { variables: { page: number } }).variables.page,
    );
    expect(pages).toEqual([50, 25, 25, 13]);
  });

  it.each([404, 410, 422])('finds no issues of its own where GitHub answers %i', async (status) => {
    const server = await serve(refusal(status, 'no'));
    expect(await findOwnIssues(clientOf(server).client, { login: 'nobody', mark: 'm' }, [])).toEqual([]);
  });

  it.each([
    ['was deleted', refusal(410, 'This issue was deleted')],
    ['was moved away', { body: { number: 4, title: 't', labels: [] } }],
    ['is a pull request', { body: { number: 7, title: 't', labels: [], pull_request: {} } }],
  ])('knows that an issue is not there any more where it %s', async (_, answer) => {
    const server = await serve(answer);
    expect(await readIssue(clientOf(server).client, 7)).toBeNull();
  });

  it('does not take an answer of another shape for what was asked', async () => {
    const server = await serve({ body: { data: { repository: { id: 7 } } } });
    expect(await rejection(look(clientOf(server).client, question))).toMatchObject({
      family: 'outside',
      code: 'github-answer',
    });
  });

  it('names a repository that is not there, or that the token does not see', async () => {
    const errors = [
      {
        type: 'NOT_FOUND',
        path: ['repository'],
        message: "Could not resolve to a Repository with the name 'acme/shop'.",
      },
    ];
    const server = await serve({ body: { data: { repository: null }, errors } });
    expect(await rejection(look(clientOf(server).client, question))).toMatchObject({ code: 'github-not-found' });
  });

  it('reads a text anew, byte for byte, that GitHub shows in another encoding than it has', async () => {
    const latin = Buffer.from('caf\u00e9\n', 'latin1');
    const shown = {
      __typename: 'Blob',
      oid: objectId(latin),
      text: 'café\n',
      isBinary: false,
      isTruncated: false,
      byteSize: 5,
    };
    const server = await serve(
      { body: { data: { repository: { at0: shown } } } },
      { body: { content: latin.toString('base64'), encoding: 'base64' } },
    );
    const texts = await readTexts(clientOf(server).client, 'a'.repeat(40), ['menu.txt']);
    expect(texts.get('menu.txt')).toEqual({ unreadable: 'it is no text in UTF-8' });
  });

  it('knows of a server that counts no requests', async () => {
    const server = await serve(refusal(404, 'Rate limiting is not enabled.'));
    expect(await readRates(clientOf(server).client)).toBeNull();
  });

  it('tells a branch that stands in the way from one that is there', async () => {
    const server = await serve(refusal(422, 'Reference update failed'));
    const error = await rejection(createBranch(clientOf(server).client, 'cortex/a/b', 'c'.repeat(40)));
    expect(error).toMatchObject({ code: 'branch-blocked', hint: expect.stringContaining('cortex or cortex/a') });
  });

  it('takes a move for done whose answer was lost, when the branch is where it should be', async () => {
    const sha = 'c'.repeat(40);
    const server = await serve('drop', refusal(422, 'Update is not a fast forward'), { body: { object: { sha } } });
    await moveBranch(clientOf(server).client, 'cortex/a', sha);
    expect(server.received.map(({ method }) => method)).toEqual(['PATCH', 'PATCH', 'GET']);
  });

  it('does not call a branch moved that it may not move', async () => {
    const server = await serve(refusal(404, 'Not Found'), { body: { object: { sha: 'd'.repeat(40) } } });
    const error = await rejection(moveBranch(clientOf(server).client, 'cortex/a', 'c'.repeat(40)));
    expect(error).toMatchObject({ code: 'github-not-found' });
  });
});
