import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parsePlan } from '../../src/plan/parse.ts';
import { masterNames } from '../../src/protocol/words.ts';
import { startArtifactServer, type StoredArtifact } from '../support/artifact-server.ts';
import { jobNamed, resultsOf, runAct, type ActRun } from './act.ts';
import { copyProject, type ProjectCopy } from './project-copy.ts';
import { gateOf } from './tools.ts';
import { readZip } from './zip.ts';

const gate = gateOf('act');
const workflow = '.github/workflows/orchestrate.yml';
const nightly = 'plans/security-nightly.yaml';
const full = 'plans/full-orchestration.yaml';

interface Orchestrated extends ActRun {
  readonly artifacts: readonly StoredArtifact[];
  readonly refused: readonly string[];
}

describe.skipIf(gate.skip)(`the workflow under act${gate.note}`, () => {
  let project: ProjectCopy;

  beforeAll(() => {
    project = copyProject();
  });
  afterAll(() => project.remove());

  /** Each run of the workflow has artifacts of its own. */
  async function orchestrate(plan: string): Promise<Orchestrated> {
    const server = await startArtifactServer();
    try {
      const order = { cwd: project.path, event: 'workflow_dispatch', workflow, inputs: { plan } };
      const run = await runAct({ ...order, env: server.environment });
      return { ...run, artifacts: server.artifacts(), refused: server.refused };
    } finally {
      await server.close();
    }
  }

  describe('with the plan of all seven masters', () => {
    let run: Orchestrated;
    let files: ReadonlyMap<string, string>;

    beforeAll(async () => {
      run = await orchestrate(full);
      files = readZip(run.artifacts[0]?.content ?? Buffer.alloc(0));
    }, 300_000);

    it('runs plan, one leg and report to a good end', () => {
      expect(resultsOf(run)).toEqual(['plan: success', 'masters: success', 'report: success']);
      expect(run.code).toBe(0);
    });

    it('proves the plan and hands its matrix and digest on', () => {
      const { outputs, summary } = jobNamed(run, 'plan');
      const parsed = parsePlan(readFileSync(join(project.path, full)), full);
      expect(outputs['digest']).toBe('digest' in parsed ? parsed.digest : 'no digest');
      expect(JSON.parse(outputs['matrix'] ?? '')).toEqual({
        include: [{ leg: 'all', masters: expect.any(String) as string }],
      });
      expect(summary).toContain('Forecast');
    });

    it('sends all seven masters, and each completes', () => {
      expect((jobNamed(run, 'masters').matrix['masters'] ?? '').split(',').sort()).toEqual([...masterNames].sort());
      const results = JSON.parse(fileLike(files, /-results\.json$/)) as {
        masters: Record<string, { outcome: string }>;
      };
      expect(
        Object.entries(results.masters)
          .map(([name, { outcome }]) => `${name}: ${outcome}`)
          .sort(),
      ).toEqual([...masterNames].sort().map((name) => `${name}: complete`));
    });

    it('runs the plan that was proven', () => {
      const started = fileLike(files, /\/log\.jsonl$|events\.jsonl$/).split('\n')[0] ?? '';
      expect(JSON.parse(started)).toMatchObject({
        type: 'execution.started',
        data: { plan: { file: full, digest: jobNamed(run, 'plan').outputs['digest'] } },
      });
    });

    it('carries state and results to the report job as one artifact, whole', () => {
      expect(run.artifacts.map(({ name }) => name)).toEqual(['cortex-all']);
      expect(run.refused).toEqual([]);
      const evidence = [...files].filter(([path]) => /\/evidence\/[0-9a-f]{64}\./.test(path));
      expect(evidence.length).toBeGreaterThan(0);
      const wrong = evidence.filter(([path, content]) => !path.includes(sha256(content)));
      expect(wrong.map(([path]) => path)).toEqual([]);
    });

    it('rebuilds the same report in the report job, which alone shows it', () => {
      const leg = fileLike(files, /-FINAL-REPORT\.md$/);
      expect(jobNamed(run, 'report').summary.trim()).toBe(leg.trim());
      expect(jobNamed(run, 'masters').summary).toBe('');
    });

    it('gives id, report and results as outputs of both jobs', () => {
      const [masters, report] = [jobNamed(run, 'masters').outputs, jobNamed(run, 'report').outputs];
      expect(report['execution-id']).toBe(masters['execution-id']);
      expect(report['execution-id']).toMatch(/^CORTEX-EXEC-\d{4}-\d\d-\d\d-\d{6}$/);
      for (const outputs of [masters, report]) {
        expect(outputs['exit-code']).toBe('0');
        expect(outputs['report']).toContain(`/coordination/execution-plans/${report['execution-id']}-FINAL-REPORT.md`);
        expect(outputs['results']).toContain(`/coordination/execution-plans/${report['execution-id']}-results.json`);
      }
    });
  });

  describe('with a gate that is not met', () => {
    let run: Orchestrated;

    beforeAll(async () => {
      const text = readFileSync(join(project.path, nightly), 'utf8');
      project.add('plans/strict.yaml', text.replace('tasks.failed == 0', 'tasks.failed > 0'));
      run = await orchestrate('plans/strict.yaml');
    }, 300_000);

    it('fails the leg with exit code 3, and reports all the same', () => {
      expect(resultsOf(run)).toEqual(['plan: success', 'masters: failure', 'report: success']);
      expect(jobNamed(run, 'masters').outputs['exit-code']).toBe('3');
      expect(jobNamed(run, 'report').outputs['execution-id']).toBe(jobNamed(run, 'masters').outputs['execution-id']);
      expect(run.code).not.toBe(0);
    });
  });

  describe('with a plan that may not run', () => {
    let run: Orchestrated;

    beforeAll(async () => {
      const text = readFileSync(join(project.path, nightly), 'utf8');
      project.add('plans/broken.yaml', text.replace('spec:\n', 'spec:\n  deadlin: 1m\n'));
      run = await orchestrate('plans/broken.yaml');
    }, 300_000);

    it('fails the plan job, and no leg and no report run', () => {
      expect(resultsOf(run)).toEqual(['plan: failure']);
      expect(run.code).not.toBe(0);
    });

    it('shows the place, the nearest known key and what to do', () => {
      const { said, errors, outputs } = jobNamed(run, 'plan');
      const lines = readFileSync(join(project.path, 'plans', 'broken.yaml'), 'utf8').split('\n');
      const line = lines.indexOf('  deadlin: 1m') + 1;
      expect(said).toContain(`plans/broken.yaml:${line}:3: error: `);
      expect(said).toContain('deadline');
      expect(errors).toEqual([expect.stringContaining('plans/broken.yaml may not run')]);
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
