import { reportSchema, type MasterEntry, type Report } from '../../src/protocol/report.ts';
import { renderReport } from '../../src/report/markdown/render-report.ts';
import { sha256 } from '../../src/shared/canonical.ts';
import { artefacts, changeWith, findingWith, prints, taskWith, workerWith } from './report-parts.ts';

export const executionId = 'CORTEX-EXEC-2026-11-14-090000';

/** Where the report's links find their artefacts. */
export const evidence = `../archives/${executionId}/evidence`;

const absent: MasterEntry = {
  status: 'pending',
  outcome: null,
  expertise: '',
  summary: '',
  activated_at: null,
  reported_at: null,
  tasks: { done: 0, failed: 0, blocked: 0, skipped: 0 },
  workers_spawned: 0,
  token_budget: 0,
  tokens_used: 0,
  usd_used: 0,
  findings: 0,
  assets: 0,
  changes: 0,
};

function figuresOf(values: Readonly<Record<string, number>>, evidence: string): Report['figures'] {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value, unit: 'things', evidence }]));
}

function kept(name: keyof typeof artefacts, task: string | null): Report['evidence'][number] {
  const hash = artefacts[name];
  return {
    sha256: hash,
    title: `The ${name}`,
    media_type: 'application/json',
    bytes: 2048,
    file: `${hash}.json`,
    task_id: task,
  };
}

/** The entry of the one master that the small run's findings belong to. */
export function securityMaster(report: Report): MasterEntry {
  return report.masters['security-master'] ?? absent;
}

/**
 * A small finished run: one scan with two findings, one change that takes one of them away (its worker needed two
 * attempts), one task skipped for want of a model, three assets of which two are new.
 */
export function reportWith(overrides: Partial<Report> = {}): Report {
  return reportSchema.parse({ ...baseReport(), ...overrides });
}

