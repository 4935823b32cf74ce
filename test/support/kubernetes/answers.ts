import type { ServerResponse } from 'node:http';
import type { ApiVerbs } from './api-verbs.ts';
import type { KubeObject } from './objects.ts';
import { apiVersionOf, resources, type Route } from './resources.ts';
import { fieldMatcher, labelMatcher, type Matcher } from './selectors.ts';
import { failure, Refusal, type Status } from './status.ts';

export interface Answer {
  readonly code: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export function sendJson(response: ServerResponse, { code, body, headers = {} }: Answer): void {
  const text = JSON.stringify(body);
  response.writeHead(code, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}

export function matcherOf(query: URLSearchParams): Matcher {
  const byLabels = labelMatcher(query.get('labelSelector') ?? '');
  const byFields = fieldMatcher(query.get('fieldSelector') ?? '');
  return (object) => byLabels(object) && byFields(object);
}

/** The body of a page of a collection. */
export interface ListBody {
  readonly kind: string;
  readonly apiVersion: string;
  readonly metadata: object;
  readonly items: readonly Pick<KubeObject, 'metadata'>[];
}

/** The same page for a client that asks for nothing but the metadata of objects. */
export function metadataList({ metadata, items }: ListBody): ListBody {
  const apiVersion = 'meta.k8s.io/v1';
  const plain = items.map((item) => ({ kind: 'PartialObjectMetadata', apiVersion, metadata: item.metadata }));
  return { kind: 'PartialObjectMetadataList', apiVersion, metadata, items: plain };
}

/** A page of a collection. */
export function listOf(
  verbs: ApiVerbs,
  { route, query }: { readonly route: Route; readonly query: URLSearchParams },
  versions: { readonly current: number; readonly oldest: number },
): ListBody {
  const { resource, namespace } = route;
  const asked = Number(query.get('resourceVersion') ?? 0);
  if (asked > versions.current) throw tooLarge(asked, versions.current);
  const page = readContinue(query.get('continue'), versions.oldest);
  const matches = matcherOf(query);
  const all = verbs
    .list(resource.plural, namespace)
    .filter(matches)
    .filter((object) => page === undefined || sortKey(object) > page.after);
  const limit = Number(query.get('limit') ?? 0) || all.length;
  const items = all.slice(0, limit).map(asItem);
  const last = all[limit - 1];
  const version = page?.version ?? versions.current;
  const more =
    all.length > limit && last
      ? { continue: writeContinue({ version, after: sortKey(last) }), remainingItemCount: all.length - limit }
      : {};
  const metadata = { resourceVersion: String(version), ...more };
  return { kind: `${resource.kind}List`, apiVersion: apiVersionOf(resource), metadata, items };
}

function sortKey({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

/** Objects in a list say neither kind nor version. */
function asItem(object: KubeObject): Omit<KubeObject, 'kind' | 'apiVersion'> {
  const { kind: _kind, apiVersion: _version, ...item } = object;
  return item;
}

interface Page {
  readonly version: number;
  readonly after: string;
}

function writeContinue(page: Page): string {
  return Buffer.from(JSON.stringify(page)).toString('base64url');
}

function readContinue(token: string | null, oldest: number): Page | undefined {
  if (token === null || token === '') return undefined;
  const page = JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as Page;
  if (page.version >= oldest) return page;
  const message =
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.';
  throw new Refusal(failure({ code: 410, reason: 'Expired', message }));
}

function tooLarge(asked: number, current: number): Refusal {
  const causes = [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }];
  const message = `Timeout: Too large resource version: ${asked}, current: ${current}`;
  return new Refusal(failure({ code: 504, reason: 'Timeout', message, details: { causes, retryAfterSeconds: 1 } }));
}

/** What a deletion says of an object that is gone. */
export function deletedStatus({ resource, name }: Route, uid: string): Status {
  const group = resource.group ? { group: resource.group } : {};
  const details = { name, ...group, kind: resource.plural, uid };
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details };
}

/** What a client that asks what there is gets to know: `/api/v1`, `/apis/batch/v1`. */
export function discovery(path: string): unknown {
  const [, group = '', version] = /^\/(?:api|apis\/([^/]+))\/([^/]+)$/.exec(path) ?? [];
  const served = Object.values(resources).filter((each) => each.group === group && each.version === version);
  if (served.length === 0) return undefined;
  return {
    kind: 'APIResourceList',
    groupVersion: group ? `${group}/${version}` : version,
    resources: served.map(({ plural, kind, namespaced }) => ({
      name: plural,
      kind,
      namespaced,
      verbs: ['get', 'list'],
    })),
  };
}

export const version = {
  major: '1',
  minor: '36',
  gitVersion: 'v1.36.3+fake',
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: '',
  compiler: '',
  platform: 'linux/amd64',
};
