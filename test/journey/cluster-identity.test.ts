import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { deployFolder, eventually, startDeployed } from '../deploy/deployed.ts';
import { clusterPlan, planWorkers, rehearsalFlags } from '../support/cluster-plan.ts';
import { whatStays } from '../support/cluster-pods.ts';
import { dataOf, finishedWorkers, logOf, startClusterLeg, type ClusterRun } from '../support/cluster-run.ts';
import { clusterGate, type Cluster } from '../support/clusters.ts';
import { startIssuer, type OidcIssuer } from '../support/oidc-issuer.ts';
import { filesBelow } from '../support/cluster-files.ts';
import { scriptedWorld } from '../support/resumed-run.ts';
import { freshId } from '../support/shared-run.ts';
import { stores } from '../support/stores.ts';

const { skip, note } = clusterGate();
const claims = {
  aud: 'cortex',
  repository_id: '22',
  repository_owner_id: '11',
  environment: 'production',
  run_id: '9001',
  run_attempt: '1',
  job_workflow_ref: 'acme/estate/.github/workflows/orchestrate.yml@refs/heads/main',
};
const ids = { '<repository-owner-id>': '11', '<repository-id>': '22', '<environment>': 'production' };
const requestToken = 'the-right-to-ask';

/** The shipped file, for an issuer of the tests, with an operator's values. */
function configuration(issuer: OidcIssuer): string {
  const document = parseDocument(readFileSync(join(deployFolder, 'k3s', 'authentication.yaml'), 'utf8'));
  document.setIn(['jwt', 0, 'issuer', 'url'], issuer.url);
  document.setIn(['jwt', 0, 'issuer', 'certificateAuthority'], issuer.ca);
  return Object.entries(ids).reduce((text, [mark, id]) => text.replace(mark, JSON.stringify(id)), String(document));
}

/** What GitHub answers a job that asks who it is. Each token lives as the test says, in seconds. */
interface Minting {
  readonly url: string;
  readonly minted: string[];
  lifeSeconds: () => number;
  readonly close: () => Promise<void>;
}

/** Once a second at most: who was refused by the one gets in by the next. */
function nowAndThenExpired(): () => number {
  let last = Date.now();
  return () => {
    if (Date.now() - last < 1000) return 5;
    last = Date.now();
    return -30;
  };
}

async function startMinting(issuer: OidcIssuer): Promise<Minting> {
  const server: Server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '', 'http://127.0.0.1');
    const isRight =
      request.headers.authorization === `Bearer ${requestToken}` && searchParams.get('audience') === 'cortex';
    if (!isRight) return response.writeHead(401).end('{}');
    const exp = Math.floor(Date.now() / 1000) + minting.lifeSeconds();
    const value = issuer.token({ ...claims, exp, iat: exp - 300, nbf: exp - 300 });
    minting.minted.push(value);
    return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ value }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const minting: Minting = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token?api-version=2.0`,
    minted: [],
    lifeSeconds: () => 300,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return minting;
}

describe.skipIf(skip).each(stores().slice(0, 1))(
  `a run that comes in by the identity of its workflow run${note}`,
  ({ url }) => {
    const folder = skip ? '' : mkdtempSync(join(tmpdir(), 'cortex-identity-'));
    const ca = join(folder, 'ca.crt');
    let issuer: OidcIssuer;
    let minting: Minting;
    let cluster: Cluster;
    beforeAll(async () => {
      issuer = await startIssuer();
      minting = await startMinting(issuer);
      const file = join(folder, 'authentication.yaml');
      writeFileSync(file, configuration(issuer));
      const args = ['--servers', '0', '--agents', '2', '--apiserver-arg', `--authentication-config=${file}`];
      cluster = await startDeployed({ name: 'identity', args });
      writeFileSync(ca, cluster.api.ca);
      await eventually(
        () => cluster.api.get('/apis/batch/v1/namespaces/cortex-workers/jobs', { token: issuer.token(claims) }),
        ({ status }) => status === 200,
      );
    }, 120_000);
    afterAll(async () => {
      await cluster?.down();
      await minting?.close();
      await issuer?.close();
      if (folder) rmSync(folder, { recursive: true });
    });

    /** A run without a kubeconfig, as a job of Actions would start it. */
    const start = (run: ClusterRun): ReturnType<typeof startClusterLeg> => {
      const env = {
        KUBECONFIG: undefined,
        ACTIONS_ID_TOKEN_REQUEST_URL: minting.url,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: requestToken,
      };
      const flags = ['--cluster-auth', 'github', '--cluster-server', cluster.api.server, '--cluster-ca', ca];
      return startClusterLeg(run, { env, flags });
    };

    it.each<[string, () => () => number]>([
      ['expire while it runs', () => () => 5],
      ['now and then come expired, so that the server refuses them', nowAndThenExpired],
    ])('with tokens that %s: they are minted anew, and it comes to its end', async (_how, lives) => {
      const world = scriptedWorld(clusterPlan());
      const run = { cluster, store: url, id: freshId(), path: world.path, flags: rehearsalFlags('8s') };
      minting.minted.length = 0;
      minting.lifeSeconds = lives();
      const ended = await start(run).ended;
      expect(ended).toMatchObject({ code: 0, stderr: '' });
      const log = logOf(run);
      expect(finishedWorkers(log)).toEqual(planWorkers);
      expect(dataOf(log, 'worker.lost')).toEqual([]);
      expect(minting.minted.length).toBeGreaterThan(1);
      expect(await whatStays(cluster, run.id)).toEqual([]);
      const said = [ended.stdout, ...filesBelow(world.out).map((file) => readFileSync(file, 'latin1'))].join('\n');
      for (const secret of [requestToken, ...minting.minted]) expect(said).not.toContain(secret);
      world.remove();
    });

    it('with tokens that the cluster never takes: it is told so at the start', async () => {
      const world = scriptedWorld(clusterPlan());
      const run = { cluster, store: url, id: freshId(), path: world.path, flags: rehearsalFlags('8s') };
      minting.lifeSeconds = () => -30;
      const ended = await start(run).ended;
      const says = 'way in: The cluster refused GET /version: Unauthorized';
      expect(ended).toMatchObject({ code: 2, stderr: expect.stringContaining(says) as string });
      world.remove();
    });
  },
);
