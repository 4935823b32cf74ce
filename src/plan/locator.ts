import { isMap, isScalar, isSeq, type Document } from '../shared/yaml.ts';
import type { Path, Range } from './problem.ts';

/** Finds where a path stands in the file. A path that does not exist is found at its nearest ancestor. */
export type Locate = (path: Path, options?: { readonly key?: boolean }) => Range;

/** A node together with what people would point at: its own text, or the key or item that it hangs on. */
interface Spot {
  readonly node: unknown;
  readonly key: Range | undefined;
}

/** A locator over a parsed document. */
export function locatorFor(document: Document.Parsed): Locate {
  return (path, { key = false } = {}) => {
    let spot: Spot = { node: document.contents, key: undefined };
    for (const [index, part] of path.entries()) {
      const inner = step(spot.node, part);
      if (inner === undefined) break;
      spot = inner;
      if (index === path.length - 1 && key && inner.key !== undefined) return inner.key;
    }
    return rangeOf(spot);
  };
}

function step(node: unknown, part: string | number): Spot | undefined {
  if (isSeq(node) && typeof part === 'number') {
    const item: unknown = node.items[part];
    return item === undefined ? undefined : { node: item, key: undefined };
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find((each) => isScalar(each.key) && String(each.key.value) === String(part));
  return pair === undefined ? undefined : { node: pair.value, key: textOf(pair.key) };
}

/** Scalars are pointed at themselves, collections at their key, or at the first thing inside them. */
function rangeOf({ node, key }: Spot): Range {
  if (isScalar(node)) return textOf(node) ?? key ?? { start: 0, end: 0 };
  if (key !== undefined) return key;
  if (isMap(node) && node.items[0] !== undefined) return textOf(node.items[0].key) ?? startOf(node);
  return startOf(node);
}

function startOf(node: unknown): Range {
  const start = isMap(node) || isSeq(node) ? (node.range?.[0] ?? 0) : 0;
  return { start, end: start };
}

function textOf(node: unknown): Range | undefined {
  const range = isScalar(node) ? node.range : undefined;
  return range === undefined || range === null || range[0] === range[1]
    ? undefined
    : { start: range[0], end: range[1] };
}
