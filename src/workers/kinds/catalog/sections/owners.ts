import { sortedSet } from '../../../../shared/canonical.ts';
import { newAsset } from '../assets.ts';
import { ownerIdentity, readOwnersFile, unreadOwnerLines } from '../ownership.ts';
import type { CatalogSource, SectionYield } from '../source.ts';

/** Everyone whom CODEOWNERS names, with the patterns they own. */
export function readOwners(source: CatalogSource): SectionYield {
  const file = readOwnersFile(source);
  if (file === undefined) return { assets: [] };
  const owners = sortedSet(file.rules.flatMap((rule) => rule.owners));
  return {
    assets: owners.map((owner) => {
      const patterns = file.rules.filter((rule) => rule.owners.includes(owner)).map(({ pattern }) => pattern);
      return newAsset({
        kind: 'Owner',
        ...ownerIdentity(owner),
        locator: file.path,
        spec: { patterns: sortedSet(patterns) },
      });
    }),
    unread: unreadOwnerLines(file),
  };
}
