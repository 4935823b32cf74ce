import type { History } from '../../../protocol/workspace.ts';
import { problem } from '../../../shared/errors.ts';

export interface Churn {
  readonly commits: number;
  /** Lines added plus lines deleted. */
  readonly changedLines: number;
  readonly authors: number;
  /** The fewest authors who made more than half of the commits: 1 says that one person knows the file. */
  readonly busFactor: number;
}

export interface Period {
  /** ISO 8601, inclusive on both sides. */
  readonly from: string;
  readonly to: string;
}

export interface ChurnTable {
  readonly byPath: ReadonlyMap<string, Churn>;
  /** Commits inside the period, whatever they touched. */
  readonly commits: number;
  /** Commits without a date that can be read; they are in no period. */
  readonly undated: number;
}

const dayMs = 24 * 60 * 60 * 1000;

/** The last `months` x 30 days before a commit's date. Throws a `commit-date-unreadable` problem. */
export function periodBefore(committedAt: string, months: number): Period {
  const to = Date.parse(committedAt);
  if (Number.isNaN(to)) {
    throw problem('commit-date-unreadable', `The commit's date, "${committedAt}", is none`, {
      hint: 'Make the snapshot again from a commit with a valid committer date.',
    });
  }
  return { from: new Date(to - months * 30 * dayMs).toISOString(), to: new Date(to).toISOString() };
}

/** How often each path was touched inside a period. A rename begins a new path, since history is told by path. */
export function churnOf(history: History, period: Period): ChurnTable {
  const [from, to] = [Date.parse(period.from), Date.parse(period.to)];
  const dated = history.commits.filter(({ at }) => !Number.isNaN(Date.parse(at)));
  const inside = dated.filter(({ at }) => Date.parse(at) >= from && Date.parse(at) <= to);
  const touches = new Map<string, { author: string; lines: number }[]>();
  for (const { author, files } of inside) {
    for (const { path, added, deleted } of files) {
      const known = touches.get(path) ?? [];
      touches.set(path, known);
      known.push({ author, lines: added + deleted });
    }
  }
  return {
    byPath: new Map([...touches].map(([path, each]) => [path, summarise(each)])),
    commits: inside.length,
    undated: history.commits.length - dated.length,
  };
}

function summarise(touches: readonly { readonly author: string; readonly lines: number }[]): Churn {
  const byAuthor = new Map<string, number>();
  for (const { author } of touches) byAuthor.set(author, (byAuthor.get(author) ?? 0) + 1);
  return {
    commits: touches.length,
    changedLines: touches.reduce((sum, { lines }) => sum + lines, 0),
    authors: byAuthor.size,
    busFactor: fewestForHalf([...byAuthor.values()], touches.length / 2),
  };
}

function fewestForHalf(counts: readonly number[], half: number): number {
  let sum = 0;
  const sorted = counts.toSorted((a, b) => b - a);
  return 1 + sorted.findIndex((count) => (sum += count) > half);
}
