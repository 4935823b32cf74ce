import type { Preview } from './preview.ts';
import { previewTables, type PreviewTable } from './preview-tables.ts';

/** A preview for a pull request. Text of the plan is shown, never obeyed: no markup, mention or link comes out of a cell. */
export function previewMarkdown(preview: Preview): string {
  const grows = (preview.diff ?? []).filter((effect) => effect.reach === 'grows').length;
  const note =
    grows === 0
      ? []
      : [
          `> [!IMPORTANT]\n> In ${grows} ${grows === 1 ? 'respect' : 'respects'} this plan may reach, spend or touch more than before.`,
        ];
  const head = [`## Plan \`${preview.plan.name}\``, `Digest \`${preview.digest}\``];
  return `${[...head, ...note, ...previewTables(preview).map(markdownTable)].join('\n\n')}\n`;
}

function markdownTable({ title, head, rows }: PreviewTable): string {
  if (rows.length === 0) return `### ${title}\n\nNone.`;
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [`### ${title}\n`, line(head), line(head.map(() => '---')), ...rows.map((row) => line(row.map(cellOf)))].join(
    '\n',
  );
}

/**
 * Cells as code, with entities for all but plain characters: GitHub looks for mentions, references and links in rendered
 * text too, but not inside code.
 */
function cellOf(text: string): string {
  if (text === '') return '';
  const safe = text.replace(/\s+/g, ' ').replace(/[^A-Za-z0-9 ,$%()/=+-]/gu, (char) => `&#${char.codePointAt(0)};`);
  return `<code>${safe}</code>`;
}
