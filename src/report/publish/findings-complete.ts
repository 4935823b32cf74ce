import type { PlanTask } from '../../plan/plan.ts';
import { traitsOf } from '../../protocol/capability-traits.ts';
import type { Report } from '../../protocol/report.ts';
import { completeTasks } from './fix/candidates.ts';

/** Tasks that a reason names. */
const maxNamed = 5;

type Ran = Pick<Report, 'tasks' | 'status'>;

/**
 * Why the findings of an execution are not all that its plan would have found, or undefined where they are: it ended
 * complete, and every task of the whole plan that reports findings was done in full, or skipped for want of a model: that is
 * how the plan runs there. Files that a task could not read are looked at apart: see `lostAlert`.
 */
export function whyIncomplete(
  report: Ran,
  plan: readonly Pick<PlanTask, 'id' | 'needs' | 'worker' | 'capability'>[],
): string | undefined {
  if (report.status !== 'complete') return `the execution is ${report.status}`;
  const complete = completeTasks({ ...report, tasks: report.tasks.map(butForFiles) }, plan);
  const skipped = new Set(report.tasks.filter((task) => task.status === 'skipped').map((task) => task.task_id));
  const missing = plan.filter((task) => reportsFindings(task) && !complete.has(task.id) && !skipped.has(task.id));
  if (missing.length === 0) return undefined;
  const named = missing.slice(0, maxNamed).map(({ id }) => id);
  const more = missing.length > named.length ? ` and ${missing.length - named.length} more` : '';
  return `not done in full: ${named.join(', ')}${more}`;
}

/** What proposes changes, or checks those of others, has no findings of its own. */
function reportsFindings({ worker, capability }: Pick<PlanTask, 'worker' | 'capability'>): boolean {
  return worker !== 'review-worker' && traitsOf(worker, capability)?.proposesChanges !== true;
}

/** A task that only lacks files: it looked at all the others. */
function butForFiles(task: Report['tasks'][number]): Report['tasks'][number] {
  return task.unread > 0 && task.result_status === 'partial' ? { ...task, result_status: 'done', unread: 0 } : task;
}

/** The path of an alert that would be taken for fixed because its file was left out or could not be read. */
export function lostAlert(
  alerts: readonly { readonly rule: string; readonly path: string }[],
  { left_out, unread, findings }: Pick<Report, 'left_out' | 'unread' | 'findings'>,
): string | undefined {
  const unseen = [...left_out, ...unread].map((each) => each.path);
  const found = new Set(findings.map(({ ruleId, location }) => `${ruleId} ${location?.path ?? ''}`));
  return alerts.find(
    ({ rule, path }) =>
      !found.has(`${rule} ${path}`) && unseen.some((each) => path === each || path.startsWith(`${each}/`)),
  )?.path;
}
