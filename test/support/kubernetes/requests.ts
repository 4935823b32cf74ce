import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  deletedStatus,
  discovery,
  listOf,
  matcherOf,
  metadataList,
  sendJson,
  version,
  type Answer,
} from './answers.ts';
import type { Counter } from './counts.ts';
import { verbOf } from './counts.ts';
import type { DeleteOptions, Propagation } from './deletion.ts';
import type { Kubelets } from './kubelet.ts';
import { metricsAt } from './metrics.ts';
import { placeOf, type KubeObject, type Place } from './objects.ts';
import { disrupt } from './pod-status.ts';
import type { PortForwards } from './port-forward.ts';
import { readLog } from './read-log.ts';
import { qualified, readPath, type Route } from './resources.ts';
import type { Attributes, Rights } from './rights.ts';
import { badRequest, failure, methodNotAllowed, Refusal, unauthorized } from './status.ts';
import type { Tokens } from './tokens.ts';
import type { Watches } from './watch.ts';
import type { World } from './world.ts';

/** What requests are answered from. */
export interface Served {
  readonly world: World;
  readonly kubelets: Kubelets;
  readonly watches: Watches;
  readonly tokens: Tokens;
  readonly rights: Rights;
  readonly counter: Counter;
  readonly metrics: { isServed: boolean };
  /** Hours that the clocks of nodes are ahead of UTC. */
  readonly zoneHours: number;
  readonly forwards: PortForwards;
}

/** One request, read. */
interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: string;
  readonly contentType: string;
  readonly accept: string;
}

/** Answers a request as the API server would. */
export async function answer(served: Served, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const body = await bodyOf(request);
  const asked: Asked = {
    method: request.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    body,
    contentType: request.headers['content-type'] ?? '',
    accept: request.headers.accept ?? '',
  };
  try {
    if (!served.tokens.admits(request.headers.authorization)) throw unauthorized();
    respond(served, asked, response);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    sendJson(response, { code: error.status.code ?? 500, body: error.status, headers: error.headers });
  }
}

export async function bodyOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString('utf8');
}

function respond(served: Served, asked: Asked, response: ServerResponse): void {
  const route = readPath(asked.path);
  if (!route) {
    respondElsewhere(served, asked, response);
    return;
  }
  const verb = verbOf(asked.method, route, asked.query);
  refuseStranger(served.rights, route, verb);
  if (route.subresource === 'log') {
    const pod = served.world.verbs.read('pods', placeIn(route));
    readLog(served.kubelets, { pod, query: asked.query, zoneHours: served.zoneHours }, response);
  } else if (verb === 'watch') {
    served.watches.open(watchOf(route, asked.query), response);
  } else {
    sendJson(response, perform(served, { route, verb, asked }));
  }
}

/** Throws where the right is missing. */
export function refuseStranger(rights: Rights, route: Route, verb: string): void {
  const { resource, namespace, name = '', subresource = '' } = route;
  const attributes: Attributes = {
    verb,
    group: resource.group,
    resource: resource.plural,
    subresource,
    namespace,
    name,
  };
  if (rights.allows(attributes)) return;
  const what = `${resource.plural}${subresource ? `/${subresource}` : ''}`;
  const where = namespace ? `in the namespace "${namespace}"` : 'at the cluster scope';
  const why = `User "launcher" cannot ${verb} resource "${what}" in API group "${resource.group}" ${where}`;
  const message = `${qualified(resource)}${name ? ` "${name}"` : ''} is forbidden: ${why}`;
  const details = {
    ...(name ? { name } : {}),
    ...(resource.group ? { group: resource.group } : {}),
    kind: resource.plural,
  };
  throw new Refusal(failure({ code: 403, reason: 'Forbidden', message, details }));
}

function watchOf(route: Route, query: URLSearchParams): Parameters<Watches['open']>[0] {
  const asked = query.get('resourceVersion') ?? '';
  const named = Number(query.get('timeoutSeconds') ?? 0);
  return {
    route,
    matches: matcherOf(query),
    version: asked === '' || asked === '0' ? undefined : Number(asked),
    bookmarks: ['1', 'true'].includes(query.get('allowWatchBookmarks') ?? ''),
    timeoutMs: (named || 1800) * 1000,
  };
}

