/** The one door to the `diff` package: patches as `git apply` takes them, made, read and applied without any fuzz. */
import { formatPatch, parsePatch as parseWithLibrary, structuredPatch, type StructuredPatchHunk as Hunk } from 'diff';
import { compareText } from './canonical.ts';
import { messageOf, problem } from './errors.ts';

export type FileMode = '100644' | '100755';

/** A file on both sides as text; null = it does not exist there. */
export interface FileEdit {
  readonly path: string;
  readonly before: string | null;
  readonly after: string | null;
  /** Of a file that comes or goes, `100644` unless said; an edit in place keeps the mode that the tree has. */
  readonly mode?: FileMode;
}

/** One file of a patch. `lines` of a hunk begin with ` `, `+`, `-` or `\`; they keep a carriage return. */
export interface FilePatch {
  readonly path: string;
  readonly kind: 'edit' | 'create' | 'delete';
  /** Undefined for an edit in place: the mode stays as it is. */
  readonly mode: FileMode | undefined;
  readonly hunks: readonly Hunk[];
}

/** The text of a file with nothing lost, byte order mark included; undefined where there is none. */
export type ReadFile = (path: string) => string | undefined;

/** Beyond this many differing lines the shortest edit costs too much to find: the whole file is replaced. */
const maxEditLength = 2000;
const noNewline = '\\ No newline at end of file';

/**
 * A unified diff with git's headers and three lines of context, files in path order. Files that don't change are left
 * out; an empty text means that nothing changes. The content must be what lies in the tree, byte order mark and
 * carriage returns included.
 */
export function createPatch(files: readonly FileEdit[]): string {
  return files
    .filter((file) => file.before !== file.after)
    .toSorted((a, b) => compareText(a.path, b.path))
    .map((file) => render(filePatchOf(file)))
    .join('');
}

/**
 * Reads a patch in the form that `createPatch` writes and in no other: what a lenient reader skips, git could still
 * obey. Throws `patch-not-readable`.
 */
export function parsePatch(patch: string): readonly FilePatch[] {
  const files = parseLeniently(patch).map(toFilePatch);
  const understood = files.map(render).join('');
  if (understood !== patch) throw unreadable(`line ${firstDifference(patch, understood)} is not in the expected form`);
  const paths = files.map((file) => file.path);
  const twice = paths.find((path, index) => paths.indexOf(path) !== index);
  if (twice !== undefined) throw unreadable(`${twice} appears twice`);
  return files;
}

/**
 * The files of a patch as they are after it, by path; null = deleted. Exact: every hunk at the line it names, every
 * line of context and removal equal, a new file only where there is none. Throws `patch-not-readable` and
 * `patch-does-not-apply`.
 */
export function applyPatch(patch: string, read: ReadFile): ReadonlyMap<string, string | null> {
  return new Map(parsePatch(patch).map((file) => [file.path, applyToFile(file, read(file.path))]));
}

/** Lines that a file's patch adds and removes; context doesn't count. */
export function countLines(file: FilePatch): { readonly added: number; readonly removed: number } {
  const lines = file.hunks.flatMap((hunk) => hunk.lines);
  const starting = (sign: string): number => lines.filter((line) => line.startsWith(sign)).length;
  return { added: starting('+'), removed: starting('-') };
}

function filePatchOf(file: FileEdit): FilePatch {
  const kind = file.before === null ? 'create' : file.after === null ? 'delete' : 'edit';
  const hunks = hunksOf(file.before ?? '', file.after ?? '');
  return { path: file.path, kind, mode: kind === 'edit' ? undefined : (file.mode ?? '100644'), hunks };
}

function hunksOf(before: string, after: string): readonly Hunk[] {
  const patch = structuredPatch('', '', before, after, '', '', { context: 3, maxEditLength });
  return patch?.hunks ?? [wholeFile(splitLines(before), splitLines(after))];
}

function wholeFile(before: readonly string[], after: readonly string[]): Hunk {
  const lines = [...before.map((line) => `-${line}`), ...after.map((line) => `+${line}`)];
  return {
    oldStart: 1,
    oldLines: before.length,
    newStart: 1,
    newLines: after.length,
    lines: lines.flatMap((line) => (line.endsWith('\n') ? [line.slice(0, -1)] : [line, noNewline])),
  };
}

