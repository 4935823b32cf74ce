import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportSchema, type Report } from '../../src/protocol/report.ts';
import { runCli, type CliOutcome } from '../support/cli.ts';
import { commitAll, git, projectRoot } from '../support/journey.ts';

/** What `npm start` does, on a copy of this very project as its users get it: tracked files, one commit. */
describe('the main job on this repository itself', () => {
  const path = join(mkdtempSync(join(tmpdir(), 'cortex-start-')), 'cortex');
  let ran: CliOutcome;
  let report: Report;

  beforeAll(async () => {
    for (const file of trackedFiles()) cpSync(join(projectRoot, file), join(path, file), { recursive: true });
    commitAll(path);
    ran = await runCli(['run', 'plans/full-orchestration.yaml', '--id', 'CORTEX-EXEC-START'], { cwd: path });
    report = reportSchema.parse(
      JSON.parse(readFileSync(join(path, 'coordination', 'execution-plans', 'CORTEX-EXEC-START-results.json'), 'utf8')),
    );
  });
  afterAll(() => rmSync(dirname(path), { recursive: true, force: true }));

  it('ends 0 with every gate met, or not applicable for a door that is absent', () => {
    expect(ran.stderr).toBe('');
    expect(ran.code).toBe(0);
    for (const criterion of report.criteria.filter((each) => each.scope !== 'business')) {
      expect(['met', 'not-applicable'], criterion.id).toContain(criterion.outcome);
    }
  });

  it('evaluates every criterion, and gives the reason where one does not apply', () => {
    expect(report.criteria.map((criterion) => criterion.outcome)).not.toContain('unknown');
    for (const criterion of report.criteria.filter((each) => each.outcome === 'not-applicable'))
      expect(criterion.reason, criterion.id).toBeTruthy();
  });

  it('finds nothing critical or high in its own house', () => {
    expect(report.findings.filter((finding) => finding.severity === 'critical' || finding.severity === 'high')).toEqual(
      [],
    );
  });

  it('names what was skipped for want of a model, and uses no token', () => {
    const skipped = report.tasks.filter((task) => task.status === 'skipped');
    expect(skipped.map((task) => task.missing)).toEqual(['model', 'model', 'model']);
    expect(report.totals.tokens_used).toBe(0);
    expect(report.totals.efficiency).toBeNull();
  });

  it('leaves the state files of old, the report, and no change in the work tree', () => {
    const out = join(path, 'coordination');
    const files = [
      'current-execution.json',
      'master-activation.json',
      'worker-distribution.json',
      'task-queue.json',
      'worker-pool.json',
    ];
    for (const file of [
      ...files,
      'execution-plans/preflight-report.json',
      'execution-plans/CORTEX-EXEC-START-FINAL-REPORT.md',
    ]) {
      expect(existsSync(join(out, file)), file).toBe(true);
    }
    expect(JSON.parse(readFileSync(join(out, 'current-execution.json'), 'utf8'))).toMatchObject({
      execution_id: 'CORTEX-EXEC-START',
      status: 'complete',
    });
    expect(git(path, 'status', '--porcelain')).toBe('');
  });

  it('keeps a masked log of each master and each worker', () => {
    const logs = join(path, 'coordination', 'logs', 'CORTEX-EXEC-START');
    for (const name of Object.keys(report.masters)) expect(existsSync(join(logs, `${name}.log`)), name).toBe(true);
    for (const worker of report.workers)
      expect(existsSync(join(logs, `${worker.worker_id}.log`)), worker.worker_id).toBe(true);
  });
});

function trackedFiles(): readonly string[] {
  const listed = git(projectRoot, 'ls-files', '-z', '--cached', '--others', '--exclude-standard').split('\0');
  return listed.filter((file) => file !== '' && existsSync(join(projectRoot, file)));
}
