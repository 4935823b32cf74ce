import type { Module } from './modules.ts';

export interface FunctionSize {
  readonly path: string;
  readonly name: string;
  readonly lines: number;
}

/** Lines of a file; the newline at its end begins none. */
export function fileLines(text: string): number {
  return text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
}

const opening = /^(?:export )?(?:async )?(?:function\*? (\w+)|const (\w+)\b.*=>.*\{$)/;

/** Functions at the top level of a module. A line that begins with `}` ends one, unless it goes on with its body. */
export function functionSizes({ path, text }: Module): readonly FunctionSize[] {
  const lines = text.split('\n');
  return lines.flatMap((line, index) => {
    const match = opening.exec(line);
    const name = match?.[1] ?? match?.[2];
    if (name === undefined) return [];
    if (line.endsWith('}')) return [{ path, name, lines: 1 }];
    const length = lines.slice(index).findIndex((each) => each.startsWith('}') && !each.endsWith('{'));
    return length < 0 ? [] : [{ path, name, lines: length + 1 }];
  });
}

/** The value below which the given share of all values lies (nearest rank); 0 for none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

/** `median 62, p90 133, largest 247` of a list of numbers. */
export function spread(values: readonly number[]): string {
  return `median ${quantile(values, 0.5)}, p90 ${quantile(values, 0.9)}, largest ${Math.max(0, ...values)}`;
}
