import type { Report } from '../protocol/report.ts';

/** Middle and upper figure of what earlier executions took. */
export interface Spread {
  readonly median: number;
  /** Nine of ten took no more (nearest rank). */
  readonly p90: number;
}

/** What executions of a plan took, as their results say. Time in minutes, money in dollars. */
export interface History {
  readonly basis: 'history';
  /** Executions that count, and the time of the newest. */
  readonly runs: number;
  readonly newest: string;
  readonly tokens: Spread;
  readonly usd: Spread;
  readonly minutes: Spread;
  readonly peakWorkers: Spread;
}

/** Fewer say nothing about the next one; more than the last twenty say little about today's plan. */
const fewest = 3;
const most = 20;

/** The history of a plan, from results in any order; undefined where too few real runs have come to an end. */
export function historyOf(plan: string, reports: readonly Report[]): History | undefined {
  const runs = reports
    .filter((report) => report.plan.name === plan && !report.simulated && report.status === 'complete')
    .sort((a, b) => Date.parse(b.completed_at) - Date.parse(a.completed_at))
    .slice(0, most);
  const [newest] = runs;
  if (newest === undefined || runs.length < fewest) return undefined;
  const spread = (of: (report: Report) => number): Spread => spreadOf(runs.map(of));
  return {
    basis: 'history',
    runs: runs.length,
    newest: newest.completed_at,
    tokens: spread((report) => report.totals.tokens_used),
    usd: spread((report) => report.totals.usd_used),
    minutes: spread((report) => report.duration_minutes),
    peakWorkers: spread(peakOf),
  };
}

function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { median: rank(0.5), p90: rank(0.9) };
}

/** The most workers that were at work at one moment; who ends when another begins makes room for it. */
function peakOf({ workers }: Report): number {
  const steps = workers.flatMap(({ started_at: start, completed_at: end }) => [
    { at: Date.parse(start), by: 1 },
    ...(end === null ? [] : [{ at: Date.parse(end), by: -1 }]),
  ]);
  steps.sort((a, b) => a.at - b.at || a.by - b.by);
  let [now, peak] = [0, 0];
  for (const { by } of steps) peak = Math.max(peak, (now += by));
  return peak;
}
