import type { HostFile } from '../../../protocol/code-host.ts';
import { compareText } from '../../../shared/canonical.ts';
import { problem } from '../../../shared/errors.ts';
import { executionAt, placed, type ResultsBranch } from './results-branch.ts';
import { entryOf, newestFirst, renderIndex, renderReadme, type IndexEntry } from './results-index.ts';
import type { LessonFromPerson } from '../lessons.ts';
import { addLessons } from './results-lessons.ts';
import type { OwnResults } from './results-own.ts';
import { gitBlobHash, indexPath, lessonsPath, readmePath } from './results-paths.ts';

/** What one execution changes on the results branch. */
export interface ResultsChange {
  /** Only what differs from the branch, in the order of paths; paths are from the root of the branch. */
  readonly files: readonly HostFile[];
  /** Executions that leave the tree. */
  readonly leaving: readonly string[];
  readonly notes: readonly string[];
}

export interface ChangeWish {
  /** Executions that the branch keeps. */
  readonly keep: number;
  readonly runUrl: string | null;
  readonly lessons: readonly LessonFromPerson[];
}

/**
 * What has to be written so that the branch has this execution, the index, and no more than the newest executions. This one
 * is always among them: it stays at least until the next. Empty where all of it is there. Throws `results-path-taken`.
 */
export function changeOfResults(branch: ResultsBranch, own: OwnResults, wish: ChangeWish): ResultsChange {
  const { kept, leaving } = retained(branch, own, wish);
  const lessons = lessonsText(branch, wish.lessons);
  const wanted = new Map<string, Uint8Array>([
    ...own.files,
    ...(isCurrent(branch, own) ? own.state : []),
    [indexPath, Buffer.from(renderIndex(kept))],
    [readmePath, Buffer.from(renderReadme(kept))],
    ...(lessons.text === undefined ? [] : [[lessonsPath, Buffer.from(lessons.text)] as const]),
  ]);
  refuseTakenPaths(branch, [...wanted.keys()]);
  const written = [...wanted].flatMap(([path, content]) => differing(branch, placed(path), content));
  const gone = [...branch.entries.keys()].filter((path) => isGone(path, own, leaving));
  const files = [...written, ...gone.map((path): HostFile => ({ path, mode: '100644', content: null }))];
  return {
    files: files.sort((a, b) => compareText(a.path, b.path)),
    leaving: leaving.map((entry) => entry.execution_id),
    notes: [
      ...(branch.hasIndex
        ? []
        : [`${indexPath} was missing or damaged, and is made anew from the files that are there`]),
      ...lessons.notes,
    ],
  };
}

function retained(
  branch: ResultsBranch,
  { report }: OwnResults,
  { keep, runUrl }: ChangeWish,
): { readonly kept: readonly IndexEntry[]; readonly leaving: readonly IndexEntry[] } {
  const id = report.execution_id;
  const earlier = branch.executions.find((entry) => entry.execution_id === id);
  const others = branch.executions.filter((entry) => entry.execution_id !== id);
  const all = newestFirst([...others, entryOf(report, runUrl, earlier)]);
  const stays = (entry: IndexEntry, rank: number): boolean => rank < keep || entry.execution_id === id;
  return { kept: all.filter(stays), leaving: all.filter((entry, rank) => !stays(entry, rank)) };
}

/** A run that ends late must not hide one that began after it. */
function isCurrent({ current }: ResultsBranch, { report }: OwnResults): boolean {
  if (current === null || current.id === report.execution_id) return true;
  return (compareText(report.started_at, current.startedAt) || compareText(report.execution_id, current.id)) > 0;
}

function lessonsText(
  branch: ResultsBranch,
  said: readonly LessonFromPerson[],
): { readonly text?: string; readonly notes: readonly string[] } {
  if (said.length === 0) return { notes: [] };
  const text = branch.lessons === undefined ? undefined : addLessons(branch.lessons, said);
  if (text !== undefined) return { text, notes: [] };
  return { notes: [`${lessonsPath} can't be read, and stays as it is: ${said.length} new lessons are not in it`] };
}

function differing(branch: ResultsBranch, path: string, content: Uint8Array): readonly HostFile[] {
  const there = branch.entries.get(path);
  if (there?.mode === '100644' && there.sha === gitBlobHash(content)) return [];
  return [{ path, mode: '100644', content }];
}

/**
 * Files of executions that leave, and those that a later report of this execution no longer has. Its evidence stays: it's
 * named by its content, and true whoever refers to it.
 */
function isGone(path: string, own: OwnResults, leaving: readonly IndexEntry[]): boolean {
  const id = executionAt(path);
  if (id === undefined) return false;
  if (leaving.some((entry) => entry.execution_id === id)) return true;
  if (id !== own.report.execution_id || path.startsWith(placed(`archives/${id}/evidence/`))) return false;
  return ![...own.files.keys()].some((each) => placed(each) === path);
}

function refuseTakenPaths({ entries, head }: ResultsBranch, paths: readonly string[]): void {
  const folders = new Set(paths.flatMap((path) => foldersAbove(placed(path))));
  const taken = [...folders].find((folder) => entries.has(folder));
  if (taken === undefined) return;
  throw problem('results-path-taken', `${taken} is a file or a link on the branch ${head?.name}, and no folder`, {
    hint: 'Results are kept below it: move it away, or name another branch in spec.publish.branch.',
  });
}

function foldersAbove(path: string): readonly string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}
