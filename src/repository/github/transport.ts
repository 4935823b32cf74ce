import { Octokit } from '@octokit/rest';
import type { Clock } from '../../shared/clock.ts';
import { CortexError } from '../../shared/errors.ts';
import { answerError, limitedError, plainHeaders, readAnswer, type Answer } from './answer.ts';
import { admittedAt, emptyLedger, halfOf, withClosed, withSent, type Ledger, type Sending } from './budget.ts';
import { isLimited, limitedWaitMs, untilReset } from './limited.ts';
import type { GitHubLimits } from './limits.ts';

/** Typed by route, such as `GET /repos/{owner}/{repo}`. Throws only what `answer.ts` makes of answers. */
export type RestRequest = Octokit['request'];

/** Marks a write that may be sent again where no good answer came: a second one changes nothing. */
export const repeatable = { repeatable: true } as const;

/** Requests sent so far, tries included, and what was waited for limits and after failures, in ms. */
export interface RequestCounts extends Readonly<Record<Sending['kind'], number>> {
  readonly waitedMs: number;
}

/** One request as it ended; status 0 = no answer. */
export interface SentRequest extends Sending {
  readonly route: string;
  readonly status: number;
}

export interface TransportOptions {
  readonly apiUrl: string;
  readonly graphqlUrl: string;
  /** Asked before each request, so that a token may be renewed. */
  readonly token: () => Promise<string>;
  readonly scheme: 'token' | 'bearer';
  readonly userAgent: string;
  readonly clock: Clock;
  readonly pause: (ms: number) => Promise<void>;
  readonly limits: GitHubLimits;
  readonly onRequest?: ((request: SentRequest) => void) | undefined;
}

/**
 * Requests to GitHub, one after the other, never more than its limits allow. A refusal for too many requests is waited out;
 * no answer or one of 5xx is tried again for reads and for writes marked `repeatable`. Patience has an end, for all requests
 * together: then `github-rate-limited` says when to come back.
 */
export interface Transport {
  readonly rest: RestRequest;
  /** The data and the errors of an answer, both as they came. */
  readonly graphql: (query: string, variables: Readonly<Record<string, unknown>>) => Promise<GraphqlAnswer>;
  readonly counts: () => RequestCounts;
  /** Of the newest answer to a query. */
  readonly scopes: () => string | undefined;
}

export interface GraphqlAnswer {
  readonly data: unknown;
  readonly errors: readonly GraphqlError[];
}

export interface GraphqlError {
  readonly type?: string;
  readonly message: string;
  readonly path?: readonly (string | number)[];
}

/** One line to one server. */
interface Line {
  readonly options: TransportOptions;
  ledger: Ledger;
  counts: Record<Sending['kind'], number> & { waitedMs: number };
  patienceMs: number;
  scopes: string | undefined;
  last: Promise<unknown>;
}

type RawResponse = Awaited<ReturnType<RestRequest>>;

interface Try {
  readonly sending: Sending;
  readonly route: string;
  readonly isRepeatable: boolean;
  readonly send: () => Promise<RawResponse>;
}

/** Connects with the first request. */
export function openTransport(options: TransportOptions): Transport {
  const line: Line = {
    options,
    ledger: emptyLedger,
    counts: { read: 0, write: 0, query: 0, mutation: 0, waitedMs: 0 },
    patienceMs: options.limits.patienceMs,
    scopes: undefined,
    last: Promise.resolve(),
  };
  const octokit = new Octokit({ baseUrl: options.apiUrl, userAgent: options.userAgent, log: silent });
  octokit.hook.wrap('request', (send, request) => {
    const sending = sendingOf(request, options.graphqlUrl);
    const isRead = sending.kind === 'read' || sending.kind === 'query';
    const isRepeatable = isRead || request.request?.['repeatable'] === true;
    const route = request.url === options.graphqlUrl ? `a ${sending.kind}` : `${request.method} ${request.url}`;
    const sendOnce = async (): Promise<RawResponse> => {
      // Set on the request itself: what is given to `send` reaches only the next hook.
      request.headers.authorization = `${options.scheme} ${await options.token()}`;
      request.request = { ...request.request, signal: AbortSignal.timeout(options.limits.requestMs) };
      return (await send(request)) as RawResponse;
    };
    return inTurn(line, () => sendPatiently(line, { sending, route, isRepeatable, send: sendOnce }));
  });
  return {
    rest: octokit.request,
    graphql: async (query, variables) => {
      const { data } = await octokit.request(`POST ${options.graphqlUrl}`, { query, variables });
      return { data: (data as GraphqlBody).data ?? null, errors: (data as GraphqlBody).errors ?? [] };
    },
    counts: () => ({ ...line.counts }),
    scopes: () => line.scopes,
  };
}

interface GraphqlBody {
  readonly data?: unknown;
  readonly errors?: readonly GraphqlError[];
}

const silent = { debug: nothing, info: nothing, warn: nothing, error: nothing };
function nothing(): void {}

/** Objects that no branch shows yet are no content. */
const unseen = /\/git\/(?:blobs|trees|commits)$|\/access_tokens$/;

