import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { openClient } from '../../../src/repository/github/open-github.ts';
import type { GitHubLimits } from '../../../src/repository/github/limits.ts';
import { CortexError } from '../../../src/shared/errors.ts';

/** What is answered: an answer, `silence` = none ever, `drop` = the connection breaks before one, `break` = in the middle of one. */
export type Scripted =
  | 'silence'
  | 'drop'
  | 'break'
  | { readonly status?: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown };

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  readonly userAgent: string | undefined;
  readonly body: string;
}

export type ScriptedServer = Awaited<ReturnType<typeof startScripted>>;

/** A server that answers in the order of a script, and with its last line from then on. */
export async function startScripted(script: readonly Scripted[], path = '') {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      received.push(receivedOf(request, body));
      answer(script[Math.min(received.length, script.length) - 1] ?? {}, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    received,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function receivedOf({ method = '', url = '', headers }: IncomingMessage, body: string): Received {
  const { authorization, 'user-agent': userAgent } = headers;
  return { method, path: url, authorization, userAgent, body };
}

function answer(scripted: Scripted, response: ServerResponse): void {
  if (scripted === 'silence') return;
  if (scripted === 'drop') return void response.destroy();
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  if (scripted === 'break') {
    response.writeHead(200, { ...headers, 'content-length': '100' });
    response.write('{"full_name":', () => response.destroy());
    return;
  }
  // Its clock stands for GitHub's: without a date it tells no time.
  response.sendDate = false;
  const { status = 200, headers: more = {}, body = {} } = scripted;
  response.writeHead(status, { ...headers, ...more });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

/** A clock that only pauses move, and the pauses that were made, in ms. */
export function pausedClock(now = Date.UTC(2026, 10, 30)) {
  const pauses: number[] = [];
  let at = now;
  return {
    pauses,
    clock: { now: () => at },
    pause: (ms: number): Promise<void> => {
      pauses.push(ms);
      at += ms;
      return Promise.resolve();
    },
  };
}

export const secretToken = ['ghs', 'thisMustNeverBeSeen0123456789'].join('_');

/** A client of the server, whose waits take no time; its writes need not be apart. */
export function clientOf(server: ScriptedServer, limits: Partial<GitHubLimits> = {}) {
  const time = pausedClock();
  const client = openClient({
    apiUrl: server.url,
    repository: 'acme/shop',
    token: secretToken,
    clock: time.clock,
    pause: time.pause,
    userAgent: 'cortex-test',
    limits: { writeSpacingMs: 0, ...limits },
  });
  return { client, ...time };
}

/** What a promise is rejected with, which must be an error of ours that shows no token. */
export async function rejection(promise: Promise<unknown>): Promise<CortexError> {
  const error = await promise.then(
    (value) => new Error(`nothing was thrown, but ${inspect(value)} came`),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof CortexError)) throw error;
  if (inspect(error, { depth: 10 }).includes(secretToken)) throw new Error('the token is shown');
  return error;
}
