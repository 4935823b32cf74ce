import type { IncomingMessage, ServerResponse } from 'node:http';
import { restContract, type Contract } from './contract.ts';
import { isGraphqlPath, kindOfDocument, runGraphql } from './graphql/execute.ts';
import { gitRequestOf, serveGit } from './git-http.ts';
import type { Fault, Faults } from './faults.ts';
import { bodyOf } from './listener.ts';
import type { Kind, Logged, RequestLog } from './log.ts';
import { countRequest, primaryLimit, rateHeaders, secondaryLimit } from './rates.ts';
import { notFound, Refusal, refusal } from './refusals.ts';
import { actionRoutes } from './rest/actions.ts';
import { alertRoutes } from './rest/alerts.ts';
import { appRoutes } from './rest/apps.ts';
import { gitDataRoutes } from './rest/git-data.ts';
import { commentRoutes, issueRoutes, labelRoutes } from './rest/issues.ts';
import { pullRoutes } from './rest/pulls.ts';
import { refRoutes } from './rest/refs.ts';
import { repositoryRoutes } from './rest/repositories.ts';
import { matcher, type Answer, type Json, type Route } from './routes.ts';
import { scopesOf, tokenOf, type Token } from './tokens.ts';
import type { World } from './world.ts';

export interface Served {
  readonly world: World;
  readonly faults: Faults;
  readonly log: RequestLog;
  /** Requests and answers that break GitHub's description, in words. */
  readonly violations: string[];
}

const routes: readonly Route[] = [
  ...refRoutes,
  ...gitDataRoutes,
  ...repositoryRoutes,
  ...pullRoutes,
  // Before those of an issue, whose number would take the word `comments`.
  ...commentRoutes,
  ...issueRoutes,
  ...labelRoutes,
  ...appRoutes,
  ...actionRoutes,
  ...alertRoutes,
];

/** The templates that are offered; a test compares them with those described. */
export const offered = routes.map(({ method, template }) => ({ method, template }));

const matched = routes.map((route) => ({ route, match: matcher(route.template) }));

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly url: string;
  readonly text: string;
  readonly body: Json;
  readonly authorization: string | undefined;
  readonly kind: Kind;
}

/** Answers one request: git's, GraphQL's, or REST's. */
export async function serve(served: Served, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, search, searchParams } = new URL(request.url ?? '/', served.world.url);
  const method = request.method ?? 'GET';
  const authorization = request.headers.authorization;
  const git = gitRequestOf(method, pathname, searchParams);
  if (git) {
    const about = { kind: 'git', method, path: `${pathname}${search}`, operation: `git ${git.rest}` } as const;
    const entry = served.log.add(logged(served, { ...about, authorization }));
    const fault = served.faults.take({ kind: 'git', method, path: pathname, body: '' });
    const token = knownToken(served.world, authorization);
    if (!(await isSpoilt(fault, response))) await serveGit(served.world, { asked: git, token }, [request, response]);
    entry.status = response.headersSent ? response.statusCode : null;
    return;
  }
  const text = await bodyOf(request, served.world.limits.requestBytes);
  const path = pathname.replace(/^\/api(?:\/v3)?(?=\/)/, '');
  const body = parsed(text ?? '');
  const kind = isGraphqlPath(path) ? kindOfDocument(body) : method === 'GET' ? 'read' : 'write';
  const asked = {
    method,
    path,
    query: searchParams,
    url: `${pathname}${search}`,
    text: text ?? '',
    body,
    authorization,
    kind,
  };
  const fault = served.faults.take({ kind, method, path, body: asked.text });
  const entry = served.log.add(
    logged(served, { kind, method, path: `${path}${search}`, operation: operationOf(asked), body, authorization }),
  );
  if (fault === 'reset') {
    request.socket.destroy();
    return;
  }
  const answer =
    text === undefined ? answerTo(refusal(413, 'Request entity too large')) : await faulted(served, asked, fault);
  if (fault === 'lost-answer') {
    request.socket.destroy();
    return;
  }
  entry.status = answer.status;
  const token = knownToken(served.world, authorization);
  const resource = isGraphqlPath(path) ? 'graphql' : 'core';
  send(response, answer, { ...rateHeaders(served.world, token, resource), ...scopesOf(token) });
}

/** Whether a fault has answered in place of git; such a one is a status, a cut, or a wait. */
async function isSpoilt(fault: Fault | undefined, response: ServerResponse): Promise<boolean> {
  if (fault === undefined) return false;
  if (typeof fault === 'string') {
    response.destroy();
    return true;
  }
  if ('meanwhile' in fault) await fault.meanwhile();
  if ('slowMs' in fault) await new Promise((resolve) => setTimeout(resolve, fault.slowMs));
  if (!('status' in fault)) return false;
  response.writeHead(fault.status).end(fault.message);
  return true;
}

