import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anchorName } from '../../src/cluster/kubernetes/spec/names.ts';
import { masterNames, workerKinds } from '../../src/protocol/words.ts';
import { whatStays, watchPods, type PodWatch } from '../support/cluster-pods.ts';
import { onRealNode, startReal, type RealCluster } from '../support/cluster-real.ts';
import { dataOf } from '../support/cluster-run.ts';
import { realNodeGate } from '../support/clusters.ts';
import type { FakeRepository } from '../support/github/repositories.ts';
import { jobNamed, resultsOf } from './act.ts';
import type { WorldRun } from './act-world.ts';
import { openCallerWorld, type CallerWorld } from './caller-world.ts';
import { estatePlan, estateTasks, faultyWorkflows } from './estate.ts';
import {
  appSecrets,
  changedPaths,
  eventsIn,
  hiddenTokens,
  publishedIn,
  shownSecrets,
  type Published,
} from './published.ts';
import { gateOf } from './tools.ts';
import { whileLooking, type SeenWorkers } from './worker-watch.ts';

const gates = [gateOf('act'), realNodeGate()];
const skip = gates.some((gate) => gate.skip);
const note = gates.map((gate) => gate.note).join('');

/** The real node is small. */
const kinds = workerKinds.map((kind) => `    ${kind}: { resources: { cpu: 50m, memory: 192Mi, disk: 64Mi } }\n`);
const spec = `  cluster:\n    nodes: { ready: 1 }\n    ${onRealNode}\n  workers:\n${kinds.join('')}`;

describe.skipIf(skip)(`a job per master, workers on a real node, over the Redis of deploy/${note}`, () => {
  let world: CallerWorld;
  let estate: FakeRepository;
  let app: ReturnType<typeof appSecrets>;
  let real: RealCluster;
  let seen: PodWatch;
  let run: WorldRun;
  let id: string;
  let published: Published;
  let workers: SeenWorkers;

  beforeAll(async () => {
    real = await startReal('legs');
    seen = watchPods(real.cluster);
    world = await openCallerWorld(estatePlan(spec));
    estate = world.github.repository();
    app = appSecrets(world.github);
    const running = world.orchestrate({
      secrets: { ...app, CORTEX_STORE: real.store },
      vars: { CORTEX_LAUNCHER: 'kubernetes' },
      env: { KUBECONFIG: real.cluster.kubeconfig },
      // What the report job knows then, it knows from the store.
      losesArtifacts: true,
    });
    ({ outcome: run, ...workers } = await whileLooking(real.cluster, running));
    id = jobNamed(run, 'plan').outputs['execution-id'] ?? '';
    published = publishedIn(estate, id);
  }, 600_000);
  afterAll(async () => {
    await world?.close();
    await seen?.close();
    await real?.down();
  }, 120_000);

  it('runs plan, seven legs and report to a good end', () => {
    expect(resultsOf(run)).toEqual(['plan: success', 'masters: success', 'report: success']);
    expect([...run.legs].map(([leg, { result }]) => `${leg}: ${result}`).toSorted()).toEqual(
      masterNames.map((master) => `${master}: success`).toSorted(),
    );
    expect(run.code).toBe(0);
  });

  it('has all seven at work at one time', () => {
    const legs = [...run.legs.values()];
    const lastBegin =
      legs
        .map(({ began }) => began)
        .toSorted()
        .at(-1) ?? '';
    expect(legs.filter(({ ended }) => ended <= lastBegin)).toEqual([]);
  });

  it('has each leg run the master that it was started for, and no other', () => {
    for (const [leg, { matrix }] of run.legs) expect(matrix['masters']).toBe(leg);
    const events = eventsIn(run.artifacts, id);
    const joined = dataOf(events, 'leg.joined');
    expect(joined.map(({ masters }) => masters.join()).toSorted()).toEqual([...masterNames].toSorted());
    expect(new Set(joined.map(({ leg }) => leg)).size).toBe(masterNames.length);
    expect(dataOf(events, 'master.adopted')).toEqual([]);
  });

  it('runs each task as one Job, whose pod is on the real node', () => {
    const pods = seen.all(id);
    expect(pods.map(({ worker }) => worker).toSorted()).toEqual(estateTasks.map((task) => `${task}-1`).toSorted());
    expect(pods.map(({ node }) => node)).toEqual(pods.map(() => 'agent-real'));
    const jobs = [...workers.jobs];
    expect(jobs).toHaveLength(estateTasks.length);
    for (const { name } of pods) expect(jobs.filter((job) => name.startsWith(`${job}-`))).toHaveLength(1);
    expect(jobs.filter((job) => !job.startsWith(`${anchorName(id)}-`))).toEqual([]);
  });

  it('leaves nothing behind in the namespace of the workers', async () => {
    expect(await whatStays(real.cluster)).toEqual([]);
  });

  it('reports all seven masters from the store alone: no artifact has reached the report job', () => {
    expect(jobNamed(run, 'report').said).toContain('Found 0 artifact(s)');
    expect(published.masters.toSorted()).toEqual([...masterNames].toSorted());
    expect(jobNamed(run, 'report').outputs['execution-id']).toBe(id);
  });

  it('commits the results, signed', () => {
    const head = estate.head('cortex/results') ?? '';
    expect(jobNamed(run, 'report').outputs['results-commit']).toBe(head);
    expect(estate.commit(head)).toMatchObject({ isSigned: true, message: expect.stringContaining(id) as string });
  });

  it('opens a pull request for each proven change, each a workflow file on its own branch', () => {
    expect(published.changed).toEqual(faultyWorkflows);
    expect(jobNamed(run, 'report').outputs).toMatchObject({ opened: '2', held: '0' });
    const pulls = estate.pulls().map(({ title, pull }) => ({ title, branch: pull.headBranch }));
    expect(pulls.map(({ title }) => title).toSorted()).toEqual(published.changes.map(({ title }) => title).toSorted());
    expect(pulls.flatMap(({ branch }) => changedPaths(estate, branch)).toSorted()).toEqual(faultyWorkflows);
    for (const { branch } of pulls)
      expect(estate.commit(estate.head(branch) ?? '')).toMatchObject({
        isSigned: true,
        parents: [estate.head('main')],
      });
  });

  it('shows no secret in its log, where act hides none, and in no branch', () => {
    const [, token = ''] = /token: "?([^"\s]+)/.exec(readFileSync(real.cluster.kubeconfig, 'utf8')) ?? [];
    expect(hiddenTokens(run)).toHaveLength(1);
    expect(workers.passwords.size).toBeGreaterThan(0);
    const secrets = [...real.secrets, ...workers.passwords, token, app.CORTEX_APP_PRIVATE_KEY];
    expect(shownSecrets(run, estate, secrets)).toEqual([]);
  });

  it('keeps to GitHub’s own description of its interfaces', () => {
    expect(world.github.violations).toEqual([]);
  });
});
