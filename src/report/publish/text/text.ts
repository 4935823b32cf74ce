import type { Report } from '../../../protocol/report.ts';
import { fileLink } from './foreign.ts';

/** Where texts of pull requests and of the dashboard point to. */
export interface TextContext {
  readonly report: Report;
  /** `https://…/owner/name` of the repository that has the results. */
  readonly resultsUrl: string;
  readonly resultsBranch: string;
  readonly runUrl: string | null;
  readonly mask: (text: string) => string;
}

/** Link to a file of the execution on the results branch; `path` is below `coordination/`, `text` Markdown already. */
export function resultsLink(text: string, path: string, { resultsUrl, resultsBranch }: TextContext): string {
  return fileLink(text, { repository: resultsUrl, branch: resultsBranch, path: `coordination/${path}` });
}

/** `the run`, with its address where there is one that an address bar would take. */
export function runLink(text: string, runUrl: string | null): string {
  return runUrl !== null && /^https?:\/\/[^\s()<>"'\\]+$/.test(runUrl) ? `[${text}](${runUrl})` : text;
}

/** The text as far as whole lines of it fit, with a line that says where the rest is. */
export function cutToLines(text: string, room: number, note: string): string {
  if (text.length <= room) return text;
  const kept = text.slice(0, Math.max(0, room - note.length - 2));
  return `${kept.slice(0, Math.max(0, kept.lastIndexOf('\n')))}\n\n${note}`.trim();
}
