import { spawnSync } from 'node:child_process';

export interface Measured {
  readonly wallMs: number;
  readonly stdout: string;
}

/** Runs Node once, from before its start to after its end. Throws where it does not end with 0 or 3. */
export function timeNode(args: readonly string[], env: Readonly<Record<string, string>> = {}): Measured {
  const startedAt = process.hrtime.bigint();
  const { status, stdout, stderr } = spawnSync(process.execPath, [...args], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '', ...env },
    maxBuffer: 1024 * 1024 * 1024,
  });
  const wallMs = Number(process.hrtime.bigint() - startedAt) / 1e6;
  if (status === 0 || status === 3) return { wallMs, stdout };
  throw new Error(`node ${args.join(' ')} ended with ${status}:\n${stderr}`);
}

/** The median wall time in ms of each of several programs, run in turns. The first turn warms the disk and is not counted. */
export function rotate<Name extends string>(
  turns: number,
  programs: Readonly<Record<Name, readonly string[]>>,
): (name: Name) => number {
  const names = Object.keys(programs) as Name[];
  const times = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let turn = 0; turn <= turns; turn += 1) {
    for (const name of names) {
      const { wallMs } = timeNode(programs[name]);
      if (turn > 0) times.get(name)?.push(wallMs);
    }
  }
  return (name) => median(times.get(name) ?? []);
}

/** The middle of a list of numbers; of an even number, the mean of both. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2;
}

/** The median of one figure of each item. */
export function medianOf<T>(items: readonly T[], pick: (item: T) => number): number {
  return median(items.map(pick));
}
