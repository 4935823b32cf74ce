import { posix } from 'node:path';
import type { Asset } from '../../../../protocol/asset.ts';
import { sortedSet } from '../../../../shared/canonical.ts';
import { nameAt, newAsset, refOf } from '../assets.ts';
import { readCatalogInfo, type DeclaredEntity } from '../catalog-info.ts';
import { isDockerfile, manifestKindOf, type ManifestFolder } from '../manifests.ts';
import { manifestFolders } from '../manifest-folders.ts';
import { ownershipOf, readOwnersFile, type OwnersFile } from '../ownership.ts';
import type { CatalogSource, SectionYield } from '../source.ts';

/** One reason to call a folder a component. */
interface Trace {
  readonly folder: string;
  readonly locator: string;
  readonly image?: string;
}

/**
 * The repository and its components: folders with a manifest and an entry point, a Dockerfile, a skaffold artifact or a
 * catalog-info.yaml. The last names the component of its folder where it declares exactly one.
 */
export function readComponents(source: CatalogSource): SectionYield {
  const declared = readCatalogInfo(source);
  const contents = manifestFolders(source);
  const folders = groupByFolder([...manifestTraces(contents), ...artifactTraces(source)]);
  const owners = source.sections.includes('owners') ? readOwnersFile(source) : undefined;
  const named = declaredComponentByFolder(declared.entities);
  const inferred = [...folders].map(([folder, traces]) =>
    componentAsset(source, {
      folder,
      traces,
      owners,
      entity: named.get(folder),
      languages: languagesOf(contents.get(folder)),
    }),
  );
  const languages = sortedSet([...contents.values()].flatMap(languagesOf));
  return {
    assets: [repositoryAsset(source, languages), ...inferred, ...declared.entities.map(({ asset }) => asset)],
    unread: declared.unread,
  };
}

function repositoryAsset({ repository, workspace }: CatalogSource, languages: string[]): Asset {
  const { namespace, name } = repository;
  return newAsset({
    kind: 'Repository',
    namespace,
    name,
    locator: '.',
    spec: { fullName: workspace.repository, languages },
  });
}

interface InferredComponent {
  readonly folder: string;
  readonly traces: readonly Trace[];
  readonly languages: string[];
  readonly owners: OwnersFile | undefined;
  readonly entity: DeclaredEntity | undefined;
}

function componentAsset({ repository }: CatalogSource, component: InferredComponent): Asset {
  const { folder, traces, languages, owners, entity } = component;
  const { owner, relations } = ownershipOf(owners, folder);
  const asset = newAsset({
    kind: 'Component',
    namespace: entity?.asset.namespace ?? repository.namespace,
    name: entity?.asset.name ?? nameAt(repository, folder),
    locator: '',
    spec: {
      languages,
      images: sortedSet(traces.flatMap(({ image }) => image ?? [])),
    },
    relations: [{ type: 'partOf', target: refOf('repository', repository.namespace, repository.name) }],
  });
  return {
    ...asset,
    locators: sortedSet(traces.map(({ locator }) => locator)),
    ...(entity?.asset.owner ? {} : { ...(owner && { owner }), relations: [...asset.relations, ...relations] }),
  };
}

function manifestTraces(folders: ReadonlyMap<string, ManifestFolder>): readonly Trace[] {
  return [...folders].flatMap(([folder, contents]) =>
    contents.names
      .filter((name) => isDockerfile(name) || manifestKindOf(name)?.hasEntryPoint(contents, name))
      .map((name) => ({ folder, locator: posix.join(folder, name) })),
  );
}

function languagesOf(contents: ManifestFolder | undefined): string[] {
  return sortedSet((contents?.names ?? []).flatMap((name) => manifestKindOf(name)?.language ?? []));
}

function artifactTraces({ artifacts }: CatalogSource): readonly Trace[] {
  return [...artifacts.values()].map(({ context, path, image }) => {
    return { folder: context === '.' ? '' : context, locator: `${path}#${image}`, image };
  });
}

function groupByFolder(traces: readonly Trace[]): ReadonlyMap<string, readonly Trace[]> {
  const folders = new Map<string, Trace[]>();
  for (const trace of traces) folders.set(trace.folder, [...(folders.get(trace.folder) ?? []), trace]);
  return folders;
}

function declaredComponentByFolder(entities: readonly DeclaredEntity[]): ReadonlyMap<string, DeclaredEntity> {
  const components = entities.filter(({ asset }) => asset.kind === 'Component');
  const alone = components.filter(({ folder }) => components.filter((other) => other.folder === folder).length === 1);
  return new Map(alone.map((entity) => [entity.folder, entity]));
}
