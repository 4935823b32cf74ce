import { reserved } from '../complete.ts';
import { priceOf, priceTable } from '../prices.ts';
import type { Path, PathComplaint } from '../problem.ts';
import { showCount, showDollars } from '../quantities.ts';
import { didYouMean } from '../../shared/nearest.ts';
import type { Rule } from './rule.ts';

/** Below this a tool loop ends before it has begun; also the least that the API takes as a task budget. */
const leastModelTokens = 20_000;

interface Sum {
  readonly path: Path;
  readonly parts: string;
  readonly sum: number;
  readonly whole: string;
  readonly limit: number;
  readonly show: (amount: number) => string;
}

/** `budget-tree-sum`: at every level the children and the reserve fit into the parent, in tokens and in money. */
export const budgetTreeSum: Rule = ({ plan, masters }) => {
  const unowned = reserved(plan.tasks);
  const { budget } = plan;
  const whole = (show: (amount: number) => string, all: number, reserve: number): string =>
    `the plan's ${show(all)} less its reserve of ${show(reserve)}`;
  const top = { parts: 'The masters and the tasks without an owner', path: ['spec', 'budget'] as const };
  return [
    ...sumComplaint({
      ...top,
      path: [...top.path, 'tokens'],
      sum: unowned.tokens + total(plan.masters, (master) => master.budget.tokens),
      whole: whole(showTokens, budget.tokens, budget.reserve.tokens),
      limit: budget.tokens - budget.reserve.tokens,
      show: showTokens,
    }),
    ...sumComplaint({
      ...top,
      path: [...top.path, 'usd'],
      sum: unowned.microDollars + total(plan.masters, (master) => master.budget.microDollars),
      whole: whole(showDollars, budget.microDollars, budget.reserve.microDollars),
      limit: budget.microDollars - budget.reserve.microDollars,
      show: showDollars,
    }),
    ...masters.flatMap(({ master, path }) => [
      ...sumComplaint({
        path: [...path, 'budget', 'tokens'],
        parts: `Personal budget and pool of ${master.name}`,
        sum: master.budget.personal + master.budget.pool,
        whole: `the master's ${showTokens(master.budget.tokens)}`,
        limit: master.budget.tokens,
        show: showTokens,
      }),
      ...sumComplaint({
        path: [...path, 'budget', 'usd'],
        parts: `The tasks of ${master.name}, with retries,`,
        sum: reserved(master.tasks).microDollars,
        whole: `the master's ${showDollars(master.budget.microDollars)}`,
        limit: master.budget.microDollars,
        show: showDollars,
      }),
    ]),
  ];
};

function sumComplaint({ path, parts, sum, whole, limit, show }: Sum): readonly PathComplaint[] {
  if (sum <= limit) return [];
  return [
    {
      rule: 'budget-tree-sum',
      path,
      message: `${parts} sum to ${show(sum)}, more than ${whole}`,
      expected: `at most ${show(limit)}`,
      found: show(sum),
      remedy: `Raise the budget by ${show(sum - limit)}, or give its parts less.`,
    },
  ];
}

/** `pool-overcommit`: one attempt of every task fits into the master's pool. */
export const poolOvercommit: Rule = ({ masters }) =>
  masters.flatMap(({ master, path }) => {
    const { pool } = master.budget;
    const once = total(master.tasks, (task) => task.tokens);
    if (once <= pool) return [];
    return [
      {
        rule: 'pool-overcommit',
        path: [...path, 'budget', 'pool'],
        message: `The ${master.tasks.length} workers of ${master.name} may use ${showTokens(once)}, but its pool holds ${showTokens(pool)}`,
        expected: `a pool of at least ${showTokens(once)}`,
        found: showTokens(pool),
        remedy: 'Enlarge the pool, or give the tasks fewer tokens.',
      },
    ];
  });

