import picomatch from 'picomatch';

/** A predicate for paths relative to the repository's root; dot files match like any other. */
export function globMatcher(patterns: readonly string[]): (path: string) => boolean {
  if (patterns.length === 0) return () => false;
  return picomatch([...patterns], { dot: true });
}
