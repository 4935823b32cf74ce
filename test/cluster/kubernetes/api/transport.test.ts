import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Access } from '../../../../src/cluster/kubernetes/api/access.ts';
import {
  openTransport,
  type Transport,
  type TransportLimits,
} from '../../../../src/cluster/kubernetes/api/transport.ts';

type Answer = (request: IncomingMessage, response: ServerResponse, count: number) => void;

interface Place {
  readonly transport: Transport;
  /** Requests that arrived, and connections that were opened. */
  readonly seen: { requests: number; connections: number; tokens: (string | undefined)[] };
  readonly server: Server;
}

const status = (code: number, reason: string, message: string): string =>
  JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message });

describe('requests to an API server', () => {
  const open: Place[] = [];
  afterEach(() => {
    for (const { transport, server } of open.splice(0)) {
      transport.close();
      server.closeAllConnections();
      server.close();
    }
  });

  const start = async (answer: Answer, limits: Partial<TransportLimits> = {}): Promise<Place> => {
    const seen = { requests: 0, connections: 0, tokens: [] as (string | undefined)[] };
    const server = createServer((request, response) => {
      seen.requests += 1;
      seen.tokens.push(request.headers.authorization);
      answer(request, response, seen.requests);
    });
    server.on('connection', (_socket: Socket) => (seen.connections += 1));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    let minted = 0;
    const access: Access = {
      server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      about: 'a test',
      secrets: [],
      credentials: (renew) => {
        if (renew || minted === 0) minted += 1;
        return Promise.resolve({ headers: { authorization: `Bearer token-${minted}` } });
      },
    };
    const quick = { firstWaitMs: 5, longestWaitMs: 20, patienceMs: 2000, requestMs: 1000, ...limits };
    const place = { transport: openTransport(access, quick), seen, server };
    open.push(place);
    return place;
  };
  const get = (transport: Transport, signal?: AbortSignal) => transport.send({ method: 'GET', path: '/x', signal });

  it('keep their connections: a hundred one after the other use one, many at once no more than eight', async () => {
    const { transport, seen } = await start((_request, response) => void setTimeout(() => response.end('{}'), 1));
    for (let count = 0; count < 100; count += 1) await get(transport);
    expect(seen.connections).toBe(1);
    await Promise.all(Array.from({ length: 200 }, () => get(transport)));
    expect(seen.connections).toBeLessThanOrEqual(8);
    expect(transport.requests()).toBe(300);
  });

  it('wait as long as the server says when it has too much to do', async () => {
    const { transport, seen } = await start((_request, response, count) => {
      if (count > 1) return void response.end('{}');
      response.writeHead(429, { 'retry-after': '1' });
      response.end(status(429, 'TooManyRequests', 'slow down'));
    });
    const before = performance.now();
    await get(transport);
    expect(performance.now() - before).toBeGreaterThanOrEqual(990);
    expect(seen.requests).toBe(2);
  });

  it.each<readonly [string, Answer]>([
    ['a server error', (_request, response) => void response.writeHead(503).end('starting')],
    ['a reset', (request) => request.socket.resetAndDestroy()],
    [
      'half an answer',
      (_request, response) => {
        response.writeHead(200, { 'content-length': '10' });
        response.write('{');
        setTimeout(() => response.destroy(), 5);
      },
    ],
  ])('are tried again after %s', async (_name, fault) => {
    const { transport } = await start((request, response, count) =>
      count < 4 ? fault(request, response, count) : void response.end('{"ok":true}'),
    );
    expect((await get(transport)).body.toString()).toBe('{"ok":true}');
  });

  it('give up when their patience is over, and say what was seen', async () => {
    const { transport } = await start((_request, response) => void response.writeHead(500).end('no'), {
      patienceMs: 100,
    });
    await expect(get(transport)).rejects.toMatchObject({ code: 'kube-busy', family: 'outside', retryable: true });
    const silent = await start((request) => void request.socket.destroy(), { patienceMs: 100 });
    await expect(get(silent.transport)).rejects.toMatchObject({ code: 'kube-unreachable', family: 'outside' });
  });

  it('do not wait for an answer that does not come, or never ends', async () => {
    const hanging = await start(() => undefined, { requestMs: 50, patienceMs: 10 });
    await expect(get(hanging.transport)).rejects.toMatchObject({
      code: 'kube-unreachable',
      message: expect.stringContaining('no answer within 50 ms') as string,
    });
    const slow = await start((_request, response) => void response.write('{'), { requestMs: 50, patienceMs: 10 });
    await expect(get(slow.transport)).rejects.toMatchObject({ code: 'kube-unreachable' });
  });

  it.each([
    [400, 'kube-invalid'],
    [403, 'kube-forbidden'],
    [404, 'kube-missing'],
    [409, 'kube-conflict'],
    [410, 'kube-gone'],
    [422, 'kube-invalid'],
    [418, 'kube-refused'],
  ])('throw HTTP %i at once as %s, in the words of the server', async (code, expected) => {
    const { transport, seen } = await start(
      (_request, response) =>
        void response.writeHead(code).end(status(code, 'Because', 'jobs.batch "x" is in the way')),
    );
    const failure = await get(transport).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: expected,
      message: expect.stringContaining('jobs.batch "x" is in the way') as string,
      cause: { code, reason: 'Because' },
    });
    expect(seen.requests).toBe(1);
  });

  it('have a refused token made anew, once', async () => {
    const expired = await start((request, response) =>
      request.headers.authorization === 'Bearer token-1' ? void response.writeHead(401).end() : void response.end('{}'),
    );
    await get(expired.transport);
    expect(expired.seen.tokens).toEqual(['Bearer token-1', 'Bearer token-2']);
    const wrong = await start(
      (_request, response) => void response.writeHead(401).end(status(401, 'Unauthorized', 'no')),
    );
    await expect(get(wrong.transport)).rejects.toMatchObject({ code: 'kube-unauthorized', family: 'problem' });
    expect(wrong.seen.requests).toBe(2);
  });

  it('wait for a server that has just come back and does not know us yet', async () => {
    const starting = await start((request, response, count) => {
      if (count === 1) return void request.socket.resetAndDestroy();
      if (count < 5) return void response.writeHead(401).end(status(401, 'Unauthorized', 'Unauthorized'));
      if (count < 8) return void response.writeHead(403).end(status(403, 'Forbidden', 'role "x" not found'));
      response.end('{}');
    });
    await expect(get(starting.transport)).resolves.toMatchObject({ code: 200 });
  });

  it('take the verdict of a policy or a quota for final also then', async () => {
    const starting = await start((request, response, count) =>
      count === 1
        ? request.socket.resetAndDestroy()
        : void response
            .writeHead(403)
            .end(status(403, 'Forbidden', 'ValidatingAdmissionPolicy "p" denied request: no')),
    );
    await expect(get(starting.transport)).rejects.toMatchObject({ code: 'kube-forbidden' });
  });

  it('end when they are told to, also between two tries', async () => {
    const { transport } = await start((_request, response) => void response.writeHead(503).end(), {
      longestWaitMs: 5000,
      firstWaitMs: 5000,
      patienceMs: 60_000,
    });
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error('enough')), 50);
    await expect(get(transport, stop.signal)).rejects.toThrow('enough');
  });

  it('say nothing of the token in any message', async () => {
    const { transport } = await start(
      (_request, response) => void response.writeHead(403).end(status(403, 'Forbidden', 'no')),
    );
    const failure = (await get(transport).catch((error: unknown) => error)) as Error;
    expect(`${failure.message} ${JSON.stringify(failure)} ${String(failure.stack)}`).not.toContain('token-1');
  });

  it('stream what stays open on connections of its own', async () => {
    const { transport, seen } = await start((_request, response) => void response.write('{}\n'));
    const streams = await Promise.all(
      Array.from({ length: 10 }, () => transport.stream({ method: 'GET', path: '/watch' })),
    );
    expect(seen.connections).toBe(10);
    for (const stream of streams) stream.destroy();
  });
});
