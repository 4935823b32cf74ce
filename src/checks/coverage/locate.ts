import { compareText } from '../../shared/canonical.ts';

interface Tree {
  readonly files: readonly string[];
  /** Path of the report inside the same tree. */
  readonly report: string;
}

interface Place {
  readonly path: string;
  /** What was cut off the written path, and what stands in its place. */
  readonly prefix: string;
  readonly base: string;
}

const mostSegments = 100;
const mostNamesakes = 1000;

/**
 * Finds the files of the tree that a report means. A written path is tried as it is and then with ever more of its
 * beginning cut off (another machine's checkout, a Go module's name), below the report's own folder and each folder
 * above it, the nearest first. A cut that leaves the file's name alone is believed where another file of the report
 * proved it; the last resort is the one file of the tree that ends in the same segments.
 */
export function locateFiles(written: readonly string[], tree: Tree): ReadonlyMap<string, string> {
  const known = new Set(tree.files);
  const bases = foldersAbove(tree.report);
  const ordered = [...new Set(written)].sort(compareText);
  const places = new Map(ordered.map((each) => [each, placeOf(segmentsOf(each), { known, bases })]));
  const cuts = uniqueCuts([...places.values()]);
  const namesakes = byName(tree.files);
  const found = new Map<string, string>();
  for (const [each, place] of places) {
    const path = place?.path ?? placeByCut(each, { known, cuts }) ?? onlyNamesake(segmentsOf(each), namesakes);
    if (path !== undefined) found.set(each, path);
  }
  return found;
}

function segmentsOf(written: string): readonly string[] {
  const segments: string[] = [];
  for (const segment of written.replaceAll('\\', '/').split('/').slice(0, mostSegments)) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(segment);
  }
  return segments;
}

function foldersAbove(path: string): readonly string[] {
  const segments = path.split('/').slice(0, -1);
  return [...segments.map((_, index) => `${segments.slice(0, segments.length - index).join('/')}/`), ''];
}

function placeOf(
  segments: readonly string[],
  tree: { readonly known: ReadonlySet<string>; readonly bases: readonly string[] },
): Place | undefined {
  for (let cut = 0; cut < Math.max(1, segments.length - 1); cut++) {
    const rest = segments.slice(cut).join('/');
    const base = tree.bases.find((each) => tree.known.has(each + rest));
    if (base !== undefined) return { path: base + rest, prefix: segments.slice(0, cut).join('/'), base };
  }
  return undefined;
}

function uniqueCuts(places: readonly (Place | undefined)[]): readonly Place[] {
  const cuts = new Map<string, Place>();
  for (const place of places) {
    if (place !== undefined && place.prefix !== '') cuts.set(`${place.prefix}\n${place.base}`, place);
  }
  return [...cuts.values()].slice(0, 100);
}

function placeByCut(
  written: string,
  { known, cuts }: { readonly known: ReadonlySet<string>; readonly cuts: readonly Place[] },
): string | undefined {
  const whole = segmentsOf(written).join('/');
  return cuts
    .filter(({ prefix }) => whole.startsWith(`${prefix}/`))
    .map(({ prefix, base }) => base + whole.slice(prefix.length + 1))
    .find((path) => known.has(path));
}

function byName(files: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, string[]>();
  for (const file of files) {
    const name = file.slice(file.lastIndexOf('/') + 1);
    const namesakes = names.get(name);
    if (namesakes === undefined) names.set(name, [file]);
    else namesakes.push(file);
  }
  return names;
}

function onlyNamesake(segments: readonly string[], names: ReadonlyMap<string, readonly string[]>): string | undefined {
  const namesakes = names.get(segments.at(-1) ?? '') ?? [];
  if (namesakes.length > mostNamesakes) return undefined;
  for (let cut = 0; cut < segments.length; cut++) {
    const ending = `/${segments.slice(cut).join('/')}`;
    const matching = namesakes.filter((file) => `/${file}`.endsWith(ending));
    if (matching.length > 0) return matching.length === 1 ? matching[0] : undefined;
  }
  return undefined;
}