/** The lines of one part of a report, without its title. */
export function reportPart(title: string, report: Report): string {
  const parts = renderReport(report).split(/^## /m);
  return (
    parts
      .find((each) => each.startsWith(`${title}\n`))
      ?.slice(title.length + 1)
      .trim() ?? ''
  );
}

function baseReport(): Report {
  return {
    v: 1,
    execution_id: executionId,
    completed_at: '2026-11-14T09:01:12.000Z',
    duration_minutes: 1.2,
    masters: {
      'security-master': {
        ...absent,
        status: 'reported',
        outcome: 'complete',
        summary: 'Scanned the workflows',
        activated_at: '2026-11-14T09:00:04.000Z',
        reported_at: '2026-11-14T09:00:16.000Z',
        tasks: { done: 1, failed: 0, blocked: 0, skipped: 0 },
        workers_spawned: 1,
        token_budget: 1000,
        findings: 2,
      },
      'cicd-master': {
        ...absent,
        status: 'reported',
        outcome: 'partial',
        summary: 'Fixed a workflow',
        activated_at: '2026-11-14T09:00:04.000Z',
        reported_at: '2026-11-14T09:00:52.000Z',
        tasks: { done: 1, failed: 0, blocked: 0, skipped: 1 },
        workers_spawned: 2,
        token_budget: 2000,
        changes: 1,
      },
    },
    totals: {
      tokens_used: 0,
      tokens_budget: 3000,
      efficiency: null,
      assets_discovered: 2,
      cves_found: null,
      prs_created: null,
      tests_added: null,
      assets_before: 1,
      assets_after: 3,
      findings: 2,
      findings_silenced: 0,
      changes_proposed: 1,
      changes_proven: 1,
      workers_started: 2,
      workers_completed: 2,
      usd_used: 0,
      usd_budget: 25,
    },
    simulated: false,
    status: 'complete',
    plan: { name: 'small', file: 'plans/small.yaml', digest: sha256('plan') },
    repository: 'example/shop',
    commit: 'd'.repeat(40),
    started_at: '2026-11-14T09:00:00.000Z',
    deadline_minutes: 60,
    resumed: 0,
    reserve_tokens: 300,
    figures: {
      ...figuresOf(
        {
          'assets.before': 1,
          'assets.after': 3,
          'assets.discovered': 2,
          'findings.total': 2,
          'findings.critical': 0,
          'findings.high': 1,
          'findings.medium': 1,
          'findings.low': 0,
          'findings.info': 0,
          'findings.silenced': 0,
          'changes.proposed': 1,
          'changes.proven': 1,
          'changes.rejected': 0,
        },
        artefacts.aggregate,
      ),
      ...figuresOf(
        {
          'tokens.used': 0,
          'money.used': 0,
          'duration.minutes': 1.2,
          'workers.started': 2,
          'workers.completed': 2,
          'masters.activated': 2,
        },
        artefacts.log,
      ),
    },
    phases: [
      {
        phase: 'execution',
        started_at: '2026-11-14T09:00:04.000Z',
        ended_at: '2026-11-14T09:00:52.000Z',
        limit_minutes: 20,
        overran: false,
        exit: [{ id: 'masters-reported', met: true, detail: '2 of 2' }],
      },
    ],
    criteria: [
      {
        id: 'masters-activated',
        title: 'Both masters are activated',
        level: 'gate',
        scope: 'system',
        outcome: 'met',
        check: 'masters.activated == 2',
        facts: { 'masters.activated': 2 },
      },
    ],
    tasks: [
      taskWith(),
      taskWith({
        task_id: 'fix-workflows',
        title: 'Fix workflows',
        worker_type: 'implementation-worker',
        capability: 'fix-workflows',
        master: 'cicd-master',
        summary: '1 change proposed',
        attempts: 2,
        findings: 0,
        changes: 1,
        result: sha256('fix result'),
      }),
      taskWith({
        task_id: 'implement-cache',
        title: 'Cache dependencies',
        worker_type: 'implementation-worker',
        capability: 'implement',
        master: 'cicd-master',
        status: 'skipped',
        result_status: null,
        summary: 'it needs a model, and this run has none',
        missing: 'model',
        attempts: 0,
        findings: 0,
        result: null,
      }),
    ],
    workers: [
      workerWith(),
      workerWith({
        worker_id: 'fix-workflows-1',
        worker_type: 'implementation-worker',
        capability: 'fix-workflows',
        parent_master: 'cicd-master',
        task_id: 'fix-workflows',
        status: 'failed',
        started_at: '2026-11-14T09:00:16.000Z',
        completed_at: '2026-11-14T09:00:20.000Z',
        duration_seconds: 4,
        cpu_seconds: null,
        peak_mebibytes: null,
        failure: { class: 'timeout', detail: 'no result after 4 s' },
        result: null,
      }),
      workerWith({
        worker_id: 'fix-workflows-2',
        worker_type: 'implementation-worker',
        capability: 'fix-workflows',
        parent_master: 'cicd-master',
        task_id: 'fix-workflows',
        attempt: 2,
        started_at: '2026-11-14T09:00:21.000Z',
        completed_at: '2026-11-14T09:00:51.000Z',
        duration_seconds: 30,
        result: sha256('fix result'),
      }),
    ],
    findings_by_severity: { critical: 0, high: 1, medium: 1, low: 0, info: 0 },
    findings: [
      findingWith(),
      findingWith({
        fingerprint: prints.pin,
        ruleId: 'workflows/unpinned-action',
        severity: 'medium',
        message: 'actions/checkout is not pinned to a commit',
        remedy: 'Pin it to a full commit hash.',
        location: { path: '.github/workflows/ci.yaml', line: 9 },
      }),
    ],
    silenced: [],
    assets_by_kind: { Image: 1, Workload: 2 },
    assets_discovered: ['image:default/nginx', 'workload:default/web'],
    measurements: [],
    changes: [changeWith()],
    escalations: [],
    preflight: [],
    left_out: [],
    unread: [],
    evidence: [
      kept('aggregate', null),
      kept('log', null),
      kept('scan', 'scan-workflows'),
      kept('before', 'fix-workflows'),
      kept('after', 'fix-workflows'),
    ],
  };
}
