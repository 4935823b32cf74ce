import { readCommit, type Commit } from './commits.ts';
import type { Objects } from './objects.ts';

/** Everything that can be reached from commits, themselves first, newest before older where dates say so. */
export function* reached(objects: Objects, from: readonly string[]): Generator<Commit> {
  const seen = new Set<string>();
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
  if (ancestor === of) return true;
  for (const commit of reached(objects, [of])) if (commit.sha === ancestor) return true;
  return false;
}

/** Commits of `head` that none of the others has, newest first. */
export function commitsBeyond(objects: Objects, head: string, others: readonly string[]): readonly Commit[] {
  const old = new Set([...reached(objects, others)].map(({ sha }) => sha));
  return [...reachedUntil(objects, head, old)];
}

function* reachedUntil(objects: Objects, head: string, old: ReadonlySet<string>): Generator<Commit> {
  for (const commit of reached(objects, [head])) if (!old.has(commit.sha)) yield commit;
}

/** A newest commit that both have; undefined where they have nothing in common. */
export function mergeBase(objects: Objects, one: string, other: string): string | undefined {
  const ancestors = new Set([...reached(objects, [one])].map(({ sha }) => sha));
  for (const commit of reached(objects, [other])) if (ancestors.has(commit.sha)) return commit.sha;
  return undefined;
}
