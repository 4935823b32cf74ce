import type { Finding } from '../protocol/finding.ts';
import { matchesSilenceGlob } from './silence-glob.ts';
import { readText, type Workspace } from './workspace.ts';

/** Why a finding is silenced, and the place where a person said so: `.cortexignore:3` or `<path>:<line>`. */
export interface Silence {
  readonly reason: string;
  readonly by: string;
}

export interface SilenceProblem {
  readonly path: string;
  readonly line: number;
  readonly message: string;
  readonly hint: string;
}

export interface Silencer {
  readonly silence: (finding: Finding) => Silence | undefined;
  /** Entries that silence nothing. Those of comments in files join the list when a finding meets them. */
  readonly problems: readonly SilenceProblem[];
}

const ignoreFile = '.cortexignore';
const maxEntryLength = 500;
const ignoreHint = 'Write: <rule-glob> <path-glob>  # reason. For example: secrets/* docs/**  # placeholders';
const commentHint =
  'Write: cortex-ignore: <rule> <reason>. For example: cortex-ignore: workflows/no-timeout waits for a person';

/**
 * Tells which findings people have silenced, always with a reason. Two ways:
 *
 * - `.cortexignore` in the root, one entry a line: `<rule-glob> <path-glob>  # reason`. `*` stays inside a segment,
 *   `**` crosses them, `?` is one character (and stands for a space in a path); a line that begins with `#` is a comment.
 * - `cortex-ignore: <rule> <reason>` on the finding's line or the line above, in whatever comment the file's language
 *   has; `<rule>` may be a glob too.
 *
 * An entry without a reason silences nothing and is a problem.
 */
export function createSilencer(workspace: Workspace): Silencer {
  const { entries, problems } = readIgnoreFile(workspace);
  const reported = new Map<string, SilenceProblem>();
  const report = (problem: SilenceProblem): void => {
    const key = `${problem.path}:${problem.line}`;
    if (!reported.has(key)) problems.push(problem);
    reported.set(key, problem);
  };
  const linesOf = cachedLines(workspace);
  return { problems, silence: (finding) => byIgnoreFile(finding, entries) ?? byComment(finding, linesOf, report) };
}

interface Entry extends Silence {
  readonly rule: string;
  readonly path: string;
}

function byIgnoreFile(finding: Finding, entries: readonly Entry[]): Silence | undefined {
  const path = finding.location?.path ?? finding.subject.split('#', 1)[0] ?? '';
  const entry = entries.find(
    (each) => matchesSilenceGlob(each.rule, finding.ruleId) && matchesSilenceGlob(each.path, path),
  );
  return entry && { reason: entry.reason, by: entry.by };
}

type LinesOf = (path: string) => readonly string[];

function byComment(finding: Finding, linesOf: LinesOf, report: (problem: SilenceProblem) => void): Silence | undefined {
  if (finding.location === undefined) return undefined;
  const { path, line } = finding.location;
  for (const number of [line, line - 1]) {
    const comment = commentOf(linesOf(path)[number - 1] ?? '');
    if (comment === undefined || !matchesSilenceGlob(comment.rule, finding.ruleId)) continue;
    if (comment.reason !== '') return { reason: comment.reason, by: `${path}:${number}` };
    report({
      path,
      line: number,
      message: `cortex-ignore of ${comment.rule} gives no reason and silences nothing`,
      hint: commentHint,
    });
  }
  return undefined;
}

/** The rule and reason of a comment, without what closes the comment in C, HTML or template languages. */
function commentOf(line: string): { readonly rule: string; readonly reason: string } | undefined {
  const at = line.indexOf('cortex-ignore:');
  if (at === -1) return undefined;
  const [rule, ...reason] = words(line.slice(at + 'cortex-ignore:'.length, at + maxEntryLength));
  if (rule === undefined) return undefined;
  return { rule, reason: reason.join(' ').replace(/ ?(?:\*\/|-->|#\}|%\}|\}\})$/, '') };
}

function readIgnoreFile(workspace: Workspace): {
  readonly entries: readonly Entry[];
  readonly problems: SilenceProblem[];
} {
  const entries: Entry[] = [];
  const problems: SilenceProblem[] = [];
  for (const [index, line] of (readText(workspace, ignoreFile) ?? '').split('\n').entries()) {
    if (line.trim() === '' || line.trimStart().startsWith('#')) continue;
    const read = entryOf(line, `${ignoreFile}:${index + 1}`);
    if (typeof read === 'string') problems.push({ path: ignoreFile, line: index + 1, message: read, hint: ignoreHint });
    else entries.push(read);
  }
  return { entries, problems };
}

/** The entry of a line, or what is wrong with it. */
function entryOf(line: string, by: string): Entry | string {
  if (line.length > maxEntryLength) return `The entry is longer than ${maxEntryLength} characters and silences nothing`;
  const mark = line.search(/\s#/);
  const [rule, path, ...more] = words(mark === -1 ? line : line.slice(0, mark));
  const reason = mark === -1 ? '' : line.slice(mark + 2).trim();
  if (rule === undefined || path === undefined || more.length > 0) {
    return 'The entry is not a rule glob and a path glob, and silences nothing';
  }
  return reason === '' ? 'The entry gives no reason and silences nothing' : { rule, path, reason, by };
}

function words(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

function cachedLines(workspace: Workspace): LinesOf {
  const cache = new Map<string, readonly string[]>();
  return (path) => {
    const lines = cache.get(path) ?? (readText(workspace, path) ?? '').split('\n');
    cache.set(path, lines);
    return lines;
  };
}
