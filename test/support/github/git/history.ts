import { readCommit, type Commit } from './commits.ts';
import type { Objects } from './objects.ts';

/** Everything that can be reached from commits, themselves first, newest before older where dates say so. */
export function* reached(
  objects: Objects,
  from: readonly string[],
  without: ReadonlySet<string> = new Set(),
): Generator<Commit> {
  const seen = new Set<string>(without);
  let waiting = from.flatMap((sha) => readCommit(objects, sha) ?? []);
  while (waiting.length > 0) {
    waiting = waiting.toSorted((a, b) => (a.committer.date > b.committer.date ? -1 : 1));
    const [next, ...rest] = waiting;
    waiting = rest;
    if (!next || seen.has(next.sha)) continue;
    seen.add(next.sha);
    yield next;
    waiting.push(...next.parents.flatMap((sha) => (seen.has(sha) ? [] : (readCommit(objects, sha) ?? []))));
  }
}

export function isAncestor(objects: Objects, ancestor: string, of: string): boolean {
  return ancestor === of || ancestors(objects, [of]).has(ancestor);
}

/** Commits of `head` that none of the others has, newest first. */
export function commitsBeyond(objects: Objects, head: string, others: readonly string[]): readonly Commit[] {
  const old = ancestors(objects, others);
  return [...reached(objects, [head], old)];
}

/** A newest commit that both have; undefined where they have nothing in common. */
export function mergeBase(objects: Objects, one: string, other: string): string | undefined {
  const known = ancestors(objects, [one]);
  const common = [...reached(objects, [other])].filter(({ sha }) => known.has(sha));
  // Dates may be the same, or wrong: what another common one comes after is not the newest.
  const passed = new Set(common.flatMap(({ parents }) => parents));
  return common.find(({ sha }) => !passed.has(sha))?.sha;
}

/** Hashes of everything that can be reached, themselves too; in no order, and so at once. */
function ancestors(objects: Objects, from: readonly string[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const waiting = [...from];
  for (let sha = waiting.pop(); sha !== undefined; sha = waiting.pop()) {
    if (seen.has(sha)) continue;
    const commit = readCommit(objects, sha);
    if (!commit) continue;
    seen.add(sha);
    waiting.push(...commit.parents);
  }
  return seen;
}
