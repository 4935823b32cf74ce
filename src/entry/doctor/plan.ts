import { broken, failed, met, named, noted, unasked, type CheckLine } from '../../cluster/kubernetes/doctor/check.ts';
import { parsePlan, type ParsedPlan } from '../../plan/parse.ts';
import { allTasks, type Plan } from '../../plan/plan.ts';
import { priceOf, priceTable } from '../../plan/prices.ts';
import type { PlanProblem } from '../../plan/problem.ts';
import { showCount, showDollars } from '../../plan/quantities.ts';
import { bug } from '../../shared/errors.ts';
import type { Environment } from '../environment.ts';
import { loadPlan } from '../run/load-plan.ts';

/** The plan that the rest is asked for, and whether it is the user's own. */
export interface AskedPlan {
  readonly plan: Plan;
  readonly isNamed: boolean;
  readonly line: CheckLine;
}

const needed = 'a plan that may run';

/** The named plan; where there is none, or it may not run, what holds where a plan says nothing. */
export async function readPlan(file: string | undefined): Promise<AskedPlan> {
  if (file === undefined) {
    const seen = 'none was named: the rest is asked for the defaults of a plan (--plan <file>)';
    return { plan: defaultPlan(), isNamed: false, line: unasked('plan', seen, needed) };
  }
  try {
    const { outcome } = await loadPlan(file);
    if ('problems' in outcome) return instead(refusedCheck(file, outcome.problems));
    return { plan: outcome.plan, isNamed: true, line: validCheck(file, outcome) };
  } catch (error) {
    return instead(broken('plan', needed, error));
  }
}

function instead(line: CheckLine): AskedPlan {
  return { plan: defaultPlan(), isNamed: false, line };
}

function refusedCheck(file: string, problems: readonly PlanProblem[]): CheckLine {
  const errors = problems.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  const where = first ? `${first.line}:${first.column} ${first.message}` : '';
  const count = errors.length === 1 ? '1 error' : `${errors.length} errors, the first at`;
  const seen = `${file}: ${count} ${where}. What follows is asked for the defaults of a plan`;
  return failed('plan', { seen, needed, remedy: `See all of it: cortex validate ${file}` });
}

function validCheck(file: string, { plan, digest, warnings }: ParsedPlan): CheckLine {
  const tasks = allTasks(plan).length;
  const seen = `${plan.name} (${digest.slice(0, 12)}): ${plan.masters.length} masters, ${tasks} tasks`;
  if (warnings.length === 0) return met('plan', seen, needed);
  const remedy = `See what is odd: cortex validate ${file}`;
  return noted('plan', { seen: `${seen}, ${warnings.length} warnings`, needed, remedy });
}

/** What a run may spend: nothing of it is spent before the run. */
export function budgetCheck({ plan, isNamed }: AskedPlan): CheckLine {
  const sum = 'budgets that add up';
  if (!isNamed) return unasked('budget', 'no plan says what may be spent', sum);
  const { tokens, microDollars, reserve } = plan.budget;
  const show = (spend: { readonly tokens: number; readonly microDollars: number }): string =>
    `${showCount(spend.tokens)} tokens and ${showDollars(spend.microDollars)}`;
  return met('budget', `${show({ tokens, microDollars })} free, ${show(reserve)} of it reserve`, sum);
}

/** Models, prices, and whether there is a key. None is called: without one, tasks that need a model are skipped. */
export function modelCheck({ plan, isNamed }: AskedPlan, { hasModelKey }: Pick<Environment, 'hasModelKey'>): CheckLine {
  const tasks = allTasks(plan).filter(({ needsModel }) => needsModel);
  const models = [...new Set([plan.model.default, ...tasks.map(({ model }) => model)])];
  const priceless = models.filter((model) => priceOf(model) === undefined);
  const price = 'a price for each model';
  if (priceless.length > 0) {
    const seen = `no price is known for ${named(priceless)} (list of ${priceTable.date})`;
    return failed('model', {
      seen,
      needed: price,
      remedy: `Choose one of ${Object.keys(priceTable.models).join(', ')}.`,
    });
  }
  const keyed = hasModelKey ? 'ANTHROPIC_API_KEY is set' : 'ANTHROPIC_API_KEY is not set';
  const skipped = isNamed ? `; ${tasks.length} tasks need a model` : '';
  const seen = `${models.map(describePrice).join('; ')}; ${keyed}, and runs of this version call no model${skipped}`;
  return unasked('model', seen, price);
}

function describePrice(model: string): string {
  const price = priceOf(model);
  return `${model}: ${showDollars(price?.input ?? 0)} in and ${showDollars(price?.output ?? 0)} out per million tokens`;
}

/** One small task: what a plan's cluster section and a worker are where nothing else is said. */
const defaults = `apiVersion: cortex/v1
kind: Plan
metadata: { name: defaults }
spec:
  deadline: 60m
  masters:
    - name: security-master
      tasks: [{ id: scan, worker: scan-worker, capability: secrets }]
`;

function defaultPlan(): Plan {
  const outcome = parsePlan(defaults, 'defaults');
  if ('problems' in outcome) throw bug('default-plan', outcome.problems.map(({ message }) => message).join('; '));
  return outcome.plan;
}
