import type { HostTreeEntry } from '../../../protocol/code-host.ts';
import { sha256, sortedSet } from '../../../shared/canonical.ts';
import type { Candidate } from './candidates.ts';
import type { HostReader } from '../world/host.ts';

/** A file's text; null = there is none. */
export type SeenText = string | null | { readonly unreadable: string };

/** What the base branch holds at the paths of the changes, and what it held when they were made. */
export interface BaseFiles {
  readonly commit: string;
  readonly textOf: (path: string) => SeenText;
  readonly entryOf: (path: string) => HostTreeEntry | undefined;
  readonly entries: readonly HostTreeEntry[];
  /** The file at the commit that a change was made on; read only where the base has another text now. */
  readonly madeOn: (commit: string, path: string) => SeenText;
}

/** Reads the base once for all changes: its tree, its texts, and the older texts of what has moved since. */
export async function readBaseFiles(
  host: HostReader,
  commit: string,
  candidates: readonly Candidate[],
): Promise<BaseFiles> {
  const paths = sortedSet(candidates.flatMap(({ change }) => change.files.map((file) => file.path)));
  if (paths.length === 0) return baseFiles(commit, { entries: [], texts: new Map(), older: new Map() });
  const [entries, texts] = [await host.readTree(commit, paths), await host.readTexts(commit, paths)];
  const older = new Map<string, ReadonlyMap<string, SeenText>>();
  for (const [made, moved] of movedPaths(candidates, texts)) older.set(made, await host.readTexts(made, moved));
  return baseFiles(commit, { entries, texts, older });
}

function baseFiles(
  commit: string,
  read: {
    readonly entries: readonly HostTreeEntry[];
    readonly texts: ReadonlyMap<string, SeenText>;
    readonly older: ReadonlyMap<string, ReadonlyMap<string, SeenText>>;
  },
): BaseFiles {
  const byPath = new Map(read.entries.map((entry) => [entry.path, entry]));
  return {
    commit,
    textOf: (path) => read.texts.get(path) ?? null,
    entryOf: (path) => byPath.get(path),
    entries: read.entries,
    madeOn: (made, path) => read.older.get(made)?.get(path) ?? null,
  };
}

/** Per commit, the files that its changes edit and that the base has in another form now. */
function movedPaths(
  candidates: readonly Candidate[],
  texts: ReadonlyMap<string, SeenText>,
): ReadonlyMap<string, readonly string[]> {
  const hashAt = (path: string): string | null | undefined => hashOf(texts.get(path) ?? null);
  const moved = new Map<string, string[]>();
  for (const { change } of candidates) {
    // What the base has in full needs no patch; of what it has in part, the patch needs every file as it was.
    if (change.files.every(({ path, after }) => hashAt(path) === after)) continue;
    for (const { path, before } of change.files) {
      if (before === null || hashAt(path) === before) continue;
      moved.set(change.baseCommit, sortedSet([...(moved.get(change.baseCommit) ?? []), path]));
    }
  }
  return moved;
}

/** SHA-256 of a text; null for none, undefined for what can't be read. */
export function hashOf(text: SeenText): string | null | undefined {
  if (text === null) return null;
  return typeof text === 'string' ? sha256(text) : undefined;
}
