import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Counter } from './counts.ts';
import type { Fault, Faults } from './faults.ts';
import { bodyOf, countedAs } from './requests.ts';
import { sendJson, type Answer } from './answers.ts';
import { failure, serverFailure, tooManyRequests } from './status.ts';

export type Handle = (request: http.IncomingMessage, response: http.ServerResponse) => Promise<void>;

/** Where the server listens: it can go away and come back on the same port. */
export interface Listener {
  readonly port: () => number;
  readonly start: () => Promise<void>;
  /** Takes no connection any more, and cuts those that there are. */
  readonly stop: () => Promise<void>;
}

export interface ListenerOptions {
  readonly tls: { readonly key: string; readonly cert: string } | undefined;
  readonly counter: Counter;
  readonly faults: Faults;
  readonly handle: Handle;
  readonly upgrade: (request: http.IncomingMessage, socket: Duplex) => void;
  /** What the header `Date` says. */
  readonly now: () => number;
}

export function openListener({ tls, counter, faults, handle, upgrade, now }: ListenerOptions): Listener {
  const sockets = new Set<Socket>();
  let server: http.Server | undefined;
  let port = 0;
  const serve = (request: http.IncomingMessage, response: http.ServerResponse): void => {
    counter.requested(countedAs(request));
    response.on('error', () => undefined);
    response.setHeader('date', new Date(now()).toUTCString());
    const path = request.url ?? '/';
    const [verb = ''] = countedAs(request).split(' ');
    withFault(faults.take(verb, path), { request, response, handle }).catch((error: unknown) => {
      process.stderr.write(`fake API server: ${String(error instanceof Error ? error.stack : error)}\n`);
      if (!response.headersSent) sendJson(response, { code: 500, body: serverFailure(500).status });
    });
  };
  return {
    port: () => port,
    start: async () => {
      const next = tls ? https.createServer(tls, serve) : http.createServer(serve);
      next.keepAliveTimeout = 90_000;
      next.on('upgrade', (request, socket) => {
        counter.requested(countedAs(request));
        upgrade(request, socket);
      });
      next.on(tls ? 'secureConnection' : 'connection', (socket: Socket) => {
        sockets.add(socket);
        counter.connected();
        socket.on('error', () => undefined);
        socket.once('close', () => {
          sockets.delete(socket);
          counter.disconnected();
        });
      });
      next.listen(port, '127.0.0.1');
      await once(next, 'listening');
      port = (next.address() as AddressInfo).port;
      server = next;
    },
    stop: async () => {
      if (!server) return;
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      server = undefined;
      await closed;
    },
  };
}

interface Exchange {
  readonly request: http.IncomingMessage;
  readonly response: http.ServerResponse;
  readonly handle: Handle;
}

async function withFault(fault: Fault | undefined, { request, response, handle }: Exchange): Promise<void> {
  if (fault === undefined) {
    await handle(request, response);
  } else if (fault === 'reset') {
    request.socket.destroy();
  } else if (fault === 'hang') {
    await bodyOf(request);
  } else if (fault === 'lost-answer' || fault === 'silence') {
    withholdAnswer(response, fault);
    await handle(request, response);
  } else if ('status' in fault) {
    await bodyOf(request);
    sendJson(response, refusalOf(fault));
  } else if ('says' in fault) {
    await bodyOf(request);
    response.writeHead(200, { 'content-type': 'application/json' }).end(fault.says);
  } else {
    slow(response, fault);
    await handle(request, response);
  }
}

/** Whatever would be answered: the connection is gone first, or nothing ever comes. */
function withholdAnswer(response: http.ServerResponse, fault: 'lost-answer' | 'silence'): void {
  response.writeHead = (): http.ServerResponse => response;
  response.end = (): http.ServerResponse => {
    if (fault === 'lost-answer') response.socket?.destroy();
    return response;
  };
}

function slow(
  response: http.ServerResponse,
  { pieces, everyMs }: { readonly pieces: number; readonly everyMs: number },
): void {
  const write = response.write.bind(response) as (piece: Buffer) => boolean;
  const end = response.end.bind(response) as () => http.ServerResponse;
  response.end = ((body: string | undefined): http.ServerResponse => {
    const bytes = Buffer.from(body ?? '');
    const size = Math.max(1, Math.ceil(bytes.length / pieces));
    const next = (from: number): void => {
      if (from >= bytes.length || response.destroyed) {
        end();
        return;
      }
      write(bytes.subarray(from, from + size));
      setTimeout(() => next(from + size), everyMs);
    };
    setTimeout(() => next(0), everyMs);
    return response;
  }) as typeof response.end;
}

function refusalOf(fault: { readonly status: number; readonly retryAfterSeconds?: number }): Answer {
  const { status: code, retryAfterSeconds } = fault;
  const headers = retryAfterSeconds === undefined ? undefined : { 'Retry-After': String(retryAfterSeconds) };
  if (code === 409 || code === 410) {
    const [reason, message] =
      code === 409
        ? ['Conflict', 'Operation cannot be fulfilled: scripted conflict']
        : ['Expired', 'too old resource version: 1 (2)'];
    return { code, body: failure({ code, reason, message }) };
  }
  const { status } = code === 429 ? tooManyRequests(retryAfterSeconds ?? 1) : serverFailure(code);
  return { code, body: status, ...(headers ? { headers } : {}) };
}