function sendingOf(request: { method: string; url: string } & object, graphqlUrl: string): Sending {
  if (request.url === graphqlUrl) {
    const isMutation = /^\s*mutation\b/.test(String((request as { query?: unknown }).query));
    return { kind: isMutation ? 'mutation' : 'query', isContent: isMutation };
  }
  if (request.method === 'GET') return { kind: 'read', isContent: false };
  return { kind: 'write', isContent: request.method !== 'DELETE' && !unseen.test(request.url) };
}

/** One after the other: GitHub asks for that, and the count of what was sent is exact by it. */
function inTurn<T>(line: Line, work: () => Promise<T>): Promise<T> {
  const turn = line.last.then(work);
  line.last = turn.catch(() => undefined);
  return turn;
}

async function sendPatiently(line: Line, request: Try): Promise<RawResponse> {
  const { limits } = line.options;
  for (let limited = 0, lost = 0; ;) {
    await waitForTurn(line, request);
    const outcome = await tryOnce(line, request);
    if ('response' in outcome) return outcome.response;
    const { refused } = outcome;
    if (isLimited(refused)) {
      const wait = limitedWaitMs(refused, { now: line.options.clock.now(), times: limited, limits });
      limited += 1;
      await waitOrGiveUp(line, wait, refused);
    } else {
      lost += 1;
      const mayPass = (refused.status === 0 || refused.status >= 500) && request.isRepeatable;
      if (!mayPass || lost >= limits.tries) throw answerError(refused);
      await waitOrGiveUp(line, passingWaitMs(refused, lost, limits), refused);
    }
  }
}

function passingWaitMs({ headers }: Answer, lost: number, limits: GitHubLimits): number {
  const asked = Number(headers['retry-after']);
  return Number.isFinite(asked) && asked > 0 ? asked * 1000 : limits.firstWaitMs * 2 ** (lost - 1);
}

async function tryOnce(line: Line, request: Try): Promise<{ response: RawResponse } | { refused: Answer }> {
  let outcome: { response: RawResponse } | { refused: Answer };
  try {
    const response = await request.send();
    const refused = refusalWithin(response, request);
    outcome = refused ? { refused } : { response };
    note(line, request, { status: response.status, headers: plainHeaders(response.headers) });
  } catch (error) {
    if (error instanceof CortexError) throw error;
    const refused = readAnswer(error, request.route);
    outcome = { refused };
    note(line, request, refused);
  }
  return outcome;
}

/** Queries are answered with 200 even where nothing was done; a body that broke off comes as text. */
function refusalWithin(response: RawResponse, { route, sending }: Try): Answer | undefined {
  const headers = plainHeaders(response.headers);
  const data = response.data as unknown;
  if (typeof data === 'string' && response.status !== 204 && /json/.test(headers['content-type'] ?? ''))
    return { status: 0, route, message: 'the answer broke off', headers };
  if (halfOf(sending) === 'rest') return undefined;
  const { data: answer, errors = [] } = (data ?? {}) as GraphqlBody;
  const limited = errors.find(({ type }) => type === 'RATE_LIMITED');
  if (limited) return { status: 429, route, message: limited.message, headers };
  const untold = errors.find(({ type, message }) => type === undefined && /went wrong|timed? ?out/i.test(message));
  return untold && (answer ?? null) === null ? { status: 502, route, message: untold.message, headers } : undefined;
}

function note(line: Line, { sending, route }: Try, { status, headers }: Pick<Answer, 'status' | 'headers'>): void {
  const now = line.options.clock.now();
  line.counts[sending.kind] += 1;
  line.ledger = withSent(line.ledger, { ...sending, at: now });
  // Some paths, such as code scanning's, are limited apart from the rest: they close nothing else.
  const isOfHalf = /^(?:core|graphql)?$/.test(headers['x-ratelimit-resource'] ?? '');
  const isSpent = isOfHalf && headers['x-ratelimit-remaining'] === '0';
  const wait = isSpent ? untilReset(headers, now) : undefined;
  if (wait !== undefined) line.ledger = withClosed(line.ledger, halfOf(sending), now + wait);
  line.scopes = headers['x-oauth-scopes'] ?? line.scopes;
  line.options.onRequest?.({ ...sending, route, status });
}

async function waitForTurn(line: Line, { sending, route }: Try): Promise<void> {
  const now = line.options.clock.now();
  const wait = admittedAt(line.ledger, { ...sending, at: now }, line.options.limits) - now;
  if (wait <= 0) return;
  if (wait > line.options.limits.writeSpacingMs) return waitOrGiveUp(line, wait, { route, message: 'enough was sent' });
  await line.options.pause(wait);
}

async function waitOrGiveUp(line: Line, ms: number, answer: Pick<Answer, 'route' | 'message'>): Promise<void> {
  if (ms > line.patienceMs) throw limitedOrFailed(line, ms, answer);
  line.patienceMs -= ms;
  line.counts.waitedMs += ms;
  await line.options.pause(ms);
}

function limitedOrFailed(line: Line, ms: number, answer: Pick<Answer, 'route' | 'message'> | Answer): CortexError {
  const isOther = 'status' in answer && !isLimited(answer);
  return isOther ? answerError(answer) : limitedError(answer, line.options.clock.now() + ms);
}
