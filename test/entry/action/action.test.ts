import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runAction, type Step } from '../../support/action.ts';
import { startArtifactServer, type ArtifactServer } from '../../support/artifact-server.ts';
import { readResults } from '../../support/journey.ts';
import { scratchRepository } from '../../support/scratch-repository.ts';

const plan = (gate: string): string => `
apiVersion: cortex/v1
kind: Plan
metadata: { name: small }
spec:
  masters:
    - name: security-master
      tasks: [{ id: scan-secrets, worker: scan-worker, capability: secrets }]
    - name: cicd-master
      tasks: [{ id: examine-workflows, worker: analysis-worker, capability: workflows }]
  success: [{ id: scanned, check: ${gate} }]
`;
const id = 'CORTEX-EXEC-2026-01-02-030405';

const repository = scratchRepository({
  'plans/small.yaml': plan('tasks.failed == 0'),
  'plans/strict.yaml': plan('tasks.failed > 0'),
  'broken/plan.yaml': plan('tasks.failed == 0').replace('scan-worker', 'scan-wroker'),
  'broken/sly.yaml': `${plan('tasks.failed == 0')}::set-output name=digest::forged\n##[error]forged\n`,
  'packages/shop/index.js': 'export const price = 1;\n',
});
afterAll(repository.remove);
const here = { cwd: repository.directory };

describe('a step that runs a plan', () => {
  const out = join(repository.directory, 'packages', 'shop', 'coordination');
  let step: Step;

  beforeAll(async () => {
    step = await runAction({ plan: 'plans/small.yaml', target: 'packages/shop', 'execution-id': id }, here);
  });

  it('keeps its state below the target, and says where report and results lie', () => {
    expect(step.code).toBe(0);
    expect(step.outputs).toEqual({
      'execution-id': id,
      'exit-code': '0',
      report: join(out, 'execution-plans', `${id}-FINAL-REPORT.md`),
      results: join(out, 'execution-plans', `${id}-results.json`),
    });
  });

  it('shows the report in the summary, and not in the log as well', () => {
    expect(step.summary.trim()).toBe(readFileSync(step.outputs['report'] ?? '', 'utf8').trim());
    expect(step.log).not.toContain('## Executive summary');
  });

  it('fails with exit code 3 and its outputs where a gate is not met', async () => {
    const strict = await runAction({ plan: 'plans/strict.yaml', out: join(repository.directory, 'strict') }, here);
    expect(strict.code).toBe(3);
    expect(strict.outputs['exit-code']).toBe('3');
    expect(existsSync(strict.outputs['report'] ?? '')).toBe(true);
    expect(annotations(strict)).toEqual([expect.stringContaining('A gate was not met')]);
  });

  it('runs only the masters that the matrix gives its leg', async () => {
    const one = join(repository.directory, 'one');
    await runAction({ plan: 'plans/small.yaml', masters: 'cicd-master', out: one, 'execution-id': id }, here);
    expect(Object.keys(readResults(one, id)['masters'] as object)).toEqual(['cicd-master']);
  });
});

describe('state that travels from the run to the report', () => {
  let server: ArtifactServer;
  let leg: Step;
  const out = mkdtempSync(join(tmpdir(), 'cortex-leg-'));

  beforeAll(async () => {
    server = await startArtifactServer();
    const inputs = { plan: 'plans/small.yaml', out, artifact: 'cortex-all', 'execution-id': id };
    leg = await runAction(inputs, { ...here, env: server.environment });
  });
  afterAll(async () => {
    rmSync(out, { recursive: true });
    await server.close();
  });

  it('is uploaded as one artifact, and the report is left to the job that gets it', () => {
    expect(leg.code).toBe(0);
    expect(server.artifacts().map(({ name }) => name)).toEqual([`cortex-all-${id}-1`]);
    expect(leg.summary).toBe('');
  });

  it('gives the same report elsewhere', async () => {
    const other = scratchRepository({ 'README.md': 'Another checkout\n' });
    try {
      const inputs = { command: 'report', artifact: 'cortex-*' };
      const report = await runAction(inputs, { cwd: other.directory, env: server.environment });
      expect(report.code).toBe(0);
      expect(report.outputs).toEqual({
        'execution-id': leg.outputs['execution-id'],
        'exit-code': '0',
        report: join(
          other.directory,
          'coordination',
          'execution-plans',
          `${leg.outputs['execution-id']}-FINAL-REPORT.md`,
        ),
        results: join(
          other.directory,
          'coordination',
          'execution-plans',
          `${leg.outputs['execution-id']}-results.json`,
        ),
      });
      const original = readFileSync(leg.outputs['report'] ?? '', 'utf8');
      expect(readFileSync(report.outputs['report'] ?? '', 'utf8')).toBe(original);
      expect(report.summary.trim()).toBe(original.trim());
    } finally {
      other.remove();
    }
  });

  it('is missed by name where the leg left none', async () => {
    const inputs = { command: 'report', out: join(out, 'none'), artifact: 'cortex-none' };
    const report = await runAction(inputs, { ...here, env: server.environment });
    expect(report.code).toBe(1);
    expect(annotations(report)).toEqual([
      '::error::cortex: Could not download cortex-none: this run has no such artifact%0A' +
        '  The job that makes it ended before it could: its own log says why.',
    ]);
  });

  it('was never refused by the service', () => {
    expect(server.refused).toEqual([]);
  });
});

