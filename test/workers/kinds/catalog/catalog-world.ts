import type { Asset } from '../../../../src/protocol/asset.ts';
import { catalogSections, type CatalogSection } from '../../../../src/protocol/capabilities.ts';
import { catalogRepository } from '../../../../src/workers/kinds/catalog/repository.ts';
import type { Work } from '../../../../src/workers/work.ts';
import { testWork } from '../../../support/work-context.ts';

export type Files = Readonly<Record<string, string>>;

/** The catalog of a tree, `example/repository`, as the worker makes it. */
export function catalog(files: Files, sections: readonly CatalogSection[] = catalogSections): Promise<Work> {
  const inputs = { paths: ['**'], sections: [...sections] };
  return catalogRepository(testWork({ kind: 'catalog-worker', capability: 'repository', inputs, files }).context);
}

/** The assets of a section, without the repository itself; the repository is `example/repository`. */
export async function assetsOf(files: Files, section: CatalogSection): Promise<readonly Asset[]> {
  const { assets = [] } = await catalog(files, section === 'owners' ? ['owners'] : [section]);
  return assets.filter(({ kind }) => kind !== 'Repository');
}

export const deployment = (name: string, image: string): string =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: ${name} }\nspec: { template: { spec: { containers: [{ name: main, image: "${image}" }] } } }\n`;
export const object = (apiVersion: string, kind: string, rest = ''): string =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: thing }\n${rest}`;
