import { posix } from 'node:path';
import { fieldsOf, textOf, textsOf } from '../../../checks/kubernetes/fields.ts';
import type { UnreadFile } from '../../../checks/kubernetes/objects.ts';
import type { YamlDocument } from '../../../checks/kubernetes/yaml-documents.ts';
import type { Asset, AssetKind } from '../../../protocol/asset.ts';
import { newAsset, refOf } from './assets.ts';
import type { CatalogSource } from './source.ts';
import { readYamlFile } from './yaml-file.ts';

/** An entity of a Backstage catalog-info.yaml, with the folder it speaks for. */
export interface DeclaredEntity {
  readonly folder: string;
  readonly asset: Asset;
}

/** Backstage's kinds that are things of the catalog; people, domains and templates are not. */
const entityKinds: Readonly<Record<string, AssetKind>> = { Component: 'Component', API: 'API', Resource: 'Resource' };

/** Entities of every selected catalog-info.yaml. */
export function readCatalogInfo(source: CatalogSource): {
  readonly entities: readonly DeclaredEntity[];
  readonly unread: readonly UnreadFile[];
} {
  const paths = source.files.map(({ path }) => path).filter((path) => /(?:^|\/)catalog-info\.ya?ml$/.test(path));
  const read = paths.map((path) => ({ path, ...readYamlFile(source.workspace, path) }));
  const entities = read.flatMap(({ path, documents }) =>
    documents.map((document) => readEntity(source, { path, document })),
  );
  return {
    entities: entities.flatMap((entity) => ('asset' in entity ? [entity] : [])),
    unread: [
      ...read.flatMap(({ unread }) => unread),
      ...entities.flatMap((entity) => ('reason' in entity ? [entity] : [])),
    ],
  };
}

interface PlacedDocument {
  readonly path: string;
  readonly document: YamlDocument;
}

function readEntity(
  source: CatalogSource,
  { path, document }: PlacedDocument,
): DeclaredEntity | UnreadFile | Record<never, never> {
  const entity = fieldsOf(document.value);
  const written = textOf(entity['kind']) ?? '';
  const kind = Object.hasOwn(entityKinds, written) ? entityKinds[written] : undefined;
  if (kind === undefined || !textOf(entity['apiVersion'])?.startsWith('backstage.io/')) return {};
  const metadata = fieldsOf(entity['metadata']);
  const name = metadata['name'];
  const namespace = metadata['namespace'] ?? 'default';
  if (!isEntityName(name) || !isEntityName(namespace))
    return { path, reason: `line ${document.line}: ${kind} without a valid name` };
  const spec = fieldsOf(entity['spec']);
  const owner = textOf(spec['owner'], 200);
  const asset = newAsset({
    kind,
    namespace,
    name,
    locator: `${path}#/${document.index}`,
    ...(owner === undefined ? {} : { owner: { name: owner, source: path } }),
    spec: {
      type: textOf(spec['type']),
      lifecycle: textOf(spec['lifecycle']),
      system: textOf(spec['system']),
      tags: [...textsOf(metadata['tags'])],
    },
    relations: [
      ...(owner === undefined ? [] : [{ type: 'ownedBy', target: entityRef(owner, { kind: 'group', namespace }) }]),
      ...(kind === 'Component' ? [partOf(source)] : []),
      ...textsOf(spec['dependsOn']).map((target) => ({
        type: 'dependsOn',
        target: entityRef(target, { kind: 'component', namespace }),
      })),
      ...textsOf(spec['providesApis']).map((target) => ({
        type: 'providesApi',
        target: entityRef(target, { kind: 'api', namespace }),
      })),
    ],
  });
  return { folder: posix.dirname(path) === '.' ? '' : posix.dirname(path), asset };
}

function partOf({ repository }: CatalogSource): Asset['relations'][number] {
  return { type: 'partOf', target: refOf('repository', repository.namespace, repository.name) };
}

/** `[kind:][namespace/]name`, completed. */
function entityRef(written: string, fallback: { readonly kind: string; readonly namespace: string }): string {
  const colon = written.indexOf(':');
  const kind = colon === -1 ? fallback.kind : written.slice(0, colon);
  const rest = written.slice(colon + 1);
  const slash = rest.indexOf('/');
  return refOf(kind, slash === -1 ? fallback.namespace : rest.slice(0, slash), rest.slice(slash + 1));
}

/** Backstage's rule for names. */
function isEntityName(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/.test(value);
}
