import type { Report } from '../../protocol/report.ts';
import { link } from './escape.ts';
import { formatNumber } from './format.ts';

/** One part of the report; undefined where there is nothing to say. */
export type Section = (report: Report) => string | undefined;

/** A column's title; those of numbers are set to the right. */
export type Column = string | { readonly number: string };

interface Cap {
  readonly report: Report;
  /** Items shown at most. */
  readonly items: number;
  /** Bytes of these items at most, whatever they hold: keeps the whole report within what GitHub renders. */
  readonly bytes?: number;
}

const usualListBytes = 11_000;

/** For the few lists that a large run fills with good reason. */
export const longListBytes = 30_000;

/** A part with its title, or undefined where it has no block. */
export function section(title: string, blocks: readonly (string | undefined)[]): string | undefined {
  const present = blocks.filter((block) => block !== undefined && block !== '');
  return present.length === 0 ? undefined : [`## ${title}`, ...present].join('\n\n');
}

/** A table of cells that are Markdown already; undefined without rows. Rows above the cap are counted, not shown. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[], cap: Cap): string | undefined {
  if (rows.length === 0) return undefined;
  const titles = columns.map((column) => (typeof column === 'string' ? column : column.number));
  const marks = columns.map((column) => (typeof column === 'string' ? '---' : '---:'));
  const { kept, rest } = withinCap(rows.map(tableRow), cap);
  return [[tableRow(titles), tableRow(marks), ...kept].join('\n'), ...rest].join('\n\n');
}

/** A list of Markdown items; undefined without items. Items above the cap are counted, not shown. */
export function bullets(items: readonly string[], cap: Cap): string | undefined {
  if (items.length === 0) return undefined;
  const { kept, rest } = withinCap(
    items.map((item) => `- ${item}`),
    cap,
  );
  return [kept.join('\n'), ...rest].join('\n\n');
}

/** A fenced block; the body must hold no fence of its own. */
export function fenced(language: string, body: string): string {
  return `\`\`\`${language}\n${body}\n\`\`\``;
}

/** Where the whole of a capped list is. */
export function resultsLink(report: Report): string {
  return link('results.json', `${report.execution_id}-results.json`);
}

function tableRow(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function withinCap(lines: readonly string[], cap: Cap): { kept: readonly string[]; rest: readonly string[] } {
  const kept: string[] = [];
  let room = cap.bytes ?? usualListBytes;
  for (const line of lines.slice(0, cap.items)) {
    room -= Buffer.byteLength(line);
    if (room < 0) break;
    kept.push(line);
  }
  const left = lines.length - kept.length;
  return { kept, rest: left === 0 ? [] : [`and ${formatNumber(left)} more, in ${resultsLink(cap.report)}`] };
}
