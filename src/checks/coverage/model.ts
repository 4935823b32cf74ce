/** What coverage counts; `statements` only where a report has them (Istanbul, Go). */
export const metrics = ['lines', 'branches', 'functions', 'statements'] as const;
export type Metric = (typeof metrics)[number];

/** One thing that a test can reach. A Go block weighs as many statements as it holds, all else weighs 1. */
export interface Point {
  readonly hits: number;
  readonly weight: number;
}

/**
 * Points of one file by metric. Lines are keyed by number; branches and functions by `line:ordinal`, so that two
 * formats that tell of the same code agree on the key.
 */
export type FileHits = { readonly [M in Metric]: Map<string, Point> };

/** A block of a Go profile: lines and byte columns count from 1, the end is exclusive. */
export interface Block {
  readonly from: { readonly line: number; readonly column: number };
  readonly to: { readonly line: number; readonly column: number };
  readonly hits: number;
}

/** One file as a report tells of it. */
export interface ReportedFile {
  /** Paths that the report may mean, the likeliest first, as written there. */
  readonly written: readonly string[];
  readonly hits: FileHits;
  /** Only Go: lines follow from blocks and source. */
  readonly blocks?: readonly Block[];
}

export interface Tally {
  readonly covered: number;
  readonly total: number;
}

export function emptyHits(): FileHits {
  return { lines: new Map(), branches: new Map(), functions: new Map(), statements: new Map() };
}

/** Adds a point; where it is known already, the higher count stays: reached once is reached. */
export function addPoint(points: Map<string, Point>, key: string, point: Point): void {
  const known = points.get(key);
  points.set(key, {
    hits: Math.max(known?.hits ?? 0, point.hits),
    weight: Math.max(known?.weight ?? 0, point.weight),
  });
}

/** Adds all points of `more` to `into`: a union, not a sum, since the same run may be told in two formats. */
export function mergeHits(into: FileHits, more: FileHits): void {
  for (const metric of metrics) for (const [key, point] of more[metric]) addPoint(into[metric], key, point);
}

export function tally(points: ReadonlyMap<string, Point>): Tally {
  let covered = 0;
  let total = 0;
  for (const { hits, weight } of points.values()) {
    total += weight;
    if (hits > 0) covered += weight;
  }
  return { covered, total };
}

export function addTallies(tallies: readonly Tally[]): Tally {
  return {
    covered: tallies.reduce((sum, each) => sum + each.covered, 0),
    total: tallies.reduce((sum, each) => sum + each.total, 0),
  };
}

/** Percent with two decimals, cut off rather than rounded (99.999 is not 100), as Istanbul does. */
export function percent(count: Tally): number {
  return Math.floor((count.covered * 10_000) / count.total) / 100;
}

/** Gives the n-th thing on a line the key `line:n`. */
export function ordinalKeys(): (line: number) => string {
  const next = new Map<number, number>();
  return (line) => {
    const ordinal = next.get(line) ?? 0;
    next.set(line, ordinal + 1);
    return `${line}:${ordinal}`;
  };
}

/** A count of hits as a report writes it; undefined where it is none. Negative counts (overflows) are no hits. */
export function readHits(value: unknown): number | undefined {
  const count = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof count === 'number' && Number.isFinite(count) ? Math.max(0, count) : undefined;
}

/** A line number as a report writes it; undefined where it is none. */
export function readLine(value: unknown): number | undefined {
  const line = typeof value === 'string' && /^\d{1,7}$/.test(value) ? Number(value) : value;
  return typeof line === 'number' && Number.isInteger(line) && line >= 1 && line < 10_000_000 ? line : undefined;
}