describe('a leg that was run before', () => {
  let server: ArtifactServer;
  const folders = [1, 2].map(() => mkdtempSync(join(tmpdir(), 'cortex-leg-')));
  beforeAll(async () => {
    server = await startArtifactServer();
  });
  afterAll(async () => {
    for (const folder of folders) rmSync(folder, { recursive: true });
    await server.close();
  });

  it('goes on where its earlier attempt was, on another runner', async () => {
    const attempt = (out: string, number: string): Promise<Step> =>
      runAction(
        { plan: 'plans/small.yaml', out, artifact: 'cortex-all', 'execution-id': id },
        { ...here, env: { ...server.environment, GITHUB_RUN_ATTEMPT: number } },
      );
    const [first = '', second = ''] = folders;
    const began = await attempt(first, '1');
    const again = await attempt(second, '2');
    expect([began.code, again.code]).toEqual([0, 0]);
    expect(again.log).toContain(`${id} has ended already: complete`);
    expect(server.artifacts().map(({ name }) => name)).toEqual([`cortex-all-${id}-1`, `cortex-all-${id}-2`]);
  });
});

describe('a step that plans a run', () => {
  it('gives legs, digest, commit and execution to the jobs that follow, and the forecast to the summary alone', async () => {
    const step = await runAction({ command: 'plan', plan: 'plans/small.yaml' }, here);
    expect(step.code).toBe(0);
    expect(JSON.parse(step.outputs['matrix'] ?? '')).toEqual({
      include: [{ leg: 'all', masters: 'security-master,cicd-master', runner: 'ubuntu-latest', timeout: 70 }],
    });
    expect(step.outputs).toMatchObject({
      plan: 'plans/small.yaml',
      mode: 'staged',
      environment: '',
      shared: 'false',
      'exit-code': '0',
    });
    expect(step.outputs['digest']).toMatch(/^[0-9a-f]{64}$/);
    expect(step.outputs['commit']).toMatch(/^[0-9a-f]{40}$/);
    expect(step.outputs['execution-id']).toMatch(/^CORTEX-EXEC-\d{4}-\d\d-\d\d-\d{6}$/);
    expect(step.summary).toContain('scan-secrets');
  });

  it('stages a run where there is no token, and refuses to write', async () => {
    const staged = await runAction({ command: 'plan', plan: 'plans/small.yaml', mode: 'staged' }, here);
    expect(staged.outputs['mode']).toBe('staged');
    const apply = await runAction({ command: 'plan', plan: 'plans/small.yaml', mode: 'apply' }, here);
    expect(apply.code).toBe(2);
    expect(annotations(apply)).toEqual([expect.stringContaining('GITHUB_TOKEN')]);
  });

  it('marks each problem of a plan in its file, and gives no legs', async () => {
    const step = await runAction({ command: 'plan', plan: 'broken/plan.yaml' }, here);
    expect(step.code).toBe(2);
    expect(annotations(step)[0]).toMatch(/^::error file=broken\/plan\.yaml,line=8,col=\d+,.*scan-wroker/);
    expect(step.outputs).toEqual({ 'exit-code': '2' });
  });

  it('refuses masters that the plan has not, and says which it has', async () => {
    const step = await runAction({ command: 'plan', plan: 'plans/small.yaml', masters: 'testing-master' }, here);
    expect(step.code).toBe(2);
    expect(annotations(step)).toEqual([expect.stringContaining('It has security-master, cicd-master.')]);
  });

  it('refuses a repository that the plan does not name', async () => {
    const inputs = { command: 'plan', plan: 'plans/small.yaml', 'target-repository': 'acme/other' };
    const step = await runAction(inputs, here);
    expect(step.code).toBe(2);
    expect(annotations(step)).toEqual([expect.stringContaining('spec.target.repositories')]);
  });
});

describe('a step that runs what was agreed on', () => {
  const digestOf = async (): Promise<string> =>
    (await runAction({ command: 'plan', plan: 'plans/small.yaml' }, here)).outputs['digest'] ?? '';

  it('runs the plan of that digest', async () => {
    const out = join(repository.directory, 'agreed');
    const step = await runAction({ plan: 'plans/small.yaml', out, digest: await digestOf() }, here);
    expect(step.code).toBe(0);
  });

  it('runs no other, and nothing at all then', async () => {
    const out = join(repository.directory, 'other');
    const step = await runAction({ plan: 'plans/strict.yaml', out, digest: await digestOf() }, here);
    expect(step.code).toBe(2);
    expect(annotations(step)).toEqual([expect.stringContaining('have it checked and approved anew')]);
    expect(existsSync(join(out, 'executions'))).toBe(false);
  });
});

