import type { UnreadFile } from '../../../checks/kubernetes/objects.ts';
import { mergeAssets, type AssetConflict } from '../../../checks/assets/merge-assets.ts';
import { catalogSections } from '../../../protocol/capabilities.ts';
import type { Asset } from '../../../protocol/asset.ts';
import type { Measurement } from '../../../protocol/result.ts';
import { canonicalJson, compareText } from '../../../shared/canonical.ts';
import type { Perform } from '../../work.ts';
import { pathOf } from './assets.ts';
import { conflictFindings } from './conflicts.ts';
import { sectionReaders } from './sections/registry.ts';
import { openSource, type CatalogSource } from './source.ts';

/**
 * Catalogs what a repository declares: one asset per thing, however many files tell of it, and a finding where they
 * tell different things. Packages are no assets. Every count rests on one artefact: the assets of each file.
 */
export const catalogRepository: Perform<'catalog-worker', 'repository'> = async ({
  workspace,
  inputs,
  keepEvidence,
}) => {
  const { source, unread } = openSource(workspace, inputs);
  const wanted = catalogSections.filter((section) => inputs.sections.includes(section));
  const read = wanted.map((section) => sectionReaders[section](source));
  const { assets, conflicts } = mergeAssets(read.map((section) => section.assets));
  const missed = distinctUnread([...unread, ...read.flatMap((section) => section.unread ?? [])]);
  const inventory = inventoryOf(source, { sections: wanted, assets, conflicts, unread: missed });
  const evidence = await keepEvidence('Assets of the repository, by kind and by file', 'application/json', inventory);
  return {
    summary: summaryOf(assets, { conflicts: conflicts.length, unread: missed.length }),
    assets,
    findings: conflictFindings(source, { assets, conflicts }),
    measurements: measure(assets, { subject: workspace.repository, evidence }),
    unread: missed,
  };
};

interface Inventory {
  readonly sections: readonly string[];
  readonly assets: readonly Asset[];
  readonly conflicts: readonly AssetConflict[];
  readonly unread: readonly UnreadFile[];
}

/** What was read and what came of it; canonical, so that equal trees keep one artefact. */
function inventoryOf(source: CatalogSource, { sections, assets, conflicts, unread }: Inventory): object {
  const places = assets.flatMap((asset) =>
    asset.locators.map((locator) => ({ path: pathOf(locator), ref: asset.ref })),
  );
  const files = new Map<string, Set<string>>();
  for (const { path, ref } of places) files.set(path, (files.get(path) ?? new Set()).add(ref));
  return {
    repository: source.workspace.repository,
    sections,
    selectedFiles: source.files.length,
    kinds: countByKind(assets),
    files: Object.fromEntries([...files].map(([path, refs]) => [path, [...refs].sort(compareText)])),
    kubernetesObjects: countObjects(source),
    patches: source.kubernetes.patches,
    conflicts,
    unread,
  };
}

/** Objects as files declare them, before the same one in several files becomes one asset. */
function countObjects({ kubernetes }: CatalogSource): Record<string, Record<string, number>> {
  const counts: Record<string, Record<string, number>> = {};
  for (const { path, kind } of kubernetes.objects) {
    const file = (counts[path] ??= {});
    file[kind] = (file[kind] ?? 0) + 1;
  }
  return counts;
}

function measure(
  assets: readonly Asset[],
  proof: { readonly subject: string; readonly evidence: string },
): Measurement[] {
  const counts = Object.entries(countByKind(assets)).map(([kind, value]) => ({
    name: `assets.${kebabCase(kind)}`,
    value,
  }));
  return [{ name: 'assets.total', value: assets.length }, ...counts].map((count) => ({
    ...count,
    unit: 'assets',
    ...proof,
  }));
}

function countByKind(assets: readonly Asset[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { kind } of assets) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/** `CustomResourceDefinition` → `custom-resource-definition`, `API` → `api`. */
function kebabCase(kind: string): string {
  return kind.replace(/([a-z])([A-Z])/g, '$1-$2').toLowerCase();
}

function distinctUnread(unread: readonly UnreadFile[]): UnreadFile[] {
  const byText = new Map(unread.map((file) => [canonicalJson(file), file]));
  return [...byText.values()].sort((a, b) => compareText(a.path, b.path) || compareText(a.reason, b.reason));
}

function summaryOf(assets: readonly Asset[], { conflicts, unread }: { conflicts: number; unread: number }): string {
  const kinds = Object.keys(countByKind(assets)).length;
  const rest = [
    ...(conflicts > 0 ? [`${conflicts} facts told differently`] : []),
    ...(unread > 0 ? [`${unread} places not read`] : []),
  ];
  return [`${assets.length} assets of ${kinds} kinds`, ...rest].join('; ');
}
