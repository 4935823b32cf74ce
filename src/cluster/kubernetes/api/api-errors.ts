import { outside, problem, type CortexError, type ErrorDetails } from '../../../shared/errors.ts';

/** What an API server says of a refused request: the fields of its `Status` that we read. */
export interface ApiStatus {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  /** From the header or the Status; undefined where the server names no time. */
  readonly retryAfterMs: number | undefined;
}

/** Reads an answer that is no success. Bodies that are no Status (of proxies, say) are shown cut. */
export function readStatus(code: number, retryAfter: string | undefined, body: string): ApiStatus {
  const status = parseObject(body);
  const seconds = Number(retryAfter ?? status.details?.retryAfterSeconds);
  return {
    code,
    reason: status.reason ?? '',
    message: status.message ?? (body.trim().slice(0, 300) || `HTTP ${code}`),
    retryAfterMs: Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined,
  };
}

interface StatusBody {
  readonly reason?: string;
  readonly message?: string;
  readonly details?: { readonly retryAfterSeconds?: number };
}

function parseObject(body: string): StatusBody {
  try {
    return (JSON.parse(body) ?? {}) as StatusBody;
  } catch {
    return {};
  }
}

type Say = (status: ApiStatus, what: string) => CortexError;

const refuse =
  (code: string, hint: string): Say =>
  (status, what) =>
    problem(code, `The cluster refused ${what}: ${status.message}`, { hint, cause: status });
const fail =
  (code: string, hint: string, retryable: boolean): Say =>
  (status, what) =>
    outside(code, `The cluster did not answer ${what}: ${status.message}`, { hint, cause: status, retryable });

const byCode: Readonly<Record<number, Say>> = {
  400: refuse('kube-invalid', 'Run `cortex doctor` with the plan: it tries each object on the server.'),
  401: refuse('kube-unauthorized', 'Check the token or kubeconfig; a token may have expired.'),
  403: refuse('kube-forbidden', 'Run `cortex doctor`: it names each right that is missing.'),
  404: refuse('kube-missing', 'It may have been deleted, or never made: run `cortex doctor`.'),
  409: refuse('kube-conflict', 'Another process has made it, or changed it.'),
  410: fail('kube-gone', 'The version asked for is no longer kept: list anew.', true),
  422: refuse('kube-invalid', 'Run `cortex doctor` with the plan: it tries each object on the server.'),
};
const busy = fail('kube-busy', 'The API server is overloaded or is starting. Try again later.', true);
const unexpected = refuse('kube-refused', 'This is no answer that Cortex knows what to do about.');

/** The typed error of an answer: `kube-unauthorized`, `-forbidden`, `-missing`, `-conflict`, `-gone`, `-invalid`, `-busy`. */
export function apiError(status: ApiStatus, what: string): CortexError {
  const say = byCode[status.code] ?? (isPassing(status) ? busy : unexpected);
  return say(status, what);
}

/** Whether the same request may be answered otherwise in a moment. */
export function isPassing({ code }: ApiStatus): boolean {
  return code === 429 || code >= 500;
}

/**
 * What a server says that has just started and does not know its issuers, roles or policies yet. The verdict of a policy or
 * of a quota is one of those that it does know.
 */
export function isOfAStart({ code, message }: ApiStatus): boolean {
  return code === 401 || (code === 403 && !/exceeded quota|denied (?:the )?request|violates/.test(message));
}

/** The server was not reached at all, or went away in the middle. */
export function unreachable(server: string, what: string, details: Pick<ErrorDetails, 'cause'>): CortexError {
  const seen = details.cause instanceof Error ? details.cause.message : String(details.cause);
  return outside('kube-unreachable', `${server} did not answer ${what}: ${seen}`, {
    hint: 'Check the address in the kubeconfig, and that the network leads there.',
    retryable: true,
    ...details,
  });
}

/** The Status behind an error of this door, where there is one. */
export function statusOf(error: unknown): ApiStatus | undefined {
  const cause = (error as { cause?: unknown } | null)?.cause;
  return typeof (cause as ApiStatus | undefined)?.code === 'number' && 'reason' in (cause as object)
    ? (cause as ApiStatus)
    : undefined;
}

/** A quota has no room now, or was changed by another at the same moment: the same request may pass later. */
export function isBusyQuota(status: ApiStatus | undefined): boolean {
  if (status?.code === 409) return status.reason !== 'AlreadyExists';
  return status?.code === 403 && /exceeded quota/.test(status.message);
}

/** The HTTP code behind an error of this door, or undefined. */
export function codeOf(error: unknown): number | undefined {
  return statusOf(error)?.code;
}

/** What was asked for, or undefined where there is none of that name. */
export async function ifThere<T>(asked: Promise<T>): Promise<T | undefined> {
  return asked.catch((error: unknown) => {
    if (codeOf(error) === 404) return undefined;
    throw error;
  });
}
