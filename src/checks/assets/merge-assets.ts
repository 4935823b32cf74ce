import type { Asset } from '../../protocol/asset.ts';
import { canonicalJson, compareText, sortedSet, type Json } from '../../shared/canonical.ts';

/** A fact that two sources of the same asset tell differently. */
export interface AssetConflict {
  readonly ref: string;
  /** Path of keys inside the asset: `spec.replicas`, `spec.images.server`, `owner`. */
  readonly field: string;
  /** Every value that was told, the one kept first, each with where it was told. */
  readonly values: readonly { readonly value: Json; readonly locators: readonly string[] }[];
}

export interface MergedAssets {
  /** One per ref, sorted by ref. */
  readonly assets: Asset[];
  /** Sorted by ref and field. */
  readonly conflicts: AssetConflict[];
}

interface Told {
  readonly value: Json;
  readonly locators: readonly string[];
}

/**
 * One asset per ref out of what several sources tell, whatever the order in which they tell it. Locators, relations and
 * lists are joined as sets; of any other fact the source that ranks highest is believed, and a difference is a conflict.
 * An asset of catalog-info.yaml ranks before all others, then the one with the first locator in path order.
 */
export function mergeAssets(lists: readonly (readonly Asset[])[]): MergedAssets {
  const byRef = groupBy(lists.flat(), (asset) => asset.ref);
  const merged = [...byRef]
    .sort(([a], [b]) => compareText(a, b))
    .map(([ref, told]) => mergeOne(ref, told.toSorted(byRank)));
  return { assets: merged.map(({ asset }) => asset), conflicts: merged.flatMap(({ conflicts }) => conflicts) };
}

function mergeOne(ref: string, told: readonly Asset[]): { readonly asset: Asset; readonly conflicts: AssetConflict[] } {
  const [first] = told;
  if (first === undefined) throw new RangeError(`no asset for ${ref}`);
  const conflicts = new Map<string, AssetConflict>();
  const facts = told.map(({ spec, locators }) => ({ value: spec, locators }));
  const spec = mergeRecords(facts, ['spec'], (field, values) => conflicts.set(field, { ref, field, values }));
  const owner = mergeOwners(told, (values) => conflicts.set('owner', { ref, field: 'owner', values }));
  const asset: Asset = {
    ref,
    kind: first.kind,
    namespace: first.namespace,
    name: first.name,
    locators: sortedSet(told.flatMap(({ locators }) => locators)),
    ...(owner && { owner }),
    spec: spec as Asset['spec'],
    relations: joinedSet(told.flatMap(({ relations }) => relations)),
  };
  return { asset, conflicts: [...conflicts.values()].sort((a, b) => compareText(a.field, b.field)) };
}

type OnConflict = (field: string, values: readonly Told[]) => void;

/** `told` is in order of rank and not empty. */
function mergeFact(told: readonly Told[], path: readonly string[], onConflict: OnConflict): Json {
  const values = told.map(({ value }) => value);
  if (values.every(isRecord)) return mergeRecords(told, path, onConflict);
  if (values.every(isList)) return joinedSet(values.flat());
  const settled = told.map(({ value, locators }) => ({ value: settle(value), locators }));
  const distinct = [...groupBy(settled, ({ value }) => canonicalJson(value)).values()].map(joinLocators);
  if (distinct.length > 1) onConflict(path.join('.'), distinct);
  return distinct[0]?.value ?? null;
}

/** The value with its lists as sets, as merging leaves them. */
function settle(value: Json): Json {
  if (isList(value)) return joinedSet(value);
  if (!isRecord(value)) return value;
  return Object.fromEntries(sortedSet(Object.keys(value)).map((key) => [key, settle(value[key] ?? null)]));
}

function mergeRecords(told: readonly Told[], path: readonly string[], onConflict: OnConflict): Json {
  const keys = sortedSet(told.flatMap(({ value }) => Object.keys(isRecord(value) ? value : {})));
  return Object.fromEntries(
    keys.map((key) => {
      const members = told.flatMap(({ value, locators }) =>
        memberOf(value, key).map((member) => ({ value: member, locators })),
      );
      return [key, mergeFact(members, [...path, key], onConflict)];
    }),
  );
}

function memberOf(value: Json, key: string): readonly Json[] {
  const member = isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  return member === undefined ? [] : [member];
}

function mergeOwners(told: readonly Asset[], onConflict: (values: readonly Told[]) => void): Asset['owner'] {
  const claims = told.flatMap(({ owner }) => owner ?? []).sort(byOwnerRank);
  const named = groupBy(claims, ({ name }) => name);
  if (named.size > 1) {
    onConflict(
      [...named].map(([value, owners]) => ({ value, locators: sortedSet(owners.map(({ source }) => source)) })),
    );
  }
  return claims[0];
}

function byRank(a: Asset, b: Asset): number {
  const rank = (asset: Asset): number => (asset.locators.some(isCatalogInfo) ? 0 : 1);
  const first = (asset: Asset): string => asset.locators.toSorted(compareText)[0] ?? '';
  return rank(a) - rank(b) || compareText(first(a), first(b)) || compareText(canonicalJson(a), canonicalJson(b));
}

/** What a team writes of itself in catalog-info.yaml goes before CODEOWNERS. */
function byOwnerRank(a: { name: string; source: string }, b: { name: string; source: string }): number {
  const rank = (source: string): number => (isCatalogInfo(source) ? 0 : 1);
  return rank(a.source) - rank(b.source) || compareText(a.source, b.source) || compareText(a.name, b.name);
}

function isCatalogInfo(place: string): boolean {
  return /(?:^|\/)catalog-info\.ya?ml(?:#|$)/.test(place);
}

function joinLocators(told: readonly Told[]): Told {
  return { value: told[0]?.value ?? null, locators: sortedSet(told.flatMap(({ locators }) => locators)) };
}

/** In the order of each key's first member. (`Map.groupBy` is younger than the oldest Node that runs workers.) */
function groupBy<T>(values: readonly T[], keyOf: (value: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const key = keyOf(value);
    const group = groups.get(key);
    if (group) group.push(value);
    else groups.set(key, [value]);
  }
  return groups;
}

/** Each value once, in the order of its canonical text. */
function joinedSet<T extends Json>(values: readonly T[]): T[] {
  const byText = new Map(values.map((value) => [canonicalJson(value), value]));
  return [...byText].sort(([a], [b]) => compareText(a, b)).map(([, value]) => value);
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function isRecord(value: Json): value is { [key: string]: Json } {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
