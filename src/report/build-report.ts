import { tokensUsed } from '../execution/state-files.ts';
import type { ExecutionState, MasterState, TaskState, WorkerState } from '../execution/execution-state.ts';
import type { CriterionResult } from '../protocol/event.ts';
import { reportSchema, type Report } from '../protocol/report.ts';
import { totalTokens } from '../protocol/result.ts';
import type { MasterName } from '../protocol/words.ts';
import { compareText } from '../shared/canonical.ts';
import { bug } from '../shared/errors.ts';
import { bySeverity, type Aggregate } from './aggregate.ts';
import { evidenceIndex, type OwnArtefact } from './artefacts.ts';
import { coordinationEntry } from './coordination-entry.ts';
import { figuresOf } from './figures.ts';

export interface ReportInput {
  readonly state: ExecutionState;
  readonly aggregate: Aggregate;
  readonly criteria: readonly CriterionResult[];
  /** The aggregate document and the log up to aggregation, as kept. */
  readonly artefacts: { readonly aggregate: OwnArtefact; readonly log: OwnArtefact };
  readonly status: Report['status'];
}

/** The report as data. Throws a bug when it breaks its schema or a number names an artefact that is not kept. */
export function buildReport(input: ReportInput): Report {
  const { state, aggregate, artefacts } = input;
  const started = state.started;
  if (!started || !state.startedAt || !state.aggregatedAt)
    throw bug('report-too-early', 'The execution has not been aggregated');
  const coordination = coordinationEntry(state);
  const report: Report = {
    v: 1,
    execution_id: state.id,
    completed_at: state.aggregatedAt,
    duration_minutes: minutesBetween(state.startedAt, state.aggregatedAt),
    masters: Object.fromEntries(
      [...state.masters.values()].map((master) => [master.name, masterEntry(master, input)]),
    ) as Report['masters'],
    totals: totalsEntry(input),
    simulated: started.simulated,
    status: input.status,
    plan: { name: started.plan.name, file: started.plan.file, digest: started.plan.digest },
    repository: started.repository,
    commit: started.commit,
    started_at: state.startedAt,
    deadline_minutes: started.deadlineMs / 60_000,
    resumed: state.resumed,
    reserve_tokens: started.budget.reserveTokens,
    figures: figuresOf(input),
    phases: phaseEntries(state),
    criteria: [...input.criteria],
    tasks: [...state.tasks.values()].map(taskEntry),
    workers: [...state.workers.values()].map(workerEntry),
    findings_by_severity: bySeverity(aggregate.findings),
    findings: [...aggregate.findings],
    silenced: [...aggregate.silenced],
    assets_by_kind: countByKind(aggregate),
    assets_discovered: [...aggregate.discovered],
    measurements: [...aggregate.measurements],
    changes: changeEntries(input),
    ...(coordination ? { coordination } : {}),
    escalations: escalationEntries(state),
    preflight: state.preflight?.checks ?? [],
    left_out: state.snapshot?.leftOut ?? [],
    unread: aggregate.results.flatMap(({ task, result }) => result.unread.map((each) => ({ task_id: task, ...each }))),
    evidence: evidenceIndex(aggregate.results, [artefacts.aggregate, artefacts.log]),
  };
  return proven(report);
}

/** Every number's artefact is in the index, and the document has the shape it promises. */
function proven(report: Report): Report {
  const kept = new Set(report.evidence.map((each) => each.sha256));
  const named: [string, string][] = [
    ...Object.entries(report.figures).map(([name, figure]): [string, string] => [`figure ${name}`, figure.evidence]),
    ...report.measurements.map((each): [string, string] => [
      `measurement ${each.name} of ${each.task_id}`,
      each.evidence,
    ]),
    ...report.changes.flatMap((change): [string, string][] => [
      [`change ${change.fingerprint} before`, change.before.evidence],
      [`change ${change.fingerprint} after`, change.after.evidence],
    ]),
  ];
  const unproven = named.filter(([, hash]) => !kept.has(hash)).map(([name]) => name);
  if (unproven.length > 0)
    throw bug('number-without-evidence', `No artefact proves ${unproven.slice(0, 5).join(', ')}`);
  const checked = reportSchema.safeParse(report);
  if (!checked.success) throw bug('report-malformed', checked.error.message.slice(0, 2000));
  return checked.data;
}

function totalsEntry(input: ReportInput): Report['totals'] {
  const { state, aggregate } = input;
  const { totals } = aggregate;
  const used = tokensUsed(state);
  const budget = state.started?.budget ?? { tokens: 0, microDollars: 0 };
  const workers = [...state.workers.values()];
  return {
    tokens_used: used,
    tokens_budget: budget.tokens,
    efficiency: used === 0 || budget.tokens === 0 ? null : Math.round((used / budget.tokens) * 1000) / 1000,
    assets_discovered: totals.assets.discovered,
    cves_found: totals.vulnerabilities?.found ?? null,
    prs_created: null,
    tests_added: totals.tests?.added ?? null,
    assets_before: totals.assets.before,
    assets_after: totals.assets.after,
    findings: totals.findings.total,
    findings_silenced: totals.findings.silenced,
    changes_proposed: totals.changes.proposed,
    changes_proven: totals.changes.proven,
    workers_started: new Set(workers.map((worker) => worker.task)).size,
    workers_completed: workers.filter((worker) => worker.status === 'completed').length,
    usd_used: dollars([...state.masters.values()].reduce((sum, master) => sum + master.usedMicroDollars, 0)),
    usd_budget: dollars(budget.microDollars),
  };
}

