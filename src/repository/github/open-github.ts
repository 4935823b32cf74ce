import { problem } from '../../shared/errors.ts';
import { pause as wait } from '../../shared/pause.ts';
import type { Clock } from '../../shared/clock.ts';
import { asksForApproval } from './environments.ts';
import * as artifacts from './artifacts.ts';
import * as branches from './branches.ts';
import type { Client } from './client.ts';
import { makeCommit } from './commit.ts';
import { dressPullRequest } from './dress.ts';
import { identify } from './identity.ts';
import { writeComment, writeIssue } from './issues.ts';
import { gitHubLimits, type GitHubLimits } from './limits.ts';
import { look } from './look.ts';
import { editPullRequest, openPullRequest } from './pull-requests.ts';
import { readComments } from './read-comments.ts';
import { readIssue } from './read-issue.ts';
import { roleOf } from './roles.ts';
import { openAlerts, uploadSarif } from './sarif.ts';
import { mayActionsOpen, readFacts, readRates } from './survey.ts';
import { readTexts } from './texts.ts';
import { openTransport, type SentRequest } from './transport.ts';
import { readTree } from './tree.ts';

export interface GitHubOptions {
  /** Such as `https://api.github.com` or `https://github.example.org/api/v3`. */
  readonly apiUrl: string;
  /** Where it is left out, it follows from `apiUrl`. */
  readonly graphqlUrl?: string | undefined;
  /** `owner/name`. */
  readonly repository: string;
  /** A token, or where to ask for one before each request. */
  readonly token: string | (() => Promise<string>);
  readonly clock: Clock;
  readonly userAgent: string;
  readonly pause?: (ms: number) => Promise<void>;
  readonly limits?: Partial<GitHubLimits>;
  readonly onRequest?: (request: SentRequest) => void;
}

/** One repository on GitHub, through one line that keeps GitHub's limits. */
export type GitHub = ReturnType<typeof openGitHub>;

/**
 * Opens the door to a repository: what the publisher needs of a code host, and beside it code scanning, checks and artifacts.
 * Connects with the first request. Throws `bad-repository`; every verb throws what `answer.ts` makes of refusals, and
 * `github-rate-limited` when patience is at its end.
 */
export function openGitHub(options: GitHubOptions) {
  const client = openClient(options);
  return {
    look: on(client, look),
    readTexts: on(client, readTexts),
    readTree: on(client, readTree),
    roleOf: on(client, roleOf),
    commit: on(client, makeCommit),
    createBranch: on(client, branches.createBranch),
    moveBranch: on(client, branches.moveBranch),
    deleteBranch: on(client, branches.deleteBranch),
    headOf: on(client, branches.headOf),
    openPullRequest: on(client, openPullRequest),
    dressPullRequest: on(client, dressPullRequest),
    editPullRequest: on(client, editPullRequest),
    writeIssue: on(client, writeIssue),
    readComments: on(client, readComments),
    readIssue: on(client, readIssue),
    writeComment: on(client, writeComment),
    identify: on(client, identify),
    uploadSarif: on(client, uploadSarif),
    openAlerts: on(client, openAlerts),
    listArtifacts: on(client, artifacts.listArtifacts),
    readRun: on(client, artifacts.readRun),
    asksForApproval: on(client, asksForApproval),
    rates: on(client, readRates),
    mayActionsOpen: on(client, mayActionsOpen),
    facts: on(client, readFacts),
    requests: client.counts,
  };
}

function on<C, G extends readonly unknown[], R>(client: C, verb: (client: C, ...given: G) => R): (...given: G) => R {
  return (...given) => verb(client, ...given);
}

/** What the verbs share, for the door and for the doctor. */
export function openClient(options: GitHubOptions) {
  const { apiUrl, token, clock, userAgent, pause = (ms) => wait(ms), onRequest } = options;
  const limits = { ...gitHubLimits, ...options.limits };
  const transport = openTransport({
    apiUrl: apiUrl.replace(/\/+$/, ''),
    graphqlUrl: options.graphqlUrl || graphqlUrlOf(apiUrl),
    token: typeof token === 'string' ? () => Promise.resolve(token) : token,
    scheme: 'token',
    userAgent,
    clock,
    pause,
    limits,
    onRequest,
  });
  const books = { labels: { ids: new Map<string, string>() }, people: { ids: new Map<string, string | null>() } };
  return { ...transport, ...books, place: placeOf(options.repository), limits, pause } satisfies Client;
}

/** GitHub's own, and that of a company with its own domain on github.com, ends in `/graphql`; a server's in `/api/graphql`. */
export function graphqlUrlOf(apiUrl: string): string {
  const url = apiUrl.replace(/\/+$/, '');
  return url.endsWith('/api/v3') ? url.replace(/\/v3$/, '/graphql') : `${url}/graphql`;
}

/** Owner and name. Throws `bad-repository`. */
export function placeOf(repository: string): Client['place'] {
  const [, owner, repo] = /^(?!\.+\/)([\w.-]+)\/(?!\.+$)([\w.-]+)$/.exec(repository) ?? [];
  if (owner !== undefined && repo !== undefined) return { owner, repo };
  throw problem('bad-repository', `\`${repository.slice(0, 100)}\` is no repository`, {
    hint: 'Write it as owner/name.',
  });
}
