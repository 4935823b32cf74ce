import type { PlanTask } from '../../../plan/plan.ts';
import type { Change, Review } from '../../../protocol/change.ts';
import type { Finding } from '../../../protocol/finding.ts';
import type { Report } from '../../../protocol/report.ts';
import { severities, type MasterName, type Severity } from '../../../protocol/words.ts';
import type { Aggregate } from '../../aggregate.ts';

/** A change of this execution with all that the publisher decides by. */
export interface Candidate {
  readonly change: Change;
  readonly task: string;
  /** Of the task that returned it: what the change says of itself is a claim. */
  readonly capability: string;
  readonly master: MasterName;
  readonly verdict: Report['changes'][number]['verdict'];
  readonly reason: string;
  /** The highest one of the findings that it takes away. */
  readonly severity: Severity;
  /** The findings that it takes away, as far as the report has them. */
  readonly findings: readonly Finding[];
  /** What its reviews looked at. */
  readonly gates: Review['gates'];
  /** Tokens of the workers of its task. */
  readonly tokens: number;
}

/** Every change of an execution that its report knows, proven or not. */
export function candidatesOf(report: Report, aggregate: Pick<Aggregate, 'changes' | 'results'>): readonly Candidate[] {
  const entries = new Map(report.changes.map((entry) => [entry.fingerprint, entry]));
  const tasks = new Map(report.tasks.map((task) => [task.task_id, task]));
  const findings = new Map(report.findings.map((finding) => [finding.fingerprint, finding]));
  const reviews = aggregate.results.flatMap(({ result }) => result.reviews);
  return aggregate.changes.flatMap(({ task_id, ...change }) => {
    const entry = entries.get(change.fingerprint);
    if (!entry) return [];
    const gone = change.proof.gone.flatMap((fingerprint) => findings.get(fingerprint) ?? []);
    return {
      change,
      task: task_id,
      capability: tasks.get(task_id)?.capability ?? '',
      master: entry.master,
      verdict: entry.verdict,
      reason: entry.reason,
      severity: highest(gone.map((finding) => finding.severity)),
      findings: gone,
      gates: reviews.filter((review) => review.change === change.fingerprint).flatMap((review) => review.gates),
      tokens: report.workers
        .filter((worker) => worker.task_id === task_id)
        .reduce((sum, worker) => sum + worker.tokens_used, 0),
    };
  });
}

/**
 * Tasks that looked at everything they should have: done in full, with nothing unread, as were all those they need. Only
 * then a change that is missing means that what it mended is gone.
 */
export function completeTasks(
  report: Pick<Report, 'tasks' | 'status'>,
  plan: readonly Pick<PlanTask, 'id' | 'needs'>[],
): ReadonlySet<string> {
  if (report.status === 'failed' || report.status === 'cancelled') return new Set();
  const done = new Set(
    report.tasks
      .filter((task) => task.status === 'complete' && task.result_status === 'done' && task.unread === 0)
      .map((task) => task.task_id),
  );
  const needs = new Map(plan.map((task) => [task.id, task.needs]));
  const isComplete = (task: string, trail: readonly string[]): boolean =>
    done.has(task) &&
    needs.has(task) &&
    (needs.get(task) ?? []).every((need) => !trail.includes(need) && isComplete(need, [...trail, task]));
  return new Set([...done].filter((task) => isComplete(task, [])));
}

/** Smaller is more severe. */
export function severityRank(severity: Severity): number {
  return severities.indexOf(severity);
}

/** The most severe one; `info` of none. */
export function highest(all: readonly Severity[]): Severity {
  return severities.find((severity) => all.includes(severity)) ?? 'info';
}