function masterEntry(master: MasterState, input: ReportInput): Report['masters'][MasterName] {
  const tasks = new Set(
    [...input.state.tasks.values()].filter((task) => task.master === master.name).map((task) => task.declared.id),
  );
  const results = input.aggregate.results.filter((each) => tasks.has(each.task));
  const count = (pick: (result: (typeof results)[number]['result']) => readonly unknown[]): number =>
    results.reduce((sum, { result }) => sum + pick(result).length, 0);
  const { report } = master;
  return {
    status: master.status,
    outcome: report?.outcome ?? null,
    expertise: master.expertise,
    summary: report?.summary ?? '',
    activated_at: master.activatedAt ?? null,
    reported_at: master.reportedAt ?? null,
    tasks: {
      done: report?.done ?? 0,
      failed: report?.failed ?? 0,
      blocked: report?.blocked ?? 0,
      skipped: report?.skipped ?? 0,
    },
    workers_spawned: [...input.state.workers.values()].filter((worker) => worker.master === master.name).length,
    token_budget: master.tokens,
    tokens_used: master.usedTokens,
    usd_used: dollars(master.usedMicroDollars),
    findings: count((result) => result.findings),
    assets: count((result) => result.assets),
    changes: count((result) => result.changes),
  };
}

function taskEntry(task: TaskState): Report['tasks'][number] {
  const { declared, counts, route } = task;
  const open = task.status === 'queued' || task.status === 'running';
  return {
    task_id: declared.id,
    title: declared.title,
    worker_type: declared.kind,
    capability: declared.capability,
    master: task.master,
    status: open ? 'pending' : (task.status as Report['tasks'][number]['status']),
    result_status: task.resultStatus ?? null,
    summary: task.summary ?? task.reason ?? '',
    missing: task.missing ?? null,
    attempts: task.attempts,
    routing: route ? { strategy: route.strategy, confidence: route.confidence, reason: route.reason } : null,
    findings: counts?.findings ?? 0,
    assets: counts?.assets ?? 0,
    changes: counts?.changes ?? 0,
    unread: counts?.unread ?? 0,
    result: task.result ?? null,
  };
}

function workerEntry(worker: WorkerState): Report['workers'][number] {
  return {
    worker_id: worker.worker,
    worker_type: worker.kind as Report['workers'][number]['worker_type'],
    capability: worker.capability,
    parent_master: worker.master,
    task_id: worker.task,
    attempt: worker.attempt,
    node: worker.node,
    pod: worker.pod ?? null,
    status: worker.status,
    started_at: worker.startedAt,
    completed_at: worker.endedAt ?? null,
    duration_seconds: worker.durationMs === undefined ? null : worker.durationMs / 1000,
    cpu_seconds: worker.cpuMs === undefined ? null : worker.cpuMs / 1000,
    peak_mebibytes: worker.peakBytes === undefined ? null : Math.round(worker.peakBytes / 1024 / 102.4) / 10,
    tokens_used: worker.usage ? totalTokens(worker.usage) : 0,
    failure: failureOf(worker),
    result: worker.result ?? null,
  };
}

function failureOf({ failure }: WorkerState): Report['workers'][number]['failure'] {
  if (!failure) return null;
  const { class: kind, cause, detail } = failure;
  return { class: kind, ...(cause ? { cause } : {}), detail };
}

function phaseEntries(state: ExecutionState): Report['phases'] {
  return [...state.phases].map(([phase, held]) => ({
    phase,
    started_at: held.startedAt,
    ended_at: held.endedAt ?? null,
    limit_minutes: held.limitMs / 60_000,
    overran: held.overran,
    exit: held.exit,
  }));
}

function changeEntries(input: ReportInput): Report['changes'] {
  return input.aggregate.changes.map((change) => {
    const judged = input.state.changes.get(change.fingerprint);
    const task = input.state.tasks.get(change.task_id);
    return {
      fingerprint: change.fingerprint,
      title: change.title,
      task_id: change.task_id,
      master: judged?.master ?? task?.master ?? 'coordinator-master',
      engine: change.engine,
      verdict: judged?.verdict ?? 'unjudged',
      reason: judged?.reason ?? 'its master did not come to judge it',
      base_commit: change.baseCommit,
      files: change.files.map((file) => ({ path: file.path, added: file.addedLines, removed: file.removedLines })),
      findings_gone: [...change.proof.gone],
      before: change.proof.before,
      after: change.proof.after,
      patch: changeFile(change, 'patch'),
      pull_request: changeFile(change, 'md'),
    };
  });
}

/** The name of a change's file below `archives/{id}/changes/`: readable, and unique by its fingerprint. */
export function changeFile(
  change: { readonly fingerprint: string; readonly pullRequest: { readonly branchSlug: string } },
  extension: string,
): string {
  return `${change.pullRequest.branchSlug.slice(0, 60)}-${change.fingerprint.slice(0, 12)}.${extension}`;
}

function escalationEntries(state: ExecutionState): Report['escalations'] {
  return [...state.escalations.values()].map(({ raised, at, answer }) => ({
    escalation: raised.escalation,
    master: raised.master,
    severity: raised.severity,
    issue: raised.issue,
    recommendation: raised.recommendation,
    raised_at: at,
    answer: answer ?? null,
  }));
}

function countByKind(aggregate: Aggregate): Report['assets_by_kind'] {
  const kinds = [...new Set(aggregate.assets.map((asset) => asset.kind))].sort(compareText);
  return Object.fromEntries(
    kinds.map((kind) => [kind, aggregate.assets.filter((asset) => asset.kind === kind).length]),
  ) as Report['assets_by_kind'];
}

function minutesBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 6) / 10_000;
}

function dollars(microDollars: number): number {
  return microDollars / 1_000_000;
}
