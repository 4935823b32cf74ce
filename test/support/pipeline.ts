import { execFileSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Leg } from '../../src/entry/action/legs.ts';
import { runAction, type Step } from './action.ts';
import { programs } from './journey.ts';
import { startFakeGitHub, type FakeGitHub, type FakeOptions } from './github/fake-github.ts';

const shopName = 'acme/shop';

/** Seven masters, each with something to do; only workflows are ever changed. */
export const sevenPlan = `
apiVersion: cortex/v1
kind: Plan
metadata: { name: seven }
spec:
  deadline: 60m
  parallel: { masters: 7, workers: 4 }
  masters:
    - name: coordinator-master
    - name: security-master
      tasks: [{ id: scan, worker: scan-worker, capability: workflows }]
    - name: development-master
      tasks: [{ id: review, worker: review-worker, capability: change, needs: [fix], inputs: { allow: ['.github/workflows/**'] } }]
    - name: inventory-master
      tasks: [{ id: catalog, worker: catalog-worker, capability: repository }]
    - name: cicd-master
      tasks: [{ id: fix, worker: implementation-worker, capability: fix-workflows }]
    - name: testing-master
      tasks: [{ id: cover, worker: test-worker, capability: coverage }]
    - name: monitoring-master
      tasks: [{ id: monitor, worker: analysis-worker, capability: monitoring }]
  publish: { pullRequests: { pace: { start: 20 } } }
  success: [{ id: done, check: tasks.failed == 0 }]
`;

const shortWaits = { NODE_OPTIONS: `--import=${join(programs, 'short-waits.mjs')}` };

/** A workflow whose job could run for hours: with a time limit given, where it has one. */
export function workflow(name: string, wish: { readonly limit?: number; readonly step?: string } = {}): string {
  const { limit, step = 'true' } = wish;
  return `name: ${name}
on:
  push:
    branches: [main]
permissions:
  contents: read
concurrency:
  group: ${name}
  cancel-in-progress: true
jobs:
  build:
    runs-on: ubuntu-latest
${limit === undefined ? '' : `    timeout-minutes: ${limit}\n`}    steps:
      - run: ${step}
`;
}

export const workflowPath = (name: string): string => `.github/workflows/${name}.yml`;

/** The steps of one run of the workflow. */
export interface PipelineRun {
  readonly id: string;
  readonly plan: Step;
  readonly legs: readonly Step[];
  readonly report: Step;
}

export interface PipelineWish {
  readonly mode?: string;
  readonly actor?: string;
  /** After the legs, and before the report job. */
  readonly meanwhile?: () => void;
  readonly inputs?: Readonly<Record<string, string>>;
}

export interface ReportWish {
  readonly mode?: string;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly onStart?: (child: ChildProcess) => void;
}

/** A repository on a fake GitHub, and the jobs of its workflows as processes of the built action. */
export interface Pipeline {
  readonly fake: FakeGitHub;
  readonly shop: ReturnType<FakeGitHub['repository']>;
  /** The job that checks a pull request. */
  readonly check: (pullRequest: number) => Promise<Step>;
  /** The jobs plan, masters and report, each with a checkout of its own, over one store. */
  readonly run: (wish?: PipelineWish) => Promise<PipelineRun>;
  /** A report job alone, of an execution whose state lies in the folder, or in the store without one. */
  readonly report: (id: string, out?: string, wish?: ReportWish) => Promise<Step>;
  /** What the plan job has in its environment, started by hand by ada. */
  readonly environment: Readonly<Record<string, string>>;
  readonly close: () => Promise<void>;
}

export async function openPipeline(given: {
  readonly repository: Required<FakeOptions>['repositories'][string];
  readonly store?: string;
}): Promise<Pipeline> {
  const fake = await startFakeGitHub({
    repositories: { [shopName]: { roles: { ada: 'write' }, ...given.repository } },
  });
  const folder = mkdtempSync(join(tmpdir(), 'cortex-pipeline-'));
  const shop = fake.repository();
  const permissions = { contents: 'write', issues: 'write', pull_requests: 'write', workflows: 'write' } as const;
  const { appId, privateKey } = fake.addApp({ slug: 'cortex-of-acme', account: 'acme', permissions });
  const app = { CORTEX_APP_ID: String(appId), CORTEX_APP_PRIVATE_KEY: privateKey };
  const world: World = { fake, folder, store: given.store, app };
  return {
    fake,
    shop,
    environment: { ...environmentOf(world), ...startedBy('ada'), ...readToken(world) },
    check: (pullRequest) => check(world, pullRequest),
    run: (wish = {}) => run(world, wish),
    report: (id, out, wish = {}) => report(world, { id, out, ...wish }),
    close: async () => {
      rmSync(folder, { recursive: true, force: true });
      await fake.close();
    },
  };
}

