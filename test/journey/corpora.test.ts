import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/protocol/report.ts';
import { reportSchema } from '../../src/protocol/report.ts';
import { resultSchema, type Result } from '../../src/protocol/result.ts';
import { canonicalJson } from '../../src/shared/canonical.ts';
import { runCli, type CliOutcome } from '../support/cli.ts';
import { commitAll, git, projectRoot } from '../support/journey.ts';

const corpora = process.env['CORTEX_CORPORA'];
const why = corpora === undefined ? ' (skipped: CORTEX_CORPORA names no corpora)' : '';
const plan = join(projectRoot, 'plans', 'full-orchestration.yaml');

interface World {
  readonly path: string;
  readonly ran: CliOutcome;
  readonly report: Report;
}

describe.skipIf(corpora === undefined)(`the full plan on a real repository${why}`, () => {
  const worlds: World[] = [];
  const world = (index: number): World => worlds[index] ?? expect.unreachable('the run did not come to its report');

  beforeAll(async () => {
    for (const id of ['CORTEX-EXEC-FIRST', 'CORTEX-EXEC-SECOND'])
      worlds.push(await runOn(join(corpora ?? '', 'microservices-demo'), id));
  });
  afterAll(() => {
    for (const { path } of worlds) rmSync(dirname(path), { recursive: true, force: true });
  });

  it('ends with every gate met, seven masters at work at one moment, and each worker’s result in the report', () => {
    const { ran, report } = world(0);
    expect(ran.stderr).toBe('');
    expect(ran.code).toBe(0);
    expect(
      report.criteria.filter((criterion) => criterion.level === 'gate').map((criterion) => criterion.outcome),
    ).not.toContain('failed');
    expect(mostAtOnce(report)).toBe(7);
    expect(report.workers.every((worker) => worker.status === 'completed' && worker.result !== null)).toBe(true);
  });

  it('sends at least the workers that the plan promises, each with a result that has evidence', () => {
    const { report, path } = world(0);
    const done = (kind: string): number =>
      new Set(
        report.tasks.filter((task) => task.worker_type === kind && task.result !== null).map((task) => task.task_id),
      ).size;
    const atLeast: Record<string, number> = {
      'catalog-worker': 4,
      'scan-worker': 3,
      'implementation-worker': 2,
      'test-worker': 3,
      'analysis-worker': 2,
      'documentation-worker': 1,
      'review-worker': 1,
    };
    for (const [kind, least] of Object.entries(atLeast)) expect(done(kind), kind).toBeGreaterThanOrEqual(least);
    const kept = new Set(report.evidence.map((evidence) => evidence.sha256));
    for (const { task_id: task, result } of report.tasks.filter((each) => each.result !== null)) {
      const { evidence } = readResult(path, report.execution_id, result ?? '');
      expect(evidence.length, task).toBeGreaterThan(0);
      for (const { sha256 } of evidence) expect(kept, task).toContain(sha256);
    }
  });

  it('counts in its workflows exactly what is there', () => {
    const { report } = world(0);
    const count = (rule: string): number =>
      report.findings.filter((finding) => finding.ruleId === `workflows/${rule}`).length;
    expect(measured(report, 'workflows.files')).toBe(9);
    expect(measured(report, 'workflows.jobs')).toBe(10);
    expect(count('no-timeout')).toBe(9);
    expect(count('unpinned-uses')).toBe(33);
    expect(count('missing-permissions')).toBe(4);
    expect(count('no-concurrency')).toBe(5);
    expect(count('persist-credentials')).toBe(9);
  });

  it('knows the workloads and images of the release manifest, and that nothing monitors them', () => {
    const { report, path } = world(0);
    const assets = readAssets(path, report);
    const inRelease = assets.filter((asset) =>
      asset.locators.some((locator) => locator.startsWith('release/kubernetes-manifests.yaml')),
    );
    const count = (kind: string): number => inRelease.filter((asset) => asset.kind === kind).length;
    expect(count('Workload')).toBe(12);
    expect(count('Service')).toBe(12);
    expect(count('ServiceAccount')).toBe(11);
    expect(count('Image')).toBe(13);
    const uncovered = report.findings
      .filter((finding) => finding.ruleId === 'monitoring/uncovered-workload')
      .map((finding) => finding.subject);
    const workloads = inRelease.filter((asset) => asset.kind === 'Workload').map((asset) => asset.name);
    for (const name of workloads)
      expect(
        uncovered.some((subject) => subject.includes(name)),
        name,
      ).toBe(true);
  });

  it('finds, catalogs and proposes the same, byte for byte, the second time', () => {
    const content = ({ path, report }: World): string =>
      canonicalJson({
        findings: report.findings,
        silenced: report.silenced,
        assets: readAssets(path, report),
        patches: readPatches(path, report),
        measurements: report.measurements,
      });
    expect(content(world(1))).toBe(content(world(0)));
  });

  it('proposes workflow fixes that apply, change files, and make their findings go away', async () => {
    const { path, report } = world(0);
    const before = fingerprints(report);
    const gone = report.changes.flatMap((change) => change.findings_gone);
    expect(report.changes.length).toBeGreaterThan(0);
    for (const change of report.changes) {
      const patch = join(path, 'coordination', 'archives', report.execution_id, 'changes', change.patch);
      execFileSync('git', ['apply', '--check', patch], { cwd: path });
      execFileSync('git', ['apply', patch], { cwd: path });
    }
    const changed = git(path, 'diff', '--name-only').trim().split('\n');
    expect(changed.sort()).toEqual(report.changes.flatMap((change) => change.files.map((file) => file.path)).sort());
    git(path, 'commit', '--quiet', '--all', '--message=Apply the fixes');
    const again = await runCli(['run', plan, '--id', 'CORTEX-EXEC-AFTER', '--masters', 'cicd-master,security-master'], {
      cwd: path,
    });
    expect(again.stderr).toBe('');
    const after = fingerprints(readReport(path, 'CORTEX-EXEC-AFTER'));
    expect(gone.filter((fingerprint) => after.has(fingerprint))).toEqual([]);
    expect([...after].filter((fingerprint) => !before.has(fingerprint))).toEqual([]);
  });
});

