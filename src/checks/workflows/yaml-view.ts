import { isAlias, isMap, isScalar, isSeq, visit, type Document, type Node } from '../../shared/yaml.ts';

/** A scalar with the offsets of its value in the source. */
export interface Text {
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

export interface Entry {
  readonly key: string;
  /** Offset of the key. */
  readonly at: number;
  /** The value as written: an alias stays one. */
  readonly written: Node | undefined;
  /** The value with aliases followed. */
  readonly value: Node | undefined;
}

/** Reads nodes of one document; every reader follows aliases and gives nothing for a node of another kind. */
export interface YamlView {
  readonly aliases: number;
  readonly entries: (node: Node | undefined) => ReadonlyMap<string, Entry>;
  readonly items: (node: Node | undefined) => readonly Node[];
  readonly text: (node: Node | undefined) => Text | undefined;
  /** The texts of a scalar or of a list of scalars. */
  readonly texts: (node: Node | undefined) => readonly Text[];
}

/** Anchors are looked up once: the library would search the document again for every alias. */
export function viewYaml(document: Document.Parsed): YamlView {
  const targets = aliasTargets(document);
  const follow = (node: unknown): Node | undefined =>
    isAlias(node) ? targets.get(node) : ((node ?? undefined) as Node | undefined);
  const items = (node: Node | undefined): readonly Node[] => {
    const list = follow(node);
    return isSeq(list) ? list.items.flatMap((item) => follow(item) ?? []) : [];
  };
  const text = (node: Node | undefined): Text | undefined => scalarText(follow(node));
  return {
    aliases: targets.size,
    entries: (node) => entriesOf(follow(node), follow),
    items,
    text,
    texts: (node) =>
      isSeq(follow(node)) ? items(node).flatMap((item) => text(item) ?? []) : [text(node) ?? []].flat(),
  };
}

/** A key as written: with YAML 1.1 rules a plain `on` would be the boolean true. */
export function keyText(key: unknown): string | undefined {
  return isScalar(key) ? key.source : undefined;
}

export function startOf(node: unknown): number {
  return (node as Node | null)?.range?.[0] ?? 0;
}

function scalarText(node: Node | undefined): Text | undefined {
  if (!isScalar(node) || !node.range || node.value === null || node.source === undefined) return undefined;
  return { value: node.source, start: node.range[0], end: node.range[1] };
}

function entriesOf(node: Node | undefined, follow: (node: unknown) => Node | undefined): ReadonlyMap<string, Entry> {
  const entries = new Map<string, Entry>();
  if (!isMap(node)) return entries;
  for (const pair of node.items) {
    const key = keyText(pair.key);
    if (key === undefined) continue;
    const written = (pair.value ?? undefined) as Node | undefined;
    entries.set(key, { key, at: startOf(pair.key), written, value: follow(written) });
  }
  return entries;
}

function aliasTargets(document: Document.Parsed): ReadonlyMap<Node, Node> {
  const anchored = new Map<string, Node>();
  const targets = new Map<Node, Node>();
  visit(document, {
    Alias: (_key, alias) => {
      const target = anchored.get(alias.source);
      if (target) targets.set(alias, target);
    },
    Value: (_key, node) => {
      if (node.anchor !== undefined) anchored.set(node.anchor, node);
    },
  });
  return targets;
}
