import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { clusterGate, type Cluster } from '../support/clusters.ts';
import { startIssuer, type OidcIssuer } from '../support/oidc-issuer.ts';
import { deployFolder, eventually, startDeployed } from './deployed.ts';

const { skip, note } = clusterGate();
const shippedFile = join(deployFolder, 'k3s', 'authentication.yaml');
/** What GitHub says of a job, as far as it matters here. */
const right = {
  aud: 'cortex',
  sub: 'repo:acme@11/estate@22:environment:production',
  repository: 'acme/estate',
  repository_id: '22',
  repository_owner: 'acme',
  repository_owner_id: '11',
  environment: 'production',
  ref: 'refs/heads/main',
  event_name: 'workflow_dispatch',
  run_id: '9001',
  run_attempt: '1',
  job_workflow_ref: 'acme/estate/.github/workflows/orchestrate.yml@refs/heads/main',
};
const values = { '<repository-owner-id>': '11', '<repository-id>': '22', '<environment>': 'production' };

/** The shipped file for another issuer; with an operator's values, or as it is. */
function configuration(issuer: OidcIssuer, filledIn: boolean): string {
  const document = parseDocument(readFileSync(shippedFile, 'utf8'));
  document.setIn(['jwt', 0, 'issuer', 'url'], issuer.url);
  document.setIn(['jwt', 0, 'issuer', 'certificateAuthority'], issuer.ca);
  const filled = filledIn ? Object.entries(values) : [];
  return filled.reduce((text, [mark, value]) => text.replace(mark, JSON.stringify(value)), String(document));
}

const jobs = '/apis/batch/v1/namespaces/cortex-workers/jobs';
const reviews = '/apis/authentication.k8s.io/v1/selfsubjectreviews';

describe.skipIf(skip)(`the shipped way in from GitHub Actions${note}`, () => {
  const folder = skip ? '' : mkdtempSync(join(tmpdir(), 'cortex-authentication-'));
  const file = join(folder, 'authentication.yaml');
  let issuer: OidcIssuer;
  let cluster: Cluster;
  beforeAll(async () => {
    issuer = await startIssuer();
    writeFileSync(file, configuration(issuer, true));
    const args = ['--servers', '0', '--agents', '1', '--apiserver-arg', `--authentication-config=${file}`];
    cluster = await startDeployed({ name: 'authentication', args });
    await eventually(
      () => statusOf(right),
      (status) => status !== 401,
    );
  });
  afterAll(async () => {
    await cluster?.down();
    await issuer?.close();
    if (folder) rmSync(folder, { recursive: true });
  });

  const statusOf = async (claims: Readonly<Record<string, unknown>>, path = jobs): Promise<number> =>
    (await cluster.api.get(path, { token: issuer.token(claims) })).status;

  it('lets the right repository in, with the rights of a launcher and no other', async () => {
    expect(await statusOf(right)).toBe(200);
    expect(await statusOf(right, '/api/v1/namespaces/cortex-workers/secrets')).toBe(403);
    expect(await statusOf(right, '/api/v1/namespaces/kube-system/pods')).toBe(403);
  });

  it('tells the audit log who came, and in which run', async () => {
    const { body } = await cluster.api.post(reviews, {}, { token: issuer.token(right) });
    expect(body).toMatchObject({
      status: {
        userInfo: {
          username: 'github:22:production',
          groups: ['cortex:launchers', 'system:authenticated'],
          extra: { 'cortex.dev/run': ['9001/1'], 'cortex.dev/workflow': [right.job_workflow_ref] },
        },
      },
    });
  });

  it('goes by ids alone: owner and repository may be renamed', async () => {
    const renamed = { repository: 'b/c', repository_owner: 'b', sub: 'repo:b/c:environment:production' };
    expect(await statusOf({ ...right, ...renamed })).toBe(200);
  });

  it.each([
    ['another repository', { repository_id: '23' }],
    ['another repository under the name of ours', { repository_id: '23', sub: right.sub }],
    ['another owner', { repository_owner_id: '12' }],
    ['another environment', { environment: 'preview' }],
    ['no environment', { environment: undefined }],
    ['no id of a repository', { repository_id: undefined }],
    ['another audience', { aud: 'sts.amazonaws.com' }],
    ['another issuer', { iss: 'https://token.actions.githubusercontent.com' }],
    ['a token that has expired', { exp: Math.floor(Date.now() / 1000) - 60 }],
    ['a token for later', { nbf: Math.floor(Date.now() / 1000) + 3600 }],
  ])('keeps out %s', async (_what, change) => {
    expect(await statusOf({ ...right, ...change })).toBe(401);
  });

  it('keeps out a token that somebody else signed', async () => {
    const forger = await startIssuer();
    const token = forger.token({ ...right, iss: issuer.url });
    await forger.close();
    expect((await cluster.api.get(jobs, { token })).status).toBe(401);
  });

  // The API server reads the file again when it changes.
  it('keeps everybody out while its values are not filled in', async () => {
    writeFileSync(file, configuration(issuer, false));
    const status = await eventually(
      () => statusOf(right),
      (found) => found !== 200,
      90_000,
    );
    expect(status).toBe(401);
    for (const mark of Object.keys(values))
      expect(readFileSync(shippedFile, 'utf8')).toContain(`requiredValue: ${mark}`);
  }, 120_000);
});
