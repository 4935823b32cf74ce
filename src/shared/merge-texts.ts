/** The one door to the `node-diff3` package: two edits of one text joined, or not at all. */
import { diff3Merge } from 'node-diff3';

/** Longer texts are not joined: what is compared grows faster than the text. */
const maxLines = 50_000;

/**
 * `ours` and `theirs`, both made from `base`, as one text that has the edits of both; undefined where they touch the same
 * or neighbouring lines in different ways. Line ends belong to their lines, so that carriage returns and a missing end of
 * the last line stay as they are. Algorithm: diff3 (Khanna, Kunal, Pierce 2007).
 */
export function mergeTexts(base: string, ours: string, theirs: string): string | undefined {
  if (ours === theirs || theirs === base) return ours;
  if (ours === base) return theirs;
  const [o, a, b] = [linesOf(base), linesOf(ours), linesOf(theirs)];
  if (Math.max(o.length, a.length, b.length) > maxLines) return undefined;
  const kept: string[] = [];
  for (const region of diff3Merge(a, o, b, { excludeFalseConflicts: true })) {
    if (region.ok === undefined) return undefined;
    kept.push(...region.ok);
  }
  return isWhole(kept) ? kept.join('') : undefined;
}

/** Only the last line may lack its end: joined texts could else run two lines into one. */
function isWhole(lines: readonly string[]): boolean {
  return lines.slice(0, -1).every((line) => line.endsWith('\n'));
}

function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}
