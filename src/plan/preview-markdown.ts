import type { Preview } from './preview.ts';
import { previewTables, type PreviewTable } from './preview-tables.ts';

/** A preview for a pull request. Text of the plan is shown, never obeyed: no markup, mention or link comes out of a cell. */
export function previewMarkdown(preview: Preview): string {
  return `${[headOf(preview), ...previewTables(preview).map((table) => tableMarkdown(table))].join('\n\n')}\n`;
}

/** Name, digest, and in how many respects a change reaches further. */
export function headOf(preview: Preview): string {
  const grows = (preview.diff ?? []).filter((effect) => effect.reach === 'grows').length;
  const note =
    grows === 0
      ? []
      : [
          `> [!IMPORTANT]\n> In ${grows} ${grows === 1 ? 'respect' : 'respects'} this plan may reach, spend or touch more than before.`,
        ];
  const head = [`## Plan \`${preview.plan.name}\``, `Digest \`${preview.digest}\``];
  return [...head, ...note].join('\n\n');
}

/** A table under its title; `most` rows of it, and then how many more there are. */
export function tableMarkdown({ title, head, rows: all }: PreviewTable, most = Infinity): string {
  const rows = all.slice(0, most);
  const more = all.length > rows.length ? [`\nand ${all.length - rows.length} more rows`] : [];
  if (all.length === 0) return `### ${title}\n\nNone.`;
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    `### ${title}\n`,
    line(head),
    line(head.map(() => '---')),
    ...rows.map((row) => line(row.map(asCode))),
    ...more,
  ].join('\n');
}

/**
 * Cells as code, with entities for all but plain characters: GitHub looks for mentions, references and links in rendered
 * text too, but not inside code.
 */
export function asCode(text: string): string {
  if (text === '') return '';
  const safe = text.replace(/\s+/g, ' ').replace(/[^A-Za-z0-9 ,$%()/=+-]/gu, (char) => `&#${char.codePointAt(0)};`);
  return `<code>${safe}</code>`;
}
