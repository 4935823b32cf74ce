import type { CriterionResult } from '../../src/protocol/event.ts';
import type { Report } from '../../src/protocol/report.ts';
import { sha256 } from '../../src/shared/canonical.ts';

/** The artefacts of the report, by name: each is kept as `<its SHA-256>.json`. */
export const artefacts = {
  aggregate: sha256('aggregate'),
  log: sha256('log'),
  scan: sha256('scan'),
  before: sha256('before'),
  after: sha256('after'),
};

/** Fingerprints of what the report holds; they differ in their first digit. */
export const prints = { timeout: `1${'a'.repeat(63)}`, pin: `2${'b'.repeat(63)}`, change: `3${'c'.repeat(63)}` };

export type ReportedFinding = Report['findings'][number];

export function findingWith(overrides: Partial<ReportedFinding> = {}): ReportedFinding {
  return {
    fingerprint: prints.timeout,
    ruleId: 'workflows/no-timeout',
    tool: { name: 'cortex-workflows', version: '1' },
    severity: 'high',
    confidence: 'high',
    subject: '.github/workflows/ci.yaml#jobs.build',
    message: 'Job build has no time limit',
    remedy: 'Give the job timeout-minutes.',
    location: { path: '.github/workflows/ci.yaml', line: 7 },
    basis: 'measured',
    fix: 'fix-workflows',
    task_id: 'scan-workflows',
    ...overrides,
  };
}

export type ReportedTask = Report['tasks'][number];

export function taskWith(overrides: Partial<ReportedTask> = {}): ReportedTask {
  return {
    task_id: 'scan-workflows',
    title: 'Find unsafe workflows',
    worker_type: 'scan-worker',
    capability: 'workflows',
    master: 'security-master',
    status: 'complete',
    result_status: 'done',
    summary: '2 unsafe places found',
    missing: null,
    attempts: 1,
    routing: { strategy: 'declared', confidence: 1, reason: 'the plan says so' },
    findings: 2,
    assets: 0,
    changes: 0,
    unread: 0,
    result: sha256('scan result'),
    ...overrides,
  };
}

export type ReportedWorker = Report['workers'][number];

export function workerWith(overrides: Partial<ReportedWorker> = {}): ReportedWorker {
  return {
    worker_id: 'scan-workflows-1',
    worker_type: 'scan-worker',
    capability: 'workflows',
    parent_master: 'security-master',
    task_id: 'scan-workflows',
    attempt: 1,
    node: 'local',
    pod: null,
    status: 'completed',
    started_at: '2026-11-14T09:00:05.000Z',
    completed_at: '2026-11-14T09:00:15.000Z',
    duration_seconds: 10,
    cpu_seconds: 2.5,
    peak_mebibytes: 64,
    tokens_used: 0,
    failure: null,
    result: sha256('scan result'),
    ...overrides,
  };
}

export type ReportedChange = Report['changes'][number];

export function changeWith(overrides: Partial<ReportedChange> = {}): ReportedChange {
  return {
    fingerprint: prints.change,
    title: 'Give ci.yaml a time limit',
    task_id: 'fix-workflows',
    master: 'cicd-master',
    engine: 'deterministic',
    verdict: 'proven',
    reason: '1 finding gone, nothing new, review approves',
    base_commit: 'd'.repeat(40),
    files: [{ path: '.github/workflows/ci.yaml', added: 1, removed: 0 }],
    findings_gone: [prints.timeout],
    before: { findings: 2, evidence: artefacts.before },
    after: { findings: 1, evidence: artefacts.after },
    patch: 'workflows-ci-3cccccccccccc.patch',
    pull_request: 'workflows-ci-3cccccccccccc.md',
    ...overrides,
  };
}

/** A success criterion that is met. */
export function criterionWith(overrides: Partial<CriterionResult>): CriterionResult {
  return {
    id: 'it',
    title: 'It holds',
    level: 'gate',
    scope: 'system',
    outcome: 'met',
    check: 'workers.done > 0',
    facts: {},
    ...overrides,
  };
}

/** A fingerprint or hash like no other number’s. */
export function hashOf(number: number): string {
  return number.toString(16).padStart(64, '0');
}
