import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parsePlan } from '../../src/plan/parse.ts';
import { masterNames } from '../../src/protocol/words.ts';
import { openActWorld, type ActWorld, type WorldRun } from './act-world.ts';
import { jobNamed, resultsOf } from './act.ts';
import { gateOf } from './tools.ts';
import { readZip } from './zip.ts';

const gate = gateOf('act');
const workflow = '.github/workflows/orchestrate.yml';
const nightly = 'plans/security-nightly.yaml';
const full = 'plans/full-orchestration.yaml';

describe.skipIf(gate.skip)(`the workflow under act, without store and cluster${gate.note}`, () => {
  let world: ActWorld;
  let nightlyText: string;

  beforeAll(async () => {
    world = await openActWorld();
    nightlyText = readFileSync(join(world.project.path, nightly), 'utf8');
  }, 60_000);
  afterAll(() => world.close());

  const orchestrate = (
    inputs: Readonly<Record<string, string>>,
    more: { readonly actor?: string; readonly token?: string } = {},
  ): Promise<WorldRun> =>
    world.run({ event: 'workflow_dispatch', workflow, inputs, actor: more.actor ?? 'acme', ...more });
  const repository = () => world.github.repository();

  describe('in a repository where it was never run, with the plan of all seven masters', () => {
    let run: WorldRun;
    let files: ReadonlyMap<string, string>;

    beforeAll(async () => {
      run = await orchestrate({ plan: full });
      files = readZip(run.artifacts[0]?.content ?? Buffer.alloc(0));
    }, 300_000);

    it('runs plan, one leg and report to a good end', () => {
      expect(resultsOf(run)).toEqual(['plan: success', 'masters: success', 'report: success']);
      expect(run.code).toBe(0);
    });

    it('proves the plan and hands its legs, digest and commit on', () => {
      const { outputs, summary } = jobNamed(run, 'plan');
      const parsed = parsePlan(readFileSync(join(world.project.path, full)), full);
      expect(outputs['digest']).toBe('digest' in parsed ? parsed.digest : 'no digest');
      expect(outputs['commit']).toBe(repository().head('main'));
      expect(JSON.parse(outputs['matrix'] ?? '')).toEqual({
        include: [{ leg: 'all', masters: masterNames.join(','), runner: 'ubuntu-latest', timeout: 70 }],
      });
      expect(summary).toContain('Forecast');
    });

    it('is staged: it shows what it would write, says how to have it written, and writes nothing', () => {
      expect(jobNamed(run, 'plan').outputs['mode']).toBe('staged');
      expect(jobNamed(run, 'plan').summary).toContain('`apply`');
      expect(jobNamed(run, 'report').summary).toContain('Staged: nothing was written');
      expect(repository().branches()).toEqual(['main']);
      expect(repository().sarifs()).toEqual([]);
    });

    it('sends all seven masters, and each completes', () => {
      const results = JSON.parse(fileLike(files, /-results\.json$/)) as {
        masters: Record<string, { outcome: string }>;
      };
      expect(
        Object.entries(results.masters)
          .map(([name, { outcome }]) => `${name}: ${outcome}`)
          .sort(),
      ).toEqual([...masterNames].sort().map((name) => `${name}: complete`));
    });

    it('runs the plan that was proven, and leaves what was checked out beside it alone', () => {
      const started = fileLike(files, /\/events\.jsonl$/).split('\n')[0] ?? '';
      expect(JSON.parse(started)).toMatchObject({
        type: 'execution.started',
        data: { plan: { file: full, digest: jobNamed(run, 'plan').outputs['digest'] } },
      });
      const results = JSON.parse(fileLike(files, /-results\.json$/)) as { left_out: { path: string }[] };
      expect(results.left_out.filter(({ path }) => path.startsWith('.cortex'))).toEqual([]);
    });

    it('carries state and results to the report job as one artifact, whole', () => {
      const id = jobNamed(run, 'plan').outputs['execution-id'];
      expect(run.artifacts.map(({ name }) => name)).toEqual([`cortex-all-${id}-1`]);
      expect(run.refused).toEqual([]);
      const evidence = [...files].filter(([path]) => /\/evidence\/[0-9a-f]{64}\./.test(path));
      expect(evidence.length).toBeGreaterThan(0);
      const wrong = evidence.filter(([path, content]) => !path.includes(sha256(content)));
      expect(wrong.map(([path]) => path)).toEqual([]);
    });

    it('rebuilds the same report in the report job, which alone shows it', () => {
      const leg = fileLike(files, /-FINAL-REPORT\.md$/);
      expect(jobNamed(run, 'report').summary).toContain(leg.trim());
      expect(jobNamed(run, 'masters').summary).toBe('');
    });

    it('keeps to GitHub’s own description of its interfaces', () => {
      expect(world.github.violations).toEqual([]);
    });
  });

  describe('told to write', () => {
    let run: WorldRun;
    let id: string;

    beforeAll(async () => {
      run = await orchestrate({ plan: nightly, mode: 'apply' });
      id = jobNamed(run, 'plan').outputs['execution-id'] ?? '';
    }, 300_000);

    it('commits the results to their branch, signed by GitHub', () => {
      expect(resultsOf(run)).toEqual(['plan: success', 'masters: success', 'report: success']);
      const head = repository().head('cortex/results') ?? '';
      expect(jobNamed(run, 'report').outputs['results-commit']).toBe(head);
      expect(repository().commit(head)?.message).toContain(`Cortex-Execution: ${id}`);
    });

    it('has there what the report job has', () => {
      const results = repository().read('cortex/results', `coordination/execution-plans/${id}-results.json`) ?? '';
      expect(JSON.parse(results)).toMatchObject({ execution_id: id, status: 'complete' });
      const paths = repository()
        .files('cortex/results')
        .map(({ path }) => path);
      expect(paths).toContain(`coordination/execution-plans/${id}-FINAL-REPORT.md`);
      expect(paths.filter((path) => /\/(?:executions|logs)\//.test(path))).toEqual([]);
    });

    it('sends the findings to code scanning', () => {
      const [sarif] = repository().sarifs();
      expect(sarif?.commit).toBe(repository().head('main'));
      expect(JSON.parse(sarif?.text ?? '')).toMatchObject({ version: '2.1.0' });
    });

    it('writes without being told, from then on', async () => {
      const again = await orchestrate({ plan: nightly });
      expect(jobNamed(again, 'plan').outputs['mode']).toBe('apply');
      const newest = jobNamed(again, 'plan').outputs['execution-id'];
      expect(repository().read('cortex/results', 'coordination/index.json')).toContain(newest);
      expect(repository().read('cortex/results', 'coordination/index.json')).toContain(id);
      expect(world.github.violations).toEqual([]);
    }, 300_000);
  });

  describe('asked to show the plan alone', () => {
    it('stops after the plan job', async () => {
      const run = await orchestrate({ plan: nightly, mode: 'preview' });
      expect(resultsOf(run)).toEqual(['plan: success']);
      expect(run.code).toBe(0);
    }, 300_000);
  });

  describe('started by somebody who may only read', () => {
    it('runs nothing, and says which role is needed', async () => {
      repository().setRole('eve', 'read');
      const run = await orchestrate({ plan: nightly }, { actor: 'eve' });
      expect(resultsOf(run)).toEqual(['plan: failure']);
      expect(jobNamed(run, 'plan').errors).toEqual([expect.stringContaining('is read, and the plan asks for write')]);
    }, 300_000);
  });

  describe('with a gate that is not met', () => {
    it('fails the leg with exit code 3, and reports all the same', async () => {
      await world.add('plans/strict.yaml', nightlyText.replace('tasks.failed == 0', 'tasks.failed > 0'));
      const run = await orchestrate({ plan: 'plans/strict.yaml', mode: 'staged' });
      expect(resultsOf(run)).toEqual(['plan: success', 'masters: failure', 'report: success']);
      expect(jobNamed(run, 'masters').outputs['exit-code']).toBe('3');
      expect(jobNamed(run, 'report').outputs['execution-id']).toBe(jobNamed(run, 'masters').outputs['execution-id']);
      expect(run.code).not.toBe(0);
    }, 300_000);
  });

  describe('with a plan that may not run', () => {
    let run: WorldRun;

    beforeAll(async () => {
      await world.add('plans/broken.yaml', nightlyText.replace('spec:\n', 'spec:\n  deadlin: 1m\n'));
      run = await orchestrate({ plan: 'plans/broken.yaml' });
    }, 300_000);

    it('fails the plan job, and no leg and no report run', () => {
      expect(resultsOf(run)).toEqual(['plan: failure']);
      expect(run.code).not.toBe(0);
    });

    it('marks the place, and says what to do', () => {
      const { errors, outputs } = jobNamed(run, 'plan');
      const lines = readFileSync(join(world.project.path, 'plans', 'broken.yaml'), 'utf8').split('\n');
      const line = lines.indexOf('  deadlin: 1m') + 1;
      expect(errors[0]).toMatch(new RegExp(`^plans/broken\\.yaml:${line}: .*deadlin`));
      expect(errors[1]).toContain('plans/broken.yaml may not run');
      expect(outputs).toEqual({ 'exit-code': '2' });
    });
  });
});

function fileLike(files: ReadonlyMap<string, string>, pattern: RegExp): string {
  const found = [...files].filter(([path]) => pattern.test(path));
  if (found.length !== 1)
    throw new Error(`${found.length} files like ${pattern} among ${[...files.keys()].join(', ')}`);
  return found[0]?.[1] ?? '';
}

function sha256(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}
