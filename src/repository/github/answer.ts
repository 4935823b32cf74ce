import { isoTime } from '../../shared/clock.ts';
import { outside, problem, type CortexError } from '../../shared/errors.ts';

/** What GitHub says of a request that it did not grant. Status 0: no answer came. */
export interface Answer {
  readonly status: number;
  /** Method and path, without values. */
  readonly route: string;
  readonly message: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** No message of the server is shown longer than that. */
const longest = 400;

/** What the error of a request says, as the client throws it: with a response, or without one where none came. */
export function readAnswer(error: unknown, route: string): Answer {
  const { response, message = '' } = error as { response?: RawResponse; message?: string };
  if (response === undefined) return { status: 0, route, message: oneLine(message), headers: {} };
  const headers = plainHeaders(response.headers);
  return {
    status: response.status,
    route,
    message: oneLine(describe(response.data) || `HTTP ${response.status}`),
    headers,
  };
}

interface RawResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly data: unknown;
}

export function plainHeaders(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}

/** GitHub's message with that of each of its errors; a page of a proxy is shown cut. */
function describe(data: unknown): string {
  if (typeof data === 'string') return data.replace(/<[^>]*>/g, ' ');
  const { message, errors } = (data ?? {}) as { message?: unknown; errors?: unknown };
  const each = Array.isArray(errors) ? errors.map(describeError) : [];
  return [typeof message === 'string' ? message : '', ...each].filter(Boolean).join(': ');
}

function describeError(error: unknown): string {
  if (typeof error === 'string') return error;
  const { message, resource, field, code } = (error ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof message === 'string') return message;
  return [resource, field, code].filter((each) => typeof each === 'string').join(' ');
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}

interface Refusal {
  readonly statuses: readonly number[];
  readonly said: RegExp;
  readonly code: string;
  readonly hint: string;
}

/** The first that fits is what was meant. Each hint names the one setting to change. */
const refusals: readonly Refusal[] = [
  {
    statuses: [401],
    said: /./,
    code: 'github-unauthorized',
    hint: 'The token is wrong, has expired or was revoked: give a new one in GITHUB_TOKEN or CORTEX_GITHUB_TOKEN.',
  },
  {
    statuses: [403, 404, 409, 422],
    said: /create or update workflow|without `?workflows?`? (?:permission|scope)/i,
    code: 'github-workflows-forbidden',
    hint: 'Only a GitHub App, or a user, with `workflows: write` may push workflow files: set CORTEX_APP_ID and CORTEX_APP_PRIVATE_KEY.',
  },
  {
    statuses: [403, 422],
    said: /not permitted to create or approve pull requests/i,
    code: 'github-actions-may-not-open',
    hint: 'Turn on Settings › Actions › General › "Allow GitHub Actions to create and approve pull requests", or use a GitHub App.',
  },
  {
    statuses: [403],
    said: /\bSAML\b|\bSSO\b/,
    code: 'github-sso',
    hint: 'Authorise the token for the organisation, in the settings of the user whose token it is.',
  },
  {
    statuses: [403],
    said: /\barchived\b/i,
    code: 'github-archived',
    hint: 'An archived repository takes no changes: unarchive it, or take it out of the plan.',
  },
  {
    statuses: [409],
    said: /repository is empty/i,
    code: 'github-empty',
    hint: 'Push a first commit to the repository.',
  },
  {
    statuses: [410],
    said: /issues/i,
    code: 'github-issues-off',
    hint: 'Turn on Settings › General › Features › Issues: the dashboard is an issue.',
  },
];

/** The typed error of an answer that no further try will change. */
export function answerError(answer: Answer): CortexError {
  const { status, message, route } = answer;
  const cause = withoutHeaders(answer);
  const found = refusals.find(({ statuses, said }) => statuses.includes(status) && said.test(message));
  if (found) return problem(found.code, `GitHub refused ${route}: ${message}`, { hint: found.hint, cause });
  if (status === 0) return unreachable(answer);
  if (status >= 500) {
    const hint = 'GitHub is in trouble: see its status page, and run again later.';
    return outside('github-failed', `GitHub failed at ${route}: ${message}`, { hint, retryable: true, cause });
  }
  if (status === 403) return forbidden(answer);
  if (status === 404) {
    const hint =
      'Check the name, and that the token may see the repository: what it may not see, GitHub calls not found.';
    return problem('github-not-found', `GitHub has nothing at ${route}: ${message}`, { hint, cause });
  }
  const hint = 'This is no answer that Cortex knows what to do about. Run `cortex doctor`.';
  return problem('github-refused', `GitHub refused ${route} (${status}): ${message}`, { hint, cause });
}

function forbidden(answer: Answer): CortexError {
  // GitHub names the permissions that would have done, such as `pull_requests=write; contents=read`.
  const wanted = answer.headers['x-accepted-github-permissions']?.replace(/=/g, ': ');
  const what = wanted ? `\`${wanted}\`` : 'the permission that it needs';
  const hint = `Give the token ${what}: under \`permissions:\` of the job, or in the settings of the App.`;
  const { route, message } = answer;
  const cause = withoutHeaders(answer);
  return problem('github-forbidden', `GitHub refused ${route}: ${message}`, { hint, cause });
}

function unreachable(answer: Answer): CortexError {
  const hint = 'Check the address of the API (GITHUB_API_URL) and the way there, and run again.';
  const cause = withoutHeaders(answer);
  const message = `GitHub did not answer ${answer.route}: ${answer.message}`;
  return outside('github-unreachable', message, { hint, retryable: true, cause });
}

/** A limit that lasts longer than our patience: `until` is when to come back, in ms since the epoch. */
export function limitedError(answer: Pick<Answer, 'route' | 'message'>, until: number): CortexError {
  const message = `GitHub's rate limit holds up ${answer.route} until ${isoTime(until)}: ${answer.message}`;
  const hint = `Run again after ${isoTime(until)}: what was written is found again, and nothing is written twice.`;
  return outside('github-rate-limited', message, { hint, retryable: true });
}

function withoutHeaders({ status, route, message }: Answer): Omit<Answer, 'headers'> {
  return { status, route, message };
}

/** The answer behind an error of this door, where there is one. */
export function answerOf(error: unknown): Omit<Answer, 'headers'> | undefined {
  const cause = (error as { cause?: unknown } | null)?.cause;
  return typeof (cause as Answer | undefined)?.status === 'number' ? (cause as Answer) : undefined;
}

export function statusOf(error: unknown): number | undefined {
  return answerOf(error)?.status;
}

/** Whether the request may have taken effect although no good answer came. */
export function isUnsure(error: unknown): boolean {
  const status = statusOf(error);
  return status !== undefined && (status === 0 || status >= 500);
}

/** Whether GitHub refused with one of the statuses, in such words. */
export function isRefusal(error: unknown, statuses: readonly number[], said: RegExp = /./): boolean {
  const answer = answerOf(error);
  return answer !== undefined && statuses.includes(answer.status) && said.test(answer.message);
}
