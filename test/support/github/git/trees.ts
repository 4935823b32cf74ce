import type { Objects } from './objects.ts';

/** Git's modes: file, executable, link, folder, submodule. */
export type Mode = '100644' | '100755' | '120000' | '040000' | '160000';

export interface TreeEntry {
  readonly path: string;
  readonly mode: Mode;
  readonly sha: string;
}

/** An entry as it is to be; null = it is to be gone. */
export interface TreeChange {
  readonly path: string;
  readonly mode: Mode;
  readonly sha: string | null;
}

export const emptyTree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

const treeMode = '040000';

/** The entries of one folder, in git's order; undefined where there is no such tree. */
export function readTree(objects: Objects, sha: string): readonly TreeEntry[] | undefined {
  if (sha === emptyTree) return [];
  const object = objects.read(sha);
  if (object?.type !== 'tree') return undefined;
  const { bytes } = object;
  const entries: TreeEntry[] = [];
  for (let from = 0; from < bytes.length;) {
    const space = bytes.indexOf(0x20, from);
    const end = bytes.indexOf(0, space);
    entries.push({
      mode: bytes.toString('latin1', from, space).padStart(6, '0') as Mode,
      path: bytes.toString('utf8', space + 1, end),
      sha: bytes.toString('hex', end + 1, end + 21),
    });
    from = end + 21;
  }
  return entries;
}

/** All entries below a tree, folders before what is in them where they are asked for. */
export function* walkTree(
  objects: Objects,
  sha: string,
  { under = '', withFolders = false }: { readonly under?: string; readonly withFolders?: boolean } = {},
): Generator<TreeEntry> {
  for (const entry of readTree(objects, sha) ?? []) {
    const path = `${under}${entry.path}`;
    if (entry.mode !== treeMode) {
      yield { ...entry, path };
    } else {
      if (withFolders) yield { ...entry, path };
      yield* walkTree(objects, entry.sha, { under: `${path}/`, withFolders });
    }
  }
}

/** The entry at a path; the tree itself at the empty path. */
export function entryAt(objects: Objects, tree: string, path: string): TreeEntry | undefined {
  let found: TreeEntry = { path: '', mode: treeMode, sha: tree };
  for (const part of path.split('/').filter((each) => each !== '')) {
    if (found.mode !== treeMode) return undefined;
    const next = readTree(objects, found.sha)?.find((each) => each.path === part);
    if (!next) return undefined;
    found = next;
  }
  return { ...found, path };
}

/** A tree with changes over another; a folder that has nothing left goes. Returns its hash. */
export function changeTree(objects: Objects, base: string | null, changes: readonly TreeChange[]): string {
  const entries = new Map((base === null ? [] : (readTree(objects, base) ?? [])).map((each) => [each.path, each]));
  const below = new Map<string, TreeChange[]>();
  for (const change of changes) {
    const [first = '', ...rest] = change.path.split('/');
    if (rest.length === 0) {
      if (change.sha === null) entries.delete(first);
      else entries.set(first, { path: first, mode: change.mode, sha: change.sha });
    } else {
      const inside = below.get(first) ?? [];
      inside.push({ ...change, path: rest.join('/') });
      below.set(first, inside);
    }
  }
  for (const [name, inside] of below) {
    const present = entries.get(name);
    const sha = changeTree(objects, present?.mode === treeMode ? present.sha : null, inside);
    if (sha === emptyTree) entries.delete(name);
    else entries.set(name, { path: name, mode: treeMode, sha });
  }
  return writeTree(objects, [...entries.values()]);
}

function writeTree(objects: Objects, entries: readonly TreeEntry[]): string {
  const sorted = entries
    .map((entry) => ({ entry, key: Buffer.from(entry.mode === treeMode ? `${entry.path}/` : entry.path) }))
    .sort((a, b) => Buffer.compare(a.key, b.key));
  const parts = sorted.flatMap(({ entry }) => [
    Buffer.from(`${entry.mode.replace(/^0/, '')} ${entry.path}\0`),
    Buffer.from(entry.sha, 'hex'),
  ]);
  return objects.write('tree', Buffer.concat(parts));
}

export interface FileDifference {
  readonly path: string;
  readonly before: TreeEntry | undefined;
  readonly after: TreeEntry | undefined;
}

/** Files in which two trees differ, in the order of their paths; null = no tree. */
export function differences(objects: Objects, before: string | null, after: string | null): readonly FileDifference[] {
  return [...differing(objects, { before, after, under: '' })].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function* differing(
  objects: Objects,
  { before, after, under }: { readonly before: string | null; readonly after: string | null; readonly under: string },
): Generator<FileDifference> {
  if (before === after) return;
  const [left, right] = [before, after].map(
    (sha) => new Map((sha === null ? [] : (readTree(objects, sha) ?? [])).map((each) => [each.path, each])),
  );
  for (const name of new Set([...(left?.keys() ?? []), ...(right?.keys() ?? [])])) {
    const [one, other] = [left?.get(name), right?.get(name)];
    if (one?.sha === other?.sha && one?.mode === other?.mode) continue;
    const path = `${under}${name}`;
    const [folder, otherFolder] = [one, other].map((each) => (each?.mode === treeMode ? each.sha : null));
    if (folder || otherFolder) {
      yield* differing(objects, { before: folder ?? null, after: otherFolder ?? null, under: `${path}/` });
    }
    const [file, otherFile] = [one, other].map((each) => (each && each.mode !== treeMode ? each : undefined));
    if (file || otherFile) {
      yield { path, before: file && { ...file, path }, after: otherFile && { ...otherFile, path } };
    }
  }
}
