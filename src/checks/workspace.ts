/**
 * `checks/` holds gates, rules and scanners that more than one stage needs. Pure: a check is a function of a
 * workspace, so that the same check can run again on a changed tree. Imports `protocol` and `shared`.
 */
import { globMatcher } from '../shared/glob.ts';
import { compareText } from '../shared/canonical.ts';

export interface WorkspaceFile {
  readonly path: string;
  readonly mode: '100644' | '100755' | '120000';
  /** Bytes. */
  readonly size: number;
}

/** A tree of files, read only. Paths are relative with `/`; `files` is sorted by path in code-unit order. */
export interface Workspace {
  readonly commit: string;
  /** ISO 8601: the only clock that a check may read. */
  readonly committedAt: string;
  readonly repository: string;
  readonly files: readonly WorkspaceFile[];
  /** Bytes of a file; undefined when the tree has no such file. */
  readonly readBytes: (path: string) => Uint8Array | undefined;
  /** What the commit holds and `files` doesn't: vendored trees, submodules, very large files. */
  readonly leftOut?: readonly { readonly path: string; readonly reason: string }[];
}

/** Bytes that are not text (a NUL in the first 8 KiB, or not UTF-8) are no business of a text check. */
export function readText(workspace: Workspace, path: string): string | undefined {
  const bytes = workspace.readBytes(path);
  if (bytes === undefined || bytes.subarray(0, 8192).includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Files that match at least one glob and none that starts with `!`; symbolic links are left out. */
export function selectFiles(workspace: Workspace, globs: readonly string[]): readonly WorkspaceFile[] {
  const wanted = globMatcher(globs.filter((glob) => !glob.startsWith('!')));
  const unwanted = globMatcher(globs.filter((glob) => glob.startsWith('!')).map((glob) => glob.slice(1)));
  return workspace.files.filter((file) => file.mode !== '120000' && wanted(file.path) && !unwanted(file.path));
}

/** The same tree with some files replaced: how a check is run again on a proposed change. */
export function overlay(workspace: Workspace, edits: ReadonlyMap<string, string>): Workspace {
  const bytes = new Map([...edits].map(([path, text]) => [path, new TextEncoder().encode(text)]));
  const kept = workspace.files.map((file) => ({ ...file, size: bytes.get(file.path)?.length ?? file.size }));
  const known = new Set(workspace.files.map((file) => file.path));
  const added = [...bytes].filter(([path]) => !known.has(path)).map(([path, content]) => newFile(path, content));
  return {
    ...workspace,
    files: [...kept, ...added].sort((a, b) => compareText(a.path, b.path)),
    readBytes: (path) => bytes.get(path) ?? workspace.readBytes(path),
  };
}

/** A workspace held in memory, for tests and for trees made on the way. */
export function memoryWorkspace(files: Readonly<Record<string, string | Uint8Array>>): Workspace {
  const bytes = new Map(Object.entries(files).map(([path, content]) => [path, toBytes(content)]));
  return {
    commit: '0'.repeat(40),
    committedAt: '2026-01-01T00:00:00Z',
    repository: 'example/repository',
    files: [...bytes].map(([path, content]) => newFile(path, content)).sort((a, b) => compareText(a.path, b.path)),
    readBytes: (path) => bytes.get(path),
  };
}

function newFile(path: string, content: Uint8Array): WorkspaceFile {
  return { path, mode: '100644', size: content.length };
}

function toBytes(content: string | Uint8Array): Uint8Array {
  return typeof content === 'string' ? new TextEncoder().encode(content) : content;
}