async function faulted(served: Served, asked: Asked, fault: Fault | undefined): Promise<Answer> {
  if (fault === undefined || typeof fault === 'string') return answered(served, asked);
  if ('status' in fault) {
    const retry = fault.retryAfterSeconds === undefined ? {} : { 'retry-after': String(fault.retryAfterSeconds) };
    return { status: fault.status, body: { message: fault.message ?? 'Server Error' }, headers: retry };
  }
  if ('secondaryLimit' in fault) {
    const { status = 403, retryAfterSeconds } = fault.secondaryLimit;
    return { ...answerTo(secondaryLimit(retryAfterSeconds)), status };
  }
  if ('primaryLimit' in fault) {
    const headers = {
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': String(Math.ceil(fault.primaryLimit.resetAt / 1000)),
    };
    const refused = primaryLimit(isGraphqlPath(asked.path) ? 'graphql' : 'core', 'this installation');
    return { ...answerTo(refused), headers };
  }
  if ('slowMs' in fault) await new Promise((resolve) => setTimeout(resolve, fault.slowMs));
  if ('meanwhile' in fault) await fault.meanwhile();
  const answer = await answered(served, asked);
  return 'afterwards' in fault ? { status: fault.afterwards, body: { message: 'Server Error' } } : answer;
}

async function answered(served: Served, asked: Asked): Promise<Answer> {
  const isGraphql = isGraphqlPath(asked.path);
  try {
    const token = asked.authorization?.includes('.') ? undefined : tokenOf(served.world, asked.authorization);
    const isWrite = asked.kind === 'write' || asked.kind === 'mutation';
    countRequest(served.world, token, {
      resource: isGraphql ? 'graphql' : 'core',
      isWrite,
      isContent: isWrite && asked.method !== 'DELETE',
    });
    if (isGraphql) return await runGraphql(served, { token, body: asked.body });
    return await callRoute(served, asked, token);
  } catch (error) {
    if (error instanceof Refusal) return answerTo(error);
    throw error;
  }
}

async function callRoute({ world, violations }: Served, asked: Asked, token: Token | undefined): Promise<Answer> {
  const contract = restContract();
  const found = matched
    .map(({ route, match }) => ({ route, params: route.method === asked.method ? match(asked.path) : undefined }))
    .find(({ params }) => params);
  if (!found?.params) throw unknownPath(violations, asked);
  const { template, handle } = found.route;
  const sent = { method: asked.method, template, query: asked.query, body: asked.text === '' ? undefined : asked.body };
  const wrong = contract.ofRequest(sent);
  if (wrong.length > 0) {
    violations.push(...wrong.map((each) => `request ${asked.method} ${asked.path}: ${each}`));
    return { status: 599, body: { message: 'contract', errors: wrong } };
  }
  const call = { world, method: asked.method, template, params: found.params, query: asked.query, body: asked.body };
  const answer = await settled(() => handle({ ...call, token, authorization: asked.authorization, url: asked.url }));
  violations.push(...brokenBy(contract, { sent, answer }));
  return answer;
}

async function settled(act: () => Answer | Promise<Answer>): Promise<Answer> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof Refusal) return answerTo(error);
    throw error;
  }
}

function brokenBy(
  contract: Contract,
  { sent, answer }: { readonly sent: Parameters<Contract['ofResponse']>[0]; readonly answer: Answer },
): readonly string[] {
  const wrong = contract.ofResponse(sent, { status: answer.status, body: answer.body });
  return wrong.map((each) => `answer ${answer.status} to ${sent.method} ${sent.template}: ${each}`);
}

/** What is not offered is no part of GitHub that Cortex uses: asking for it is a fault of the client, and recorded. */
function unknownPath(violations: string[], { method, path }: Asked): Refusal {
  violations.push(`request ${method} ${path}: it is not offered`);
  return notFound();
}

function operationOf({ method, path, kind, body }: Asked): string {
  if (kind === 'query' || kind === 'mutation') {
    const name = /^\s*(?:query|mutation)\s+(\w+)/.exec(typeof body['query'] === 'string' ? body['query'] : '')?.[1];
    return name === undefined ? kind : `${kind} ${name}`;
  }
  const found = matched.find(({ route, match }) => route.method === method && match(path));
  return `${method} ${found?.route.template ?? path}`;
}

function answerTo({ status, body, headers }: Refusal): Answer {
  return { status, body, headers };
}

function logged(
  { world }: Served,
  about: Pick<Logged, 'kind' | 'method' | 'path' | 'operation'> & {
    readonly body?: unknown;
    readonly authorization?: string | undefined;
  },
): Logged {
  const login = knownToken(world, about.authorization)?.account.login ?? null;
  const { kind, method, path, operation, body } = about;
  return { kind, method, path, operation, body, login, at: world.clock.now(), status: null };
}

function knownToken(world: World, authorization: string | undefined): Token | undefined {
  try {
    return tokenOf(world, authorization);
  } catch {
    return undefined;
  }
}

function parsed(text: string): Json {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Json) : {};
  } catch {
    return {};
  }
}

function send(
  response: ServerResponse,
  { status, body, headers }: Answer,
  rates: Readonly<Record<string, string>>,
): void {
  const all = {
    'content-type': 'application/json; charset=utf-8',
    'x-github-request-id': 'FAKE:1',
    ...rates,
    ...headers,
  };
  response.writeHead(status, all).end(body === undefined ? undefined : JSON.stringify(body));
}