function perform({ world }: Served, { route, verb, asked }: { route: Route; verb: string; asked: Asked }): Answer {
  const { verbs, store } = world;
  const { plural } = route.resource;
  const dryRun = asked.query.get('dryRun') === 'All';
  const place = placeIn(route);
  if (route.subresource === 'eviction') return { code: 201, body: evict(world, place) };
  const doing: Readonly<Record<string, () => Answer>> = {
    get: () => ({ code: 200, body: verbs.read(plural, place) }),
    list: () => {
      const versions = { current: store.version(), oldest: store.oldest() };
      const list = listOf(verbs, { route, query: asked.query }, versions);
      return { code: 200, body: isMetadataOnly(asked) ? metadataList(list) : list };
    },
    create: () => ({ code: 201, body: verbs.create(plural, sent(route, asked.body), { dryRun }) }),
    update: () => ({ code: 200, body: verbs.replace(plural, place, sent(route, asked.body)) }),
    patch: () => ({ code: 200, body: verbs.patch(plural, place, readPatch(asked)) }),
    delete: () => remove(world, route, asked),
    deletecollection: () => {
      const all = verbs.list(plural, route.namespace).filter(matcherOf(asked.query));
      for (const object of all) verbs.remove(plural, placeOf(object), deleteOptions(asked));
      return { code: 200, body: { kind: `${route.resource.kind}List`, metadata: {}, items: all } };
    },
  };
  const act = doing[verb];
  const isNamed = ['update', 'patch'].includes(verb);
  const isMisplaced = (isNamed && route.name === undefined) || (verb === 'create' && route.name !== undefined);
  if (!act || isMisplaced) throw methodNotAllowed();
  return act();
}

/** A client may ask for names, labels and the like alone. */
function isMetadataOnly({ accept }: Asked): boolean {
  return /^application\/json;as=PartialObjectMetadataList;v=v1;g=meta\.k8s\.io(?:,|$)/.test(accept);
}

function placeIn({ namespace, name = '' }: Route): Place {
  return { namespace, name };
}

function sent({ resource, namespace, name }: Route, body: string): KubeObject {
  let object: KubeObject;
  try {
    object = JSON.parse(body) as KubeObject;
  } catch (error) {
    const why = `couldn't get version/kind; json parse error: ${String(error)}`;
    throw badRequest(`the object provided is unrecognized (must be of type ${resource.kind}): ${why}`);
  }
  object.metadata ??= { name: '' } as KubeObject['metadata'];
  const given = object.metadata.namespace ?? namespace;
  if (given !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  object.kind ??= resource.kind;
  if (namespace) object.metadata.namespace = namespace;
  object.metadata.name ??= name ?? '';
  return object;
}

function readPatch({ body, contentType }: Asked): unknown {
  if (/^application\/(?:strategic-)?merge-patch\+json/.test(contentType)) return JSON.parse(body) as unknown;
  const message = `415: Unsupported Media Type`;
  throw new Refusal(failure({ code: 415, reason: 'UnsupportedMediaType', message, details: {} }));
}

function deleteOptions({ query, body }: Asked): DeleteOptions {
  const told = (body ? JSON.parse(body) : {}) as { propagationPolicy?: Propagation; gracePeriodSeconds?: number };
  const grace = query.get('gracePeriodSeconds');
  return {
    propagation: (query.get('propagationPolicy') as Propagation | null) ?? told.propagationPolicy,
    graceSeconds: grace === null ? told.gracePeriodSeconds : Number(grace),
  };
}

function remove({ verbs }: World, route: Route, asked: Asked): Answer {
  const { uid } = verbs.read(route.resource.plural, placeIn(route)).metadata;
  const left = verbs.remove(route.resource.plural, placeIn(route), deleteOptions(asked));
  return { code: 200, body: left ?? deletedStatus(route, uid) };
}

function evict({ verbs, store, now }: World, place: Place): unknown {
  const pod = verbs.read('pods', place);
  const why = { reason: 'EvictionByEvictionAPI', message: 'Eviction API: evicting' };
  store.update('pods', place, (draft) => disrupt(draft, why, now()));
  verbs.remove('pods', placeOf(pod));
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };
}

const reviewKind = { kind: 'SelfSubjectAccessReview', apiVersion: 'authorization.k8s.io/v1' };

function respondElsewhere(served: Served, { method, path, body }: Asked, response: ServerResponse): void {
  if (['/readyz', '/livez', '/healthz'].includes(path)) response.writeHead(200).end('ok');
  else if (path === '/version') sendJson(response, { code: 200, body: version });
  else if (path === '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews' && method === 'POST') {
    const review = JSON.parse(body) as { spec: { resourceAttributes: Attributes } };
    const allowed = served.rights.allows(review.spec.resourceAttributes);
    sendJson(response, { code: 201, body: { ...reviewKind, ...review, metadata: {}, status: { allowed } } });
  } else {
    const found =
      discovery(path) ?? (served.metrics.isServed ? metricsAt(served.world, served.kubelets, path) : undefined);
    if (found) sendJson(response, { code: 200, body: found });
    else response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found\n');
  }
}

/** How a request is counted: by what it does to which collection. */
export function countedAs(request: IncomingMessage): string {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const route = readPath(url.pathname);
  if (!route) return `${request.method?.toLowerCase()} ${url.pathname}`;
  const verb = verbOf(request.method ?? 'GET', route, url.searchParams);
  return `${verb} ${route.resource.plural}${route.subresource ? `/${route.subresource}` : ''}`;
}
