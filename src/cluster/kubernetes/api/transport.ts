import type http from 'node:http';
import type { IncomingMessage } from 'node:http';
import { bug, CortexError } from '../../../shared/errors.ts';
import { pause } from '../../../shared/pause.ts';
import type { Access } from './access.ts';
import { apiError, isOfAStart, isPassing, readStatus, unreachable, type ApiStatus } from './api-errors.ts';
import { openConnections, type Connections } from './connections.ts';

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path with its query. */
  readonly path: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

export interface ApiAnswer {
  readonly code: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/**
 * Requests to one API server. What may pass (429, 5xx, a lost connection) is tried again with growing waits, or when
 * the server says, for as long as patience lasts. That is safe for all that Cortex asks: it reads, deletes, and creates
 * by name, where a second try is answered 409. Anything else throws at once, as `apiError` says, and `kube-unreachable`.
 */
export interface Transport {
  readonly server: string;
  readonly send: (request: ApiRequest) => Promise<ApiAnswer>;
  /** One try of an answer that stays open, on a connection of its own: a watch, a log. */
  readonly stream: (request: ApiRequest) => Promise<IncomingMessage>;
  /** Requests sent so far, tries included. */
  readonly requests: () => number;
  readonly close: () => void;
}

export interface TransportLimits {
  /** How long one try may take, body included, in ms. */
  readonly requestMs: number;
  /** For how long a request is tried again, in ms. */
  readonly patienceMs: number;
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
}

export const defaultLimits: TransportLimits = {
  requestMs: 30_000,
  patienceMs: 120_000,
  firstWaitMs: 100,
  longestWaitMs: 5000,
};

/** One server, and what stands open to it. */
interface Line {
  readonly access: Access;
  readonly connections: Connections;
  readonly limits: TransportLimits;
  requests: number;
  isClosed: boolean;
  /** When contact was last lost, by the monotonic clock. */
  lostAt: number;
}

/** A server that is starting refuses whom it does not know yet: for so long after a loss of contact that is not final, in ms. */
const startingMs = 30_000;

/** Opens no connection before the first request. */
export function openTransport(access: Access, given: Partial<TransportLimits> = {}): Transport {
  const limits = { ...defaultLimits, ...given };
  const line: Line = {
    access,
    connections: openConnections(access),
    limits,
    requests: 0,
    isClosed: false,
    lostAt: -Infinity,
  };
  return {
    server: access.server,
    send: (request) => sendPatiently(line, request),
    stream: (request) => openStream(line, request),
    requests: () => line.requests,
    close: () => {
      line.isClosed = true;
      line.connections.close();
    },
  };
}

/** What one try came to: an answer, a refusal, or no answer at all. */
type Outcome = ApiAnswer | { readonly refused: ApiStatus } | { readonly lost: unknown };

async function sendPatiently(line: Line, request: ApiRequest): Promise<ApiAnswer> {
  const start = performance.now();
  let renewed = false;
  for (let tries = 0; ; tries += 1) {
    const outcome = await tryOnce(line, request, renewed);
    if ('body' in outcome) return outcome;
    const isStale: boolean = 'refused' in outcome && outcome.refused.code === 401 && !renewed;
    renewed ||= isStale;
    if (isStale) continue;
    const waitMs = waitBefore(tries, outcome, line.limits);
    const isOver = line.isClosed || performance.now() - start + waitMs > line.limits.patienceMs;
    if (isOver || !mayPass(outcome, line)) throw failureOf(line, request, outcome);
    await pause(waitMs, request.signal);
  }
}

async function tryOnce(line: Line, request: ApiRequest, renew: boolean): Promise<Outcome> {
  const late = new AbortController();
  const signal = request.signal ? AbortSignal.any([request.signal, late.signal]) : late.signal;
  let timer: NodeJS.Timeout | undefined;
  // Counted from when it has a connection: many requests wait for one of a few.
  const onSent = (): void => void (timer ??= setTimeout(() => late.abort(), line.limits.requestMs));
  try {
    const response = await open(line, { ...request, signal }, { stays: false, renew, onSent });
    const body = await bodyOf(response);
    const code = response.statusCode ?? 0;
    if (code >= 200 && code < 300) return { code, headers: plainHeaders(response.headers), body };
    return { refused: readStatus(code, response.headers['retry-after'], body.toString('utf8')) };
  } catch (error) {
    // The caller's own abort, and what a way in says of itself, go on as they are.
    if (request.signal?.aborted) throw request.signal.reason;
    if (error instanceof CortexError) throw error;
    line.lostAt = performance.now();
    return { lost: late.signal.aborted ? new Error(`no answer within ${line.limits.requestMs} ms`) : error };
  } finally {
    clearTimeout(timer);
  }
}

async function openStream(line: Line, request: ApiRequest): Promise<IncomingMessage> {
  for (const renew of [false, true]) {
    const response = await open(line, request, { stays: true, renew }).catch((error: unknown) => {
      throw error instanceof CortexError ? error : failureOf(line, request, { lost: error });
    });
    const code = response.statusCode ?? 0;
    if (code >= 200 && code < 300) return response;
    const text = (await bodyOf(response).catch(() => Buffer.alloc(0))).toString('utf8');
    if (code === 401 && !renew) continue;
    throw failureOf(line, request, { refused: readStatus(code, response.headers['retry-after'], text) });
  }
  throw bug('stream-unanswered', `${nameOf(request)} was neither answered nor refused`);
}

async function open(
  line: Line,
  request: ApiRequest,
  { stays, renew, onSent }: { readonly stays: boolean; readonly renew: boolean; readonly onSent?: () => void },
): Promise<IncomingMessage> {
  const credentials = await line.access.credentials(renew);
  line.requests += 1;
  const { method, path, body, signal } = request;
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const headers = { accept: 'application/json', ...request.headers, ...credentials.headers, ...length };
  const url = new URL(path, line.access.server);
  const sent = line.connections.open(url, { method, headers, signal }, { credentials, stays });
  if (onSent) sent.once('socket', onSent);
  return answered(sent, body);
}

function answered(request: http.ClientRequest, body: string | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve);
    request.once('error', reject);
    request.end(body);
  });
}

async function bodyOf(response: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of response) pieces.push(piece as Buffer);
  if (!response.complete) throw new Error('the answer broke off');
  return Buffer.concat(pieces);
}

function mayPass(outcome: Exclude<Outcome, ApiAnswer>, line: Line): boolean {
  if ('lost' in outcome) return true;
  const isStarting = performance.now() - line.lostAt < startingMs;
  return isPassing(outcome.refused) || (isStarting && isOfAStart(outcome.refused));
}

function failureOf({ access }: Line, request: ApiRequest, outcome: Exclude<Outcome, ApiAnswer>): CortexError {
  const what = nameOf(request);
  return 'lost' in outcome
    ? unreachable(access.server, what, { cause: outcome.lost })
    : apiError(outcome.refused, what);
}

function waitBefore(tries: number, outcome: Exclude<Outcome, ApiAnswer>, limits: TransportLimits): number {
  const growing = Math.min(limits.longestWaitMs, limits.firstWaitMs * 2 ** Math.min(tries, 10));
  const asked = 'refused' in outcome ? outcome.refused.retryAfterMs : undefined;
  return Math.max(asked ?? 0, growing);
}

/** `POST /apis/batch/v1/…`: what was asked, without what may differ in its query. */
function nameOf({ method, path }: ApiRequest): string {
  return `${method} ${path.split('?', 1)[0] ?? path}`;
}

function plainHeaders(headers: IncomingMessage['headers']): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
