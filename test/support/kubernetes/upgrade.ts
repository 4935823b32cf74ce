import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { refuseStranger, type Served } from './requests.ts';
import { readPath } from './resources.ts';
import { badRequest, methodNotAllowed, Refusal, unauthorized } from './status.ts';

/** Answers a request that asks for a websocket: a port-forward, or a refusal as of any other request. */
export function upgrade(served: Served, request: IncomingMessage, socket: Duplex): void {
  socket.on('error', () => undefined);
  try {
    portForward(served, request, socket);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    refuse(socket, error);
  }
}

function portForward(served: Served, request: IncomingMessage, socket: Duplex): void {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const route = readPath(url.pathname);
  if (route?.resource.plural !== 'pods' || route.subresource !== 'portforward') throw methodNotAllowed();
  if (!served.tokens.admits(request.headers.authorization)) throw unauthorized();
  // Since 1.35 a websocket takes the right to create besides that to get.
  for (const verb of ['get', 'create']) refuseStranger(served.rights, route, verb);
  const { namespace, name = '' } = route;
  const pod = served.world.verbs.read('pods', { namespace, name });
  const port = Number(url.searchParams.get('ports') ?? NaN);
  if (!Number.isInteger(port)) throw badRequest('query parameter "ports" is required');
  served.forwards.carry(pod, port, { request, socket });
}

function refuse(socket: Duplex, { status }: Refusal): void {
  const body = JSON.stringify(status);
  const code = status.code ?? 500;
  const head = [`HTTP/1.1 ${code} ${STATUS_CODES[code] ?? ''}`, 'content-type: application/json', 'connection: close'];
  socket.end([...head, `content-length: ${Buffer.byteLength(body)}`, '', body].join('\r\n'));
}