/** `retry-exceeds-budget`: every attempt is reserved, so cap times (1 + retries) fits into the pool too. */
export const retryExceedsBudget: Rule = ({ masters }) =>
  masters.flatMap(({ master, path }) => {
    const { pool } = master.budget;
    const all = reserved(master.tasks).tokens;
    if (all <= pool || total(master.tasks, (task) => task.tokens) > pool) return [];
    return [
      {
        rule: 'retry-exceeds-budget',
        path: [...path, 'budget', 'pool'],
        message: `With every retry the workers of ${master.name} may use ${showTokens(all)}, but its pool holds ${showTokens(pool)}`,
        expected: `a pool of at least ${showTokens(all)}`,
        found: showTokens(pool),
        remedy: 'Enlarge the pool, or lower the retries of the tasks.',
      },
    ];
  });

/** `pool-without-workers`: a pool has somebody who can use it. */
export const poolWithoutWorkers: Rule = ({ masters }) =>
  masters
    .filter(({ master }) => master.budget.pool > 0 && master.tasks.every((task) => task.tokens === 0))
    .map(({ master, path }) => ({
      rule: 'pool-without-workers',
      path: [...path, 'budget', 'pool'],
      message: `${master.name} has a pool of ${showTokens(master.budget.pool)}, but 0 workers that use tokens`,
      expected: 'at least one task that uses tokens, or no pool',
      found: `${showTokens(master.budget.pool)} for 0 workers`,
      remedy: 'Delete the pool, or add a task whose capability needs a model.',
    }));

/** `budget-unrealistic`: a task that needs a model has enough tokens to get anywhere. */
export const budgetUnrealistic: Rule = ({ tasks }) =>
  tasks
    .filter(({ task }) => task.needsModel && task.tokens < leastModelTokens)
    .map(({ task, path }) => ({
      rule: 'budget-unrealistic',
      severity: 'warning' as const,
      path: [...path, 'tokens'],
      message: `${task.id} may use ${showTokens(task.tokens)}; a model at work seldom ends below ${showTokens(leastModelTokens)}`,
      expected: `at least ${showTokens(leastModelTokens)}`,
      found: showTokens(task.tokens),
      remedy: 'Give the task more tokens; what it does not use flows back.',
    }));

/** `threshold-conflict`: one ascending list of thresholds. */
export const thresholdConflict: Rule = ({ plan }) =>
  plan.thresholds.flatMap((threshold, index) => {
    const before = plan.thresholds[index - 1];
    if (before === undefined || before < threshold) return [];
    return [
      {
        rule: 'threshold-conflict',
        path: ['spec', 'thresholds', index],
        message: `The threshold ${threshold} % comes after ${before} %`,
        expected: `more than ${before}`,
        found: String(threshold),
        remedy: 'State one list, each threshold once, in ascending order.',
      },
    ];
  });

/** `price-unknown`: the price of every model is known, or a limit in money could not be kept. */
export const priceUnknown: Rule = ({ plan, written }) => {
  const named: { model: string; path: Path }[] = [{ model: plan.model.default, path: ['spec', 'model', 'default'] }];
  for (const [kind, worker] of Object.entries(written.spec.workers)) {
    if (worker?.model !== undefined) named.push({ model: worker.model, path: ['spec', 'workers', kind, 'model'] });
  }
  const known = Object.keys(priceTable.models);
  return named
    .filter(({ model }) => priceOf(model) === undefined)
    .map(({ model, path }) => ({
      rule: 'price-unknown',
      path,
      message: `The price of the model "${model}" is not known.${didYouMean(model, known)}`,
      expected: `one of ${known.join(', ')}`,
      found: model,
      remedy: `Choose a model of the price table of ${priceTable.date}.`,
    }));
};

function total<T>(items: readonly T[], amountOf: (item: T) => number): number {
  return items.reduce((sum, item) => sum + amountOf(item), 0);
}

function showTokens(count: number): string {
  return `${showCount(count)} tokens`;
}
