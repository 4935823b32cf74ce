/**
 * Whether a path matches a pattern of `.cortexignore`: `?` is one character and `*` any run of them inside one segment,
 * `**` is any number of whole segments, a trailing `/` means all below. The patterns come from the repository, so they
 * are matched in time proportional to pattern times path, which a translation into a regular expression isn't.
 */
export function matchesSilenceGlob(pattern: string, path: string): boolean {
  const whole = pattern.endsWith('/') ? `${pattern}**` : pattern;
  return matchesList(whole.split('/'), path.split('/'), { any: '**', equal: matchesSegment });
}

function matchesSegment(pattern: string, segment: string): boolean {
  return matchesList(Array.from(pattern), Array.from(segment), { any: '*', equal: (a, b) => a === '?' || a === b });
}

interface Alphabet {
  /** The item that stands for any run of items. */
  readonly any: string;
  readonly equal: (pattern: string, item: string) => boolean;
}

/** Greedy matching that only ever goes back to the last wildcard. */
function matchesList(pattern: readonly string[], items: readonly string[], { any, equal }: Alphabet): boolean {
  let at = 0;
  let item = 0;
  let wildcard = -1;
  let resume = 0;
  while (item < items.length) {
    const wanted = pattern[at];
    if (wanted === any) [wildcard, resume] = [at++, item];
    else if (wanted !== undefined && equal(wanted, items[item] ?? '')) [at, item] = [at + 1, item + 1];
    else if (wildcard !== -1) [at, item] = [wildcard + 1, ++resume];
    else return false;
  }
  return pattern.slice(at).every((rest) => rest === any);
}