interface World {
  readonly fake: FakeGitHub;
  readonly folder: string;
  readonly store: string | undefined;
  /** An App that publishes, with workflow files. */
  readonly app: { readonly CORTEX_APP_ID: string; readonly CORTEX_APP_PRIVATE_KEY: string };
}

async function run(
  world: World,
  { mode = 'apply', actor = 'ada', meanwhile, inputs = {} }: PipelineWish,
): Promise<PipelineRun> {
  const step = (given: Readonly<Record<string, string>>, env: Readonly<Record<string, string>>): Promise<Step> =>
    runAction(given, { cwd: checkout(world, 'main'), env: { ...environmentOf(world), ...startedBy(actor), ...env } });
  const plan = await step({ command: 'plan', plan: 'plans/seven.yaml', mode, ...inputs }, readToken(world));
  const { 'execution-id': id = '', matrix = '{"include":[]}', digest = '' } = plan.outputs;
  const { include } = JSON.parse(matrix) as { include: readonly Leg[] };
  const given = { plan: 'plans/seven.yaml', digest, 'execution-id': id, ...inputs };
  const legs = await Promise.all(include.map(({ masters }) => step({ command: 'master', masters, ...given }, {})));
  meanwhile?.();
  return { id, plan, legs, report: await report(world, { id, mode: plan.outputs['mode'] ?? '' }) };
}

function report(
  world: World,
  wish: ReportWish & { readonly id: string; readonly out?: string | undefined },
): Promise<Step> {
  const { id, out, mode = 'apply', inputs, env, onStart } = wish;
  const given = { command: 'report', 'execution-id': id, mode, 'code-scanning': 'true', ...(out ? { out } : {}) };
  const GITHUB_TOKEN = world.fake.workflowToken();
  return runAction(
    { ...given, ...inputs },
    {
      cwd: checkout(world, 'main'),
      env: { ...environmentOf(world), ...world.app, GITHUB_TOKEN, ...shortWaits, ...env },
      ...(onStart ? { onStart } : {}),
    },
  );
}

function check(world: World, number: number): Promise<Step> {
  const { fake, folder } = world;
  const { headBranch } = fake.repository().pull(number).pull;
  const payload = join(folder, `event-${number}.json`);
  const head = { ref: headBranch, repo: { full_name: shopName } };
  writeFileSync(payload, JSON.stringify({ pull_request: { number, head, base: { ref: 'main' } } }));
  const event = { GITHUB_EVENT_NAME: 'pull_request', GITHUB_EVENT_PATH: payload };
  const GITHUB_TOKEN = fake.workflowToken({ contents: 'read', pull_requests: 'write' });
  return runAction(
    { command: 'check', plan: 'plans/*.yaml', base: 'origin/main' },
    { cwd: checkout(world, headBranch), env: { ...environmentOf(world), ...event, GITHUB_TOKEN } },
  );
}

function environmentOf({ fake, store }: World): Readonly<Record<string, string>> {
  return {
    GITHUB_API_URL: fake.apiUrl,
    GITHUB_GRAPHQL_URL: fake.graphqlUrl,
    GITHUB_SERVER_URL: fake.url,
    GITHUB_REPOSITORY: shopName,
    GITHUB_REF: 'refs/heads/main',
    GITHUB_RUN_ID: '17',
    GITHUB_RUN_ATTEMPT: '1',
    ...(store === undefined ? {} : { CORTEX_STORE: store }),
  };
}

function startedBy(actor: string): Readonly<Record<string, string>> {
  return { GITHUB_EVENT_NAME: 'workflow_dispatch', GITHUB_ACTOR: actor };
}

function readToken({ fake }: World): { readonly GITHUB_TOKEN: string } {
  return {
    GITHUB_TOKEN: fake.workflowToken({ contents: 'read', actions: 'read', issues: 'read', pull_requests: 'read' }),
  };
}

let checkouts = 0;

/** A clone of its own, as each job makes one. */
function checkout({ fake, folder }: World, branch: string): string {
  checkouts += 1;
  const path = join(folder, `checkout-${checkouts}`);
  mkdirSync(path);
  const from = fake.repository().directory;
  execFileSync('git', ['-c', 'safe.directory=*', 'clone', '--quiet', '--branch', branch, from, path], {
    env: { PATH: process.env['PATH'], GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', HOME: folder },
  });
  return path;
}