async function runOn(source: string, id: string): Promise<World> {
  // The folder's name is the repository's: the same for both runs.
  const path = join(mkdtempSync(join(tmpdir(), 'cortex-corpora-')), 'shop');
  cpSync(source, path, { recursive: true });
  commitAll(path);
  const ran = await runCli(['run', plan, '--id', id], { cwd: path });
  return { path, ran, report: readReport(path, id) };
}

function readReport(path: string, id: string): Report {
  return reportSchema.parse(
    JSON.parse(readFileSync(join(path, 'coordination', 'execution-plans', `${id}-results.json`), 'utf8')),
  );
}

function readResult(path: string, id: string, hash: string): Result {
  const file = join(path, 'coordination', 'executions', id, 'blobs', hash.slice(0, 2), hash);
  return resultSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
}

interface ListedAsset {
  readonly kind: string;
  readonly name: string;
  readonly locators: readonly string[];
}

function readAssets(path: string, report: Report): readonly ListedAsset[] {
  const text = readFileSync(join(path, 'coordination', 'archives', report.execution_id, 'assets.json'), 'utf8');
  return (JSON.parse(text) as { assets: readonly ListedAsset[] }).assets;
}

function readPatches(path: string, report: Report): Record<string, string> {
  const folder = join(path, 'coordination', 'archives', report.execution_id, 'changes');
  const patches = readdirSync(folder).filter((name) => name.endsWith('.patch'));
  return Object.fromEntries(patches.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

function fingerprints(report: Report): Set<string> {
  return new Set(report.findings.map((finding) => finding.fingerprint));
}

function measured(report: Report, name: string): number | undefined {
  return report.measurements.find((measurement) => measurement.name === name)?.value;
}

/** The most masters whose working intervals share a moment. */
function mostAtOnce(report: Report): number {
  const spans = Object.values(report.masters).map(
    (master) => [master.activated_at ?? '', master.reported_at ?? ''] as const,
  );
  return Math.max(...spans.map(([start]) => spans.filter(([from, to]) => from <= start && start <= to).length));
}
