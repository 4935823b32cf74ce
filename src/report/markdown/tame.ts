import { defuse, invisibleBreak } from './escape.ts';

interface Fence {
  readonly mark: string;
  readonly length: number;
}

/**
 * Several lines of Markdown by somebody else: their structure stays, but no HTML, link, image or mention, and nothing
 * that would swallow what follows. A fenced block counts only where its fence starts a line, so that it is surely
 * known where code begins and ends; any other fence is taken apart, and one that is left open gets closed.
 */
export function tamed(markdown: string, maxLength = 10_000): string {
  const lines = markdown.slice(0, maxLength).split(/\r\n|[\n\r\u0085\u2028\u2029]/);
  const safe: string[] = [];
  let open: Fence | undefined;
  for (const line of lines.map(visibleText)) {
    if (open !== undefined) {
      safe.push(line);
      if (closes(line, open)) open = undefined;
    } else {
      open = fenceOf(line);
      safe.push(open ? line : tamedLine(line));
    }
  }
  if (open !== undefined) safe.push(open.mark.repeat(open.length));
  return (markdown.length > maxLength ? [...safe, '', '…'] : safe).join('\n').trim();
}

function visibleText(line: string): string {
  return line.replace(/[\p{Cf}\p{Cs}]/gu, '').replace(/[^\P{Cc}\t]/gu, ' ');
}

/** The fence that a line opens in its first column. */
function fenceOf(line: string): Fence | undefined {
  const [, run, info = ''] = /^(`{3,}|~{3,})(.*)$/.exec(line) ?? [];
  const mark = run?.[0];
  if (run === undefined || mark === undefined || (mark === '`' && info.includes('`'))) return undefined;
  return { mark, length: run.length };
}

/** A closing fence may be indented, may be longer, and has nothing beside it. */
function closes(line: string, open: Fence): boolean {
  const run = /^ {0,3}(`+|~+)[ \t]*$/.exec(line)?.[1] ?? '';
  return run.startsWith(open.mark) && run.length >= open.length;
}

function tamedLine(line: string): string {
  return defuse(line)
    .replace(/<(?=[A-Za-z/!?])/g, `<${invisibleBreak}`)
    .replace(/\](?=[(:])/g, `]${invisibleBreak}`)
    .replace(/(?<=``)`|(?<=~~)~/g, `${invisibleBreak}$&`);
}
