import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { key, runName } from '../../../src/cluster/kubernetes/spec/names.ts';
import { endJob, runAction, type Step } from '../../support/action.ts';
import { startArtifactServer, type ArtifactServer } from '../../support/artifact-server.ts';
import { readResults } from '../../support/journey.ts';
import { openPipeline, sevenPlan, workflow, workflowPath, type Pipeline } from '../../support/pipeline.ts';
import { scratchRepository } from '../../support/scratch-repository.ts';
import { clusterWorld, type ClusterWorld } from '../cluster-world.ts';

const id = 'CORTEX-EXEC-2026-01-02-030405';
const repository = scratchRepository({ 'plans/seven.yaml': sevenPlan, [workflowPath('a')]: workflow('a') });
afterAll(repository.remove);

const inputsOf = (out: string, more: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> => ({
  command: 'master',
  plan: 'plans/seven.yaml',
  artifact: 'cortex-all',
  out,
  ...more,
});

/** A step whose process is killed once it says so. */
function killedAt(pattern: RegExp, inputs: Readonly<Record<string, string>>, env: object): Promise<Step> {
  return runAction(inputs, {
    cwd: repository.directory,
    env: { ...env },
    onStart: (child) => {
      let said = '';
      child.stdout?.on('data', (text: Buffer) => {
        said += text.toString('utf8');
        if (pattern.test(said)) child.kill('SIGKILL');
      });
    },
  });
}

function eventsOf(out: string): readonly { readonly type: string; readonly at: string }[] {
  const log = readFileSync(join(out, 'executions', id, 'events.jsonl'), 'utf8');
  return log
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { readonly type: string; readonly at: string });
}

