import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parsePlan } from '../../src/plan/parse.ts';
import { masterNames } from '../../src/protocol/words.ts';
import { startArtifactServer, type ArtifactServer } from '../support/artifact-server.ts';
import { runAct, type ActRun, type Job } from './act.ts';
import { copyProject, type ProjectCopy } from './project-copy.ts';
import { gateOf } from './tools.ts';
import { readZip } from './zip.ts';

const gate = gateOf('act');
const workflow = '.github/workflows/orchestrate.yml';
const full = 'plans/full-orchestration.yaml';

describe.skipIf(gate.skip)(`the workflow under act${gate.note}`, () => {
  let project: ProjectCopy;
  let server: ArtifactServer;

  beforeAll(async () => {
    project = copyProject();
    server = await startArtifactServer();
  });
  afterAll(async () => {
    await server.close();
    project.remove();
  });

  const orchestrate = (plan: string): Promise<ActRun> =>
    runAct({
      cwd: project.path,
      event: 'workflow_dispatch',
      workflow,
      inputs: { plan },
      env: server.environment,
    });

  describe('with the plan of all seven masters', () => {
    let run: ActRun;
    let files: ReadonlyMap<string, string>;

    beforeAll(async () => {
      run = await orchestrate(full);
      files = readZip(server.artifacts()[0]?.content ?? Buffer.alloc(0));
    }, 300_000);

    it('runs plan, one leg and report to a good end', () => {
      expect([...run.jobs].map(([id, { result }]) => `${id}: ${result}`)).toEqual([
        'plan: success',
        'masters: success',
        'report: success',
      ]);
      expect(run.code).toBe(0);
    });

    it('proves the plan and hands its matrix and digest on', () => {
      const { outputs, summary } = jobOf(run, 'plan');
      const parsed = parsePlan(readFileSync(join(project.path, full)), full);
      expect(outputs['digest']).toBe('digest' in parsed ? parsed.digest : 'no digest');
      expect(JSON.parse(outputs['matrix'] ?? '')).toEqual({
        include: [{ leg: 'all', masters: expect.any(String) as string }],
      });
      expect(summary).toContain('Forecast');
    });

    it('sends all seven masters, and each completes', () => {
      expect((jobOf(run, 'masters').matrix['masters'] ?? '').split(',').sort()).toEqual([...masterNames].sort());
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
        data: { plan: { file: full, digest: jobOf(run, 'plan').outputs['digest'] } },
      });
    });

    it('carries state and results to the report job as one artifact, whole', () => {
      expect(server.artifacts().map(({ name }) => name)).toEqual(['cortex-all']);
      expect(server.refused).toEqual([]);
      const evidence = [...files].filter(([path]) => /\/evidence\/[0-9a-f]{64}\./.test(path));
      expect(evidence.length).toBeGreaterThan(0);
      const wrong = evidence.filter(([path, content]) => !path.includes(sha256(content)));
      expect(wrong.map(([path]) => path)).toEqual([]);
    });

    it('rebuilds the same report in the report job, which alone shows it', () => {
      const leg = fileLike(files, /-FINAL-REPORT\.md$/);
      expect(jobOf(run, 'report').summary.trim()).toBe(leg.trim());
      expect(jobOf(run, 'masters').summary).toBe('');
    });

    it('gives id, report and results as outputs of both jobs', () => {
      const [masters, report] = [jobOf(run, 'masters').outputs, jobOf(run, 'report').outputs];
      expect(report['execution-id']).toBe(masters['execution-id']);
      expect(report['execution-id']).toMatch(/^CORTEX-EXEC-\d{4}-\d\d-\d\d-\d{6}$/);
      for (const outputs of [masters, report]) {
        expect(outputs['exit-code']).toBe('0');
        expect(outputs['report']).toContain(`/coordination/execution-plans/${report['execution-id']}-FINAL-REPORT.md`);
        expect(outputs['results']).toContain(`/coordination/execution-plans/${report['execution-id']}-results.json`);
      }
    });
  });

  describe('with a plan that may not run', () => {
    let run: ActRun;

    beforeAll(async () => {
      const text = readFileSync(join(project.path, 'plans', 'security-nightly.yaml'), 'utf8');
      const at = text.split('\n').findIndex((line) => line.includes('spec:')) + 2;
      project.add('plans/broken.yaml', text.replace('spec:\n', 'spec:\n  deadlin: 1m\n'));
      expect(at).toBeGreaterThan(1);
      line = at;
      run = await orchestrate('plans/broken.yaml');
    }, 300_000);
    let line = 0;

    it('fails the plan job, and no leg and no report run', () => {
      expect([...run.jobs].map(([id, { result }]) => `${id}: ${result}`)).toEqual(['plan: failure']);
      expect(run.code).not.toBe(0);
    });

    it('shows the place, the nearest known key and what to do', () => {
      const { said, errors, outputs } = jobOf(run, 'plan');
      expect(said).toContain(`plans/broken.yaml:${line}:3: error: `);
      expect(said).toContain('deadline');
      expect(errors).toEqual([expect.stringContaining('plans/broken.yaml may not run')]);
      expect(outputs).toEqual({ 'exit-code': '2' });
    });
  });
});

function jobOf(run: ActRun, id: string): Job {
  const job = run.jobs.get(id);
  if (!job) throw new Error(`the job ${id} did not run; there are ${[...run.jobs.keys()].join(', ')}`);
  return job;
}

function fileLike(files: ReadonlyMap<string, string>, pattern: RegExp): string {
  const found = [...files].filter(([path]) => pattern.test(path));
  if (found.length !== 1)
    throw new Error(`${found.length} files like ${pattern} among ${[...files.keys()].join(', ')}`);
  return found[0]?.[1] ?? '';
}

function sha256(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}
