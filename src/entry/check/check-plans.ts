import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isRefused, type CheckedPlan } from '../../plan/check.ts';
import { historyOf } from '../../plan/history.ts';
import { planDigest } from '../../plan/digest.ts';
import type { ParsedPlan } from '../../plan/parse.ts';
import type { Plan } from '../../plan/plan.ts';
import type { PlanProblem } from '../../plan/problem.ts';
import { cliExit } from '../../protocol/words.ts';
import type { Report } from '../../protocol/report.ts';
import { CortexError } from '../../shared/errors.ts';
import { loadPlan } from '../run/load-plan.ts';
import { previewOf } from '../run/preview-of.ts';

export interface CheckOrder {
  readonly files: readonly string[];
  /** Revision to compare with; undefined = none, and everything counts as new. */
  readonly base: string | undefined;
  /** Results of earlier executions, of any plan, that are kept on a results branch. */
  readonly readHistory: (branch: string) => Promise<readonly Report[]>;
  /** PATH, for git. */
  readonly path: string;
}

/** What is wrong with the plans, and what they would do. */
export interface PlanCheck {
  readonly exitCode: number;
  readonly plans: readonly CheckedPlan[];
  /** Errors, and warnings of valid plans too. */
  readonly problems: readonly PlanProblem[];
  /** Texts of the files that problems speak of. */
  readonly sources: Readonly<Record<string, string>>;
}

/** Proves all plans, and compares each with the base. Exit code 2 when any may not run. */
export async function checkPlans(order: CheckOrder): Promise<PlanCheck> {
  const gone = await goneSince(order);
  const files = order.files.filter((file) => !isGone(file, gone));
  const judged = await Promise.all(files.map(async (file) => ({ file, ...(await loadPlan(file)) })));
  const checked: CheckedPlan[] = [];
  for (const { file, outcome } of judged) {
    checked.push(
      'problems' in outcome
        ? { file, state: 'invalid', problems: outcome.problems }
        : await compare(file, outcome, order),
    );
  }
  const plans = [...checked, ...gone.map((file): CheckedPlan => ({ file, state: 'removed' }))];
  return {
    exitCode: isRefused(plans) ? cliExit.problem : cliExit.success,
    plans,
    problems: judged.flatMap(({ outcome }) => ('problems' in outcome ? outcome.problems : outcome.warnings)),
    sources: Object.fromEntries(judged.map(({ file, text }) => [file, text])),
  };
}

/** Only a comparison needs git. */
async function goneSince({ files, base, path }: CheckOrder): Promise<readonly string[]> {
  if (base === undefined) return [];
  const { plansGoneSince } = await import('../run/plan-at.ts');
  return plansGoneSince(files, base, path);
}

/** Whether a name stands for what is gone: by itself, or as a pattern that nothing in its folder fits any more. */
function isGone(file: string, gone: readonly string[]): boolean {
  if (existsSync(file)) return false;
  const isPattern = file.includes('*');
  return gone.some((each) =>
    isPattern ? dirname(resolve(each)) === dirname(resolve(file)) : resolve(each) === resolve(file),
  );
}

async function compare(file: string, { plan, digest }: ParsedPlan, order: CheckOrder): Promise<CheckedPlan> {
  const { before, note } = await planBefore(file, order);
  const history = historyOf(plan.name, await order.readHistory(plan.publish.branch));
  const preview = previewOf({ plan, digest, before, history });
  const state = before === undefined ? 'added' : planDigest(before) === digest ? 'unchanged' : 'changed';
  return { file, state, preview, ...(note === undefined ? {} : { note }) };
}

/** A plan that was not valid before is shown as new: a pull request that mends it must not fail for that. */
async function planBefore(
  file: string,
  { base, path }: CheckOrder,
): Promise<{ readonly before?: Plan | undefined; readonly note?: string }> {
  if (base === undefined) return {};
  try {
    const { planAt } = await import('../run/plan-at.ts');
    return { before: await planAt(file, base, path) };
  } catch (error) {
    if (!(error instanceof CortexError) || error.code !== 'base-plan-invalid') throw error;
    return { note: 'It was not valid before, so there is nothing to compare with.' };
  }
}