describe('a step that was killed', () => {
  const folders = mkdtempSync(join(tmpdir(), 'cortex-jobs-'));
  const [first, second, third] = ['first', 'second', 'third'].map((name) => join(folders, name)) as [
    string,
    string,
    string,
  ];
  let github: Pipeline;
  let before: ArtifactServer;
  let now: ArtifactServer;
  let killed: Step;
  let ended: Step;
  let resumed: Step;

  beforeAll(async () => {
    github = await openPipeline({ repository: { from: repository.directory } });
    [before, now] = [await startArtifactServer(), await startArtifactServer()];
    const inputs = inputsOf(first, { 'execution-id': id });
    killed = await killedAt(/fix done/, inputs, before.environment);
    ended = await endJob(killed, inputs, { cwd: repository.directory, env: before.environment });
    const runId = github.shop.addRun({ event: 'workflow_dispatch', path: '.github/workflows/orchestrate.yml' });
    for (const { name, url } of before.artifacts()) github.shop.addArtifact({ name, runId, contentUrl: url });
    resumed = await resume(second, id);
  }, 60_000);
  afterAll(async () => {
    rmSync(folders, { recursive: true });
    await github.close();
    await before.close();
    await now.close();
  });

  /** A later run of the workflow, with artifacts of its own. */
  function resume(out: string, execution: string): Promise<Step> {
    const GITHUB_TOKEN = github.fake.workflowToken({ contents: 'read', actions: 'read' });
    // The artifact client takes any other name of a server for one that has no artifacts.
    const GITHUB_SERVER_URL = `http://github.localhost:${new URL(github.fake.url).port}`;
    const GITHUB_WORKFLOW_REF = 'acme/shop/.github/workflows/orchestrate.yml@refs/heads/main';
    const env = { ...github.environment, ...now.environment, GITHUB_TOKEN, GITHUB_SERVER_URL, GITHUB_WORKFLOW_REF };
    return runAction(inputsOf(out, { resume: execution }), { cwd: repository.directory, env });
  }

  it('leaves what it has as an artifact, at the end of its job', () => {
    expect([killed.code, killed.outputs]).toEqual([null, {}]);
    expect(ended.code, ended.log).toBe(0);
    expect(before.artifacts().map(({ name }) => name)).toEqual([`cortex-all-${id}-1`]);
    expect(ended.log).toContain(`run the job again, and ${id} goes on`);
  });

  it('is gone on with by a later run of the workflow, to a good end', () => {
    expect(resumed.code, resumed.log).toBe(0);
    expect(resumed.outputs['execution-id']).toBe(id);
    expect(readResults(second, id)).toMatchObject({ execution_id: id, status: 'complete' });
    const [begun, goneOn] = [eventsOf(first), eventsOf(second)];
    expect(begun.map(({ type }) => type)).not.toContain('execution.ended');
    expect(goneOn.slice(0, begun.length)).toEqual(begun);
    expect(goneOn.at(-1)?.type).toBe('execution.ended');
    expect(now.artifacts().map(({ name }) => name)).toEqual([`cortex-all-${id}-1`]);
    expect(github.fake.violations).toEqual([]);
  });

  it('is not gone on with where its log claims a digest that its plan does not have', async () => {
    const forged = join(folders, 'forged');
    cpSync(first, forged, { recursive: true });
    const log = join(forged, 'executions', id, 'events.jsonl');
    const digest = 'f'.repeat(64);
    writeFileSync(log, readFileSync(log, 'utf8').replace(/("digest":")[0-9a-f]{64}/, `$1${digest}`));
    const { code, log: said } = await runAction(
      { command: 'master', resume: id, digest, out: forged },
      { cwd: repository.directory },
    );
    expect(code).toBe(2);
    expect(said).toMatch(new RegExp(`The plan of ${id} has the digest [0-9a-f]{64}, and its log says ${digest}`));
  });

  it('is not gone on with where no run has left its state, and that is said', async () => {
    const unknown = await resume(third, 'CORTEX-EXEC-2026-01-02-999999');
    expect(unknown.code).toBe(2);
    expect(unknown.log).toContain('No artifact of this workflow holds the state of CORTEX-EXEC-2026-01-02-999999');
  });
});

describe('a job that ends with workers in a cluster', () => {
  let world: ClusterWorld;
  beforeAll(async () => {
    world = await clusterWorld();
  });
  afterAll(() => world.remove());

  function addJob(name: string, labels: { readonly execution: string; readonly master: string }): void {
    const { execution, master } = labels;
    const metadata = {
      name,
      namespace: 'cortex-workers',
      labels: { 'app.kubernetes.io/managed-by': 'cortex', [key.run]: runName(execution), [key.master]: master },
    };
    world.api.verbs.create('jobs', { apiVersion: 'batch/v1', kind: 'Job', metadata, spec: jobSpec, status: {} });
  }

  const jobs = (): readonly string[] =>
    world.api.verbs
      .list('jobs', 'cortex-workers')
      .map(({ metadata }) => metadata.name)
      .sort();

  const end = (state: Readonly<Record<string, string>>): Promise<Step> => {
    const handedOn = {
      command: 'master',
      out: '/nowhere',
      execution: id,
      launcher: 'kubernetes',
      namespace: 'cortex-workers',
    };
    const step = { code: null, log: '', outputs: {}, summary: '', state: { ...handedOn, ...state } };
    return endJob(step, {}, { cwd: repository.directory, env: { KUBECONFIG: world.kubeconfig } });
  };

  it('leaves them alone where its step came to its own end', async () => {
    addJob('own', { execution: id, master: 'cicd-master' });
    expect((await end({ finished: 'true', masters: 'cicd-master' })).code).toBe(0);
    expect(jobs()).toEqual(['own']);
  });

  it('removes those of its masters, and no others', async () => {
    addJob('of-another-leg', { execution: id, master: 'security-master' });
    addJob('of-another-execution', { execution: 'CORTEX-EXEC-OTHER', master: 'cicd-master' });
    const { code, log } = await end({ masters: 'cicd-master' });
    expect(code, log).toBe(0);
    expect(jobs()).toEqual(['of-another-execution', 'of-another-leg']);
  });

  it('says what keeps it from that', async () => {
    world.api.rights.deny({ verb: 'list', resource: 'jobs' });
    const { code, log } = await end({ masters: 'cicd-master' });
    expect(code).not.toBe(0);
    expect(log).toContain('forbidden');
  });
});

const jobSpec = {
  template: { spec: { restartPolicy: 'Never', containers: [{ name: 'worker', image: 'example.com/worker' }] } },
};
