import type { Preview } from './preview.ts';
import { previewTables, type PreviewTable } from './preview-tables.ts';

/** A preview for a terminal: tables in columns. */
export function previewText(preview: Preview): string {
  const head = `Plan ${preview.plan.name}\ndigest ${preview.digest}`;
  return `${[head, ...previewTables(preview).map(textTable)].join('\n\n')}\n`;
}

function textTable({ title, head, rows }: PreviewTable): string {
  if (rows.length === 0) return `${title}: none`;
  const lines = [head, ...rows].map((row) => row.map(oneLine));
  const widths = head.map((_, column) => Math.max(...lines.map((row) => row[column]?.length ?? 0)));
  const padded = lines.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  );
  return [title, ...padded].join('\n');
}

function oneLine(cell: string): string {
  return cell.replace(/\s+/g, ' ');
}
