import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** A ref as it was and as it is; null = it is not there. */
export interface RefMove {
  readonly ref: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** Refs of a bare repository, under their whole names (`refs/heads/main`). */
export interface Refs {
  readonly get: (ref: string) => string | null;
  /** In the order of their names. */
  readonly below: (prefix: string) => readonly { readonly ref: string; readonly sha: string }[];
  /** Null takes it away. Throws where the name runs into another ref's, as `a` and `a/b` do. */
  readonly set: (ref: string, sha: string | null) => RefMove;
  /** Reads again what git has changed by itself. */
  readonly reread: () => readonly RefMove[];
}

export function looseRefs(directory: string): Refs {
  let known = readRefs(directory);
  return {
    get: (ref) => known.get(ref) ?? null,
    below: (prefix) =>
      [...known]
        .filter(([ref]) => ref.startsWith(prefix))
        .map(([ref, sha]) => ({ ref, sha }))
        .sort((a, b) => (a.ref < b.ref ? -1 : 1)),
    set: (ref, sha) => {
      const before = known.get(ref) ?? null;
      if (sha === null) {
        known.delete(ref);
        removeRef(directory, ref);
      } else {
        writeRef(join(directory, ref), sha);
        known.set(ref, sha);
      }
      return { ref, before, after: sha };
    },
    reread: () => {
      const before = known;
      known = readRefs(directory);
      return [...new Set([...before.keys(), ...known.keys()])]
        .map((ref) => ({ ref, before: before.get(ref) ?? null, after: known.get(ref) ?? null }))
        .filter((move) => move.before !== move.after);
    },
  };
}

function writeRef(file: string, sha: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.lock`, `${sha}\n`);
  renameSync(`${file}.lock`, file);
}

function removeRef(directory: string, ref: string): void {
  const file = join(directory, ref);
  rmSync(file, { force: true });
  for (let folder = dirname(file); folder !== join(directory, 'refs', 'heads'); folder = dirname(folder)) {
    if (!folder.startsWith(join(directory, 'refs', 'heads')) || !existsSync(folder)) return;
    if (readdirSync(folder).length > 0) return;
    rmdirSync(folder);
  }
}

function readRefs(directory: string): Map<string, string> {
  const root = join(directory, 'refs');
  const packed = join(directory, 'packed-refs');
  const lines = existsSync(packed) ? readFileSync(packed, 'utf8').split('\n') : [];
  const found = new Map(
    lines.flatMap((line) => {
      const [, sha = '', ref = ''] = /^([0-9a-f]{40}) (refs\/.+)$/.exec(line) ?? [];
      return ref === '' ? [] : [[ref, sha] as const];
    }),
  );
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name.endsWith('.lock')) continue;
    const file = join(entry.parentPath, entry.name);
    found.set(relative(directory, file), readFileSync(file, 'utf8').trim());
  }
  return found;
}

/** Git's own rules for names (git-check-ref-format), as far as they can come up. */
export function isRefName(ref: string): boolean {
  return (
    /^refs\/[^/]+\/.+$/.test(ref) &&
    !/[\s~^:?*[\\]|\p{Cc}|\.\.|@\{|\/\/|\.$|\/$/u.test(ref) &&
    ref.split('/').every((part) => !part.startsWith('.') && !part.endsWith('.lock'))
  );
}
