import type { AssetConflict } from '../../../checks/assets/merge-assets.ts';
import type { Asset } from '../../../protocol/asset.ts';
import { findingFingerprint, type Finding, type Location } from '../../../protocol/finding.ts';
import { canonicalJson, sortedSet } from '../../../shared/canonical.ts';
import { objectRef, pathOf } from './assets.ts';
import type { CatalogSource } from './source.ts';

const ruleId = 'catalog/conflicting-definitions';

/** One finding per thing that several files define differently, naming each fact, its values and their places. */
export function conflictFindings(
  source: CatalogSource,
  { assets, conflicts }: { readonly assets: readonly Asset[]; readonly conflicts: readonly AssetConflict[] },
): Finding[] {
  return assets.flatMap((asset) => {
    const own = conflicts.filter(({ ref }) => ref === asset.ref);
    return own.length === 0 ? [] : [conflictFinding(source, { asset, conflicts: own })];
  });
}

function conflictFinding(
  source: CatalogSource,
  { asset, conflicts }: { readonly asset: Asset; readonly conflicts: readonly AssetConflict[] },
): Finding {
  const facts = conflicts.map(describe).join('; ');
  const location = firstLocation(source, { asset, conflicts });
  return {
    fingerprint: findingFingerprint(ruleId, asset.ref, conflicts.map(({ field }) => field).join(' ')),
    ruleId,
    tool: { name: 'cortex-catalog', version: '1' },
    severity: 'low',
    confidence: 'high',
    subject: asset.ref,
    message: `${asset.ref} is defined differently in several places: ${facts}`,
    remedy: 'Keep one definition and derive the others from it, or give the variants names or namespaces of their own.',
    ...(location && { location }),
    basis: 'measured',
  };
}

function describe({ field, values }: AssetConflict): string {
  const told = values.map(
    ({ value, locators }) => `${cut(canonicalJson(value))} in ${sortedSet(locators.map(pathOf)).join(', ')}`,
  );
  return `${field.replace(/^spec\./, '')} is ${told.join(' but ')}`;
}

/** Where the value that was kept stands. */
function firstLocation(
  source: CatalogSource,
  { asset, conflicts }: { readonly asset: Asset; readonly conflicts: readonly AssetConflict[] },
): Location | undefined {
  const locator = conflicts[0]?.values[0]?.locators[0];
  if (locator === undefined) return undefined;
  const path = pathOf(locator);
  const object = source.kubernetes.objects.find(
    (each) => objectRef(each) === asset.ref && `${each.path}#${each.pointer}` === locator,
  );
  return { path, line: object?.line ?? 1 };
}

function cut(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
