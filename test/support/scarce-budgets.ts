import { expect } from 'vitest';
import { bookEvent, emptyLedger } from '../../src/coordination/ledger.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { planOf, scan, type LooseTask } from './master-plans.ts';
import { runMasters, type RunOptions, type WorkedRun } from './scripted-worker.ts';

const plenty = 1_000_000_000;

/** A plan whose masters have so many tokens each, and money enough; the coordinator and the reserve as said. */
export function scarce(
  masters: Readonly<Record<string, { readonly tokens: number; readonly tasks: readonly LooseTask[] }>>,
  options: { readonly reserve?: number; readonly coordinator?: false } = {},
): Plan {
  const all = options.coordinator === false ? masters : { 'coordinator-master': { tokens: 0, tasks: [] }, ...masters };
  const plan = planOf(Object.fromEntries(Object.entries(all).map(([name, { tasks }]) => [name, tasks])));
  const tokens = Object.values(all).reduce((sum, each) => sum + each.tokens, 0);
  const reserve = { tokens: options.reserve ?? 0, microDollars: plenty };
  return {
    ...plan,
    budget: { tokens: tokens + reserve.tokens, microDollars: 9 * plenty, reserve },
    masters: plan.masters.map((master) => ({
      ...master,
      budget: { ...master.budget, tokens: all[master.name]?.tokens ?? 0, microDollars: plenty },
    })),
  };
}

/** A task whose worker may spend 100 tokens. */
export const dear = (overrides: LooseTask = {}): LooseTask => scan('dear', { tokens: 100, ...overrides });

/** Runs the plan; whatever happened, the books are in order at the end. */
export async function runScarce(plan: Plan, options: RunOptions): Promise<WorkedRun> {
  const done = await runMasters(plan, options);
  expectBooksInOrder(done);
  return done;
}

/** Who got how many tokens of whom, request by request. */
export const movesOf = (done: WorkedRun): readonly string[] =>
  done.dataOf('budget.moved').map(({ key, from, to, tokens }) => `${key}: ${tokens} from ${from} to ${to}`);

export const statusOf = (done: WorkedRun, task: string): string | undefined => done.state.tasks.get(task)?.status;

/** No account spends or sets aside more than it may, the masters' shares are the execution's, and nothing moved twice. */
function expectBooksInOrder(done: WorkedRun): void {
  const books = emptyLedger();
  for (const event of done.events) bookEvent(books, event);
  const shares = [...books.masters.values()];
  for (const account of [books.execution, books.reserve, ...shares]) {
    expect(account.reserved.tokens).toBe(0);
    expect(account.used.tokens).toBeLessThanOrEqual(account.limit.tokens);
    expect(account.limit.tokens).toBeGreaterThanOrEqual(0);
  }
  expect(shares.reduce((sum, each) => sum + each.limit.tokens, 0)).toBe(books.execution.limit.tokens);
  const keys = done.dataOf('budget.moved').map(({ key }) => key);
  expect(new Set(keys).size).toBe(keys.length);
}
