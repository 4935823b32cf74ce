/** A figure as it is printed; `ratio` and `goal` where there is something to hold it against. */
export interface Row {
  readonly what: string;
  readonly measured: string;
  readonly ratio?: number;
  readonly goal?: string;
}

/** Rows in columns, with a headline. */
export function table(rows: readonly Row[]): string {
  const cells = [
    ['', 'median', 'ratio', 'goal'],
    ...rows.map((row) => [row.what, row.measured, row.ratio?.toFixed(2) ?? '', row.goal ?? '']),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 || column === 3 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Milliseconds as text: `48 ms`, `1.63 s`. */
export function seconds(ms: number): string {
  return ms < 1000 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(2)} s`;
}