describe('a step that checks plans', () => {
  it('shows every plan that fits a pattern in the summary, and gives one digest', async () => {
    const step = await runAction({ command: 'check', plan: 'plans/*.yaml' }, here);
    expect(step.code).toBe(0);
    expect(step.summary.match(/scanned.*tasks.*failed.{1,40}0/g)).toHaveLength(2);
    expect(step.outputs).toEqual({ 'exit-code': '0', digest: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
    expect(step.log).not.toContain('scan-secrets');
  });
});

describe('a step that fails', () => {
  it('marks each problem of a plan in its file, once', async () => {
    const step = await runAction({ command: 'check', plan: 'broken/plan.yaml' }, here);
    expect(step.code).toBe(2);
    expect(step.outputs).toMatchObject({ 'exit-code': '2' });
    const [problem, end, ...more] = annotations(step);
    expect(problem).toMatch(/^::error file=broken\/plan\.yaml,line=8,col=\d+,.*scan-wroker/);
    expect(end).toBe('::error::Something is for you to mend: the log says what, and where (exit code 2).');
    expect(more).toEqual([]);
  });

  it('locates the problems of a plan that it was to run, and runs nothing', async () => {
    const out = join(repository.directory, 'refused');
    const step = await runAction({ plan: 'broken/plan.yaml', out }, here);
    expect(step.code).toBe(2);
    expect(step.log).toMatch(/^broken\/plan\.yaml:8:\d+: error: /m);
    expect(existsSync(out)).toBe(false);
  });

  it('says what is wrong and what to do in one annotation, and nowhere else', async () => {
    const step = await runAction({ plan: 'plans/none.yaml' }, here);
    expect(step.code).toBe(2);
    expect(step.log.match(/Could not read the plan plans\/none\.yaml/g)).toHaveLength(1);
    expect(annotations(step)).toEqual([expect.stringContaining('%0A  Name a plan file')]);
  });

  it('refuses commands that are for a terminal', async () => {
    const step = await runAction({ command: 'watch' }, here);
    expect(step.code).toBe(2);
    expect(annotations(step)).toEqual([expect.stringContaining('check, plan, master, report, gc')]);
  });

  it('hides secrets of its environment in its message', async () => {
    const secret = ['not', 'a', 'real', 'one'].join('-');
    const step = await runAction({ plan: `plans/${secret}.yaml` }, { ...here, env: { SHOP_TOKEN: secret } });
    expect(step.log).toContain('Could not read the plan');
    expect(step.log).not.toContain(secret);
  });

  it('tells an artifact service that does not answer from a defect', async () => {
    const gone = await startArtifactServer();
    await gone.close();
    const inputs = { plan: 'plans/small.yaml', out: join(repository.directory, 'unsent'), artifact: 'cortex-all' };
    const step = await runAction(inputs, { ...here, env: gone.environment });
    expect(step.code).toBe(1);
    expect(annotations(step)).toEqual([expect.stringContaining('Could not upload cortex-all')]);
  });
});

describe('text of a plan in the log', () => {
  it('stands where the runner takes no commands', async () => {
    const step = await runAction({ plan: 'broken/sly.yaml', out: join(repository.directory, 'sly') }, here);
    const [, token = ''] = /^::stop-commands::([0-9a-f]{32})$/m.exec(step.log) ?? [];
    const [before = '', rest = ''] = step.log.split(`::stop-commands::${token}\n`);
    const [unheard = '', after = ''] = rest.split(`\n::${token}::\n`);
    expect(unheard).toContain('forged');
    expect(`${before}${after}`).not.toContain('forged');
  });

  it('cannot guess the word that ends this', async () => {
    const words = [];
    for (const plan of ['plans/small.yaml', 'plans/small.yaml']) {
      const step = await runAction({ command: 'check', plan }, here);
      words.push(/^::stop-commands::(.*)$/m.exec(step.log)?.[1]);
    }
    expect(new Set(words).size).toBe(2);
  });
});

describe('an address that the artifact service has signed', () => {
  it('is told to the runner as a secret, and stands nowhere where it does not listen', async () => {
    const artifacts = await startArtifactServer();
    const inputs = { plan: 'plans/small.yaml', out: join(repository.directory, 'signed'), artifact: 'cortex-all' };
    const { log } = await runAction(inputs, { ...here, env: artifacts.environment });
    await artifacts.close();
    const hidden = [...log.matchAll(/^::add-mask::(.+)$/gm)].map(([, value = '']) => value);
    const unheard = [...log.matchAll(/^::stop-commands::([0-9a-f]{32})\n([^]*?)\n::\1::$/gm)].map(([, , text]) => text);
    expect(hidden.length).toBeGreaterThan(0);
    expect(unheard.length).toBeGreaterThan(0);
    for (const value of hidden) expect(unheard.join('')).not.toContain(value);
  });
});

/** The lines that the runner takes as annotations. */
function annotations(step: Step): readonly string[] {
  return step.log.split('\n').filter((line) => line.startsWith('::error'));
}
