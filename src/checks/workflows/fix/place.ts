import { isMap, type Node } from '../../../shared/yaml.ts';
import type { Job, Workflow } from '../workflow.ts';
import type { Entry } from '../yaml-view.ts';
import { lineStart, nextLine } from './insertion.ts';

/** Where keys can be added as lines of their own, or why they can't. */
export type Place =
  | { readonly at: number; readonly indent: string; readonly nested: string; readonly spaced: boolean }
  | { readonly reason: string };

/** Behind the job's `runs-on`, else at the top of its body. */
export function placeInJob(workflow: Workflow, job: Job): Place {
  const reason = unsafeOuter(workflow) ?? unsafeMap(job.written, 'the job');
  if (reason !== undefined) return { reason };
  const runsOn = job.entries.get('runs-on');
  const first = runsOn ?? [...job.entries.values()][0];
  const indent = first && indentOf(workflow.text, first.at);
  const at = (runsOn && behindOneLine(workflow.text, runsOn)) ?? bodyTop(workflow.text, job.at);
  if (indent === undefined || indent === '' || at === undefined)
    return { reason: 'the job does not have its keys on lines of their own' };
  return { at, indent, nested: indent + nestingOf(workflow), spaced: false };
}

/** Above `jobs:` and the comments that belong to it. */
export function placeAtTop(workflow: Workflow): Place {
  const { text } = workflow;
  const jobs = workflow.entries.get('jobs');
  const reason = unsafeMap(workflow.root, 'the workflow');
  const indent = jobs && indentOf(text, jobs.at);
  if (reason !== undefined) return { reason };
  if (jobs === undefined || indent === undefined) return { reason: '`jobs` does not start a line' };
  const at = aboveComments(text, lineStart(text, jobs.at));
  const spaced = at > 0 && text.slice(lineStart(text, at - 1), at).trim() === '';
  return { at, indent, nested: indent + nestingOf(workflow), spaced };
}

function unsafeOuter(workflow: Workflow): string | undefined {
  return unsafeMap(workflow.root, 'the workflow') ?? unsafeMap(workflow.entries.get('jobs')?.written, '`jobs`');
}

function unsafeMap(node: Node | undefined, what: string): string | undefined {
  if (!isMap(node)) return `${what} repeats another part of the file by an alias`;
  if (node.anchor !== undefined) return `${what} has an anchor, so that an edit could change other parts too`;
  return node.flow ? `${what} is written in flow style` : undefined;
}

/** Spaces before a key; undefined where something else stands before it. */
function indentOf(text: string, keyAt: number): string | undefined {
  const before = text.slice(lineStart(text, keyAt), keyAt);
  return /^ *$/.test(before) ? before : undefined;
}

/** How far the file indents a job below `jobs`. */
function nestingOf(workflow: Workflow): string {
  const outer = workflow.entries.get('jobs')?.at ?? 0;
  const inner = workflow.jobs[0]?.at ?? 0;
  return (indentOf(workflow.text, inner) ?? '').slice((indentOf(workflow.text, outer) ?? '').length) || '  ';
}

function behindOneLine(text: string, entry: Entry): number | undefined {
  const end = entry.written?.range?.[1];
  if (end === undefined || end <= entry.at || text.slice(entry.at, end).includes('\n')) return undefined;
  return isBlank(text.slice(end, nextLine(text, end))) ? nextLine(text, end) : undefined;
}

/** Behind the line of a job's key, where nothing but a comment follows the colon. */
function bodyTop(text: string, keyAt: number): number | undefined {
  const next = nextLine(text, keyAt);
  const afterKey = /^(?:[\w-]+|"[\w-]+"|'[\w-]+')[ ]*:/.exec(text.slice(keyAt, next))?.[0];
  return afterKey !== undefined && isBlank(text.slice(keyAt + afterKey.length, next)) ? next : undefined;
}

function isBlank(rest: string): boolean {
  return /^(?:\s*|\s+#[^\n]*\n?)$/.test(rest);
}

/** Comments right above a key belong to it, unless they open the file. */
function aboveComments(text: string, start: number): number {
  let at = start;
  while (
    at > 0 &&
    text
      .slice(lineStart(text, at - 1), at)
      .trimStart()
      .startsWith('#')
  )
    at = lineStart(text, at - 1);
  return at === 0 ? start : at;
}