/** Lines with their line feed; only the last one may lack it. */
function splitLines(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function render(file: FilePatch): string {
  const oldFileName = file.kind === 'create' ? '/dev/null' : `a/${file.path}`;
  const newFileName = file.kind === 'delete' ? '/dev/null' : `b/${file.path}`;
  const names = { oldFileName, newFileName, oldHeader: undefined, newHeader: undefined };
  const kind = { isGit: true, isCreate: file.kind === 'create', isDelete: file.kind === 'delete' } as const;
  const modes = file.mode === undefined ? {} : { oldMode: file.mode, newMode: file.mode };
  return formatPatch({ ...names, ...kind, ...modes, hunks: [...file.hunks] });
}

type LibraryPatch = ReturnType<typeof parseWithLibrary>[number];

function parseLeniently(patch: string): readonly LibraryPatch[] {
  try {
    return parseWithLibrary(patch);
  } catch (error) {
    throw unreadable(messageOf(error).slice(0, 200));
  }
}

function toFilePatch(file: LibraryPatch): FilePatch {
  const kind = file.isCreate === true ? 'create' : file.isDelete === true ? 'delete' : 'edit';
  // Git names a file that comes or goes on both sides of its first header; without hunks there is no other.
  const name = kind === 'create' ? file.newFileName : file.oldFileName;
  const mode = kind === 'create' ? file.newMode : file.oldMode;
  return { path: name?.slice(2) ?? '', kind, mode: kind === 'edit' ? undefined : asMode(mode), hunks: file.hunks };
}

function asMode(mode: string | undefined): FileMode {
  if (mode === '100644' || mode === '100755') return mode;
  throw unreadable(`mode ${mode ?? '(none)'} is not one of a plain file`);
}

function firstDifference(patch: string, understood: string): number {
  const other = understood.split('\n');
  return patch.split('\n').findIndex((line, index) => line !== other[index]) + 1;
}

function unreadable(detail: string): Error {
  return problem('patch-not-readable', `The patch can't be read: ${detail}.`, {
    hint: 'A change carries a unified diff as createPatch makes it: git headers, three lines of context, plain files.',
  });
}

function applyToFile(file: FilePatch, text: string | undefined): string | null {
  if (file.kind === 'create' && text !== undefined) throw doesNotApply(file, 'the file is there already');
  if (file.kind !== 'create' && text === undefined) throw doesNotApply(file, 'there is no such text file');
  const lines = applyHunks(file, splitLines(text ?? ''));
  if (lines.slice(0, -1).some((line) => !line.endsWith('\n')))
    throw doesNotApply(file, 'a line in the middle lacks its end');
  if (file.kind === 'delete' && lines.length > 0) throw doesNotApply(file, 'it deletes a file that has more lines');
  return file.kind === 'delete' ? null : lines.join('');
}

function applyHunks(file: FilePatch, before: readonly string[]): readonly string[] {
  const after: (readonly string[])[] = [];
  let done = 0;
  for (const hunk of file.hunks) {
    const start = hunk.oldStart - 1;
    if (start < done || start > before.length) throw doesNotApply(file, `line ${hunk.oldStart} is out of order`);
    const removed = sideOf(hunk, '-');
    const mismatch = removed.findIndex((line, index) => line !== before[start + index]);
    if (mismatch !== -1) throw doesNotApply(file, `line ${hunk.oldStart + mismatch} is not what the patch expects`);
    after.push(before.slice(done, start), sideOf(hunk, '+'));
    done = start + removed.length;
  }
  return [...after, before.slice(done)].flat();
}

/** The lines of one side of a hunk, context included, each with the line feed that it has in the file. */
function sideOf(hunk: Hunk, sign: '-' | '+'): readonly string[] {
  return hunk.lines.flatMap((line, index) => {
    if (!line.startsWith(sign) && !line.startsWith(' ')) return [];
    return [line.slice(1) + (hunk.lines[index + 1]?.startsWith('\\') === true ? '' : '\n')];
  });
}

function doesNotApply(file: FilePatch, detail: string): Error {
  return problem('patch-does-not-apply', `The patch does not apply to ${file.path}: ${detail}.`, {
    hint: 'Make the change again on the commit that it names as its base.',
  });
}
