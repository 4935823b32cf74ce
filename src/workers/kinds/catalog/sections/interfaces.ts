import { fieldsOf, textOf, valueAt } from '../../../../checks/kubernetes/fields.ts';
import { readText } from '../../../../checks/workspace.ts';
import { sortedSet } from '../../../../shared/canonical.ts';
import { nameAt, newAsset } from '../assets.ts';
import type { CatalogSource, SectionYield } from '../source.ts';
import { readYamlFile } from '../yaml-file.ts';

const maxTextBytes = 1024 * 1024;

/** APIs that the repository describes: OpenAPI, AsyncAPI, GraphQL schemas and gRPC services. */
export function readInterfaces(source: CatalogSource): SectionYield {
  const read = source.files.flatMap(({ path, size }) => {
    const readFile = readerFor(path);
    if (readFile === undefined) return [];
    const text = readText(source.workspace, path);
    if (text === undefined) return [];
    if (size > maxTextBytes && !isDocument(path))
      return [{ assets: [], unread: [{ path, reason: 'larger than 1 MiB' }] }];
    return [readFile(source, { path, text })];
  });
  return { assets: read.flatMap(({ assets }) => assets), unread: read.flatMap(({ unread }) => unread ?? []) };
}

interface TextFile {
  readonly path: string;
  readonly text: string;
}
type ReadFile = (source: CatalogSource, file: TextFile) => SectionYield;

function readerFor(path: string): ReadFile | undefined {
  if (isDocument(path)) return readDescription;
  if (/\.(?:graphqls?|gql)$/.test(path)) return readGraphql;
  return path.endsWith('.proto') ? readProto : undefined;
}

function isDocument(path: string): boolean {
  return /\.(?:ya?ml|json)$/.test(path);
}

const descriptionTypes = { openapi: 'openapi', swagger: 'openapi', asyncapi: 'asyncapi' } as const;

/** OpenAPI and AsyncAPI: the root names the format's version. */
function readDescription(source: CatalogSource, { path, text }: TextFile): SectionYield {
  if (
    !/^[ \t]{0,8}["']?(?:openapi|swagger|asyncapi)["']?[ \t]{0,8}:/m.test(text) &&
    !/^\s{0,8}\{\s{0,8}"(?:openapi|swagger|asyncapi)"/.test(text)
  ) {
    return { assets: [] };
  }
  const { documents, unread } = readYamlFile(source.workspace, path);
  const root = documents[0]?.value;
  const format = Object.entries(descriptionTypes).find(([key]) => textOf(fieldsOf(root)[key]) !== undefined);
  if (unread.length > 0) return { assets: [], unread };
  if (format === undefined) return { assets: [] };
  const spec = {
    type: format[1],
    title: textOf(valueAt(root, 'info', 'title')),
    version: textOf(valueAt(root, 'info', 'version')),
    paths: Object.keys(fieldsOf(fieldsOf(root)[format[1] === 'openapi' ? 'paths' : 'channels'])).length,
  };
  return { assets: [apiAsset(source, { path, name: path, spec })] };
}

/** A schema defines types; a document that only asks for data is no interface. */
function readGraphql(source: CatalogSource, { path, text }: TextFile): SectionYield {
  const defines = /^(?:extend[ \t]{1,8})?(?:type|schema|interface|enum|input|union|scalar|directive)\b/m.test(text);
  return { assets: defines ? [apiAsset(source, { path, name: path, spec: { type: 'graphql' } })] : [] };
}

/** One API per service, known by its full name: copies of a proto file in several folders describe one service. */
function readProto(source: CatalogSource, { path, text }: TextFile): SectionYield {
  const code = withoutComments(text);
  const packageName = code.match(/\bpackage\s{1,50}([\w.]{1,200})\s{0,50};/)?.[1];
  const services = [...code.matchAll(/\bservice\s{1,50}([A-Za-z_]\w{0,200})\s{0,50}\{/g)].flatMap(
    (match) => match[1] ?? [],
  );
  const named = sortedSet(services).map((service) =>
    packageName === undefined ? service : `${packageName}.${service}`,
  );
  return { assets: named.map((name) => apiAsset(source, { path, name, spec: { type: 'grpc', title: name } })) };
}

/** Strings are stepped over first, so that `"//"` starts no comment. */
function withoutComments(code: string): string {
  return code.replace(/"(?:\\.|[^"\\\n])*"|\/\/[^\n]*|\/\*[^*]*(?:\*(?!\/)[^*]*)*(?:\*\/|$)/g, ' ');
}

function apiAsset(
  source: CatalogSource,
  { path, name, spec }: { path: string; name: string; spec: Readonly<Record<string, string | number | undefined>> },
): SectionYield['assets'][number] {
  return newAsset({
    kind: 'API',
    namespace: source.repository.namespace,
    name: nameAt(source.repository, name),
    locator: path,
    spec,
  });
}
