import { qualified, type Resource } from './resources.ts';

/** The body of every refusal of an API server. */
export interface Status {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly metadata: Record<string, never>;
  readonly status: 'Failure' | 'Success';
  readonly message?: string;
  readonly reason?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly code?: number;
}

/** A refusal on its way to the client. */
export class Refusal extends Error {
  readonly status: Status;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: Status, headers: Readonly<Record<string, string>> = {}) {
    super(status.message ?? '');
    this.status = status;
    this.headers = headers;
  }
}

interface Failure {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

export function failure({ code, reason, message, details }: Failure): Status {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    ...(details ? { details } : {}),
    code,
  };
}

/** Which object a refusal is about. */
function about(resource: Resource, name: string): Readonly<Record<string, unknown>> {
  return { name, ...(resource.group ? { group: resource.group } : {}), kind: resource.plural };
}

export function notFound(resource: Resource, name: string): Refusal {
  const message = `${qualified(resource)} "${name}" not found`;
  return new Refusal(failure({ code: 404, reason: 'NotFound', message, details: about(resource, name) }));
}

export function alreadyExists(resource: Resource, name: string): Refusal {
  const message = `${qualified(resource)} "${name}" already exists`;
  return new Refusal(failure({ code: 409, reason: 'AlreadyExists', message, details: about(resource, name) }));
}

export function conflict(resource: Resource, name: string): Refusal {
  const message = `Operation cannot be fulfilled on ${qualified(resource)} "${name}": the object has been modified; please apply your changes to the latest version and try again`;
  return new Refusal(failure({ code: 409, reason: 'Conflict', message, details: about(resource, name) }));
}

export function forbidden(resource: Resource, name: string, why: string): Refusal {
  const message = `${qualified(resource)}${name ? ` "${name}"` : ''} is forbidden: ${why}`;
  return new Refusal(failure({ code: 403, reason: 'Forbidden', message, details: about(resource, name) }));
}

/** One thing that is wrong with an object that was sent. */
export interface Cause {
  readonly reason: 'FieldValueInvalid' | 'FieldValueRequired' | 'FieldValueForbidden' | 'FieldValueNotSupported';
  readonly message: string;
  readonly field: string;
}

export function invalid(resource: Resource, name: string, causes: readonly [Cause, ...Cause[]]): Refusal {
  const told = causes.map(({ field, message }) => `${field}: ${message}`);
  const all = told.length === 1 ? told[0] : `[${told.join(', ')}]`;
  const details = { name, ...(resource.group ? { group: resource.group } : {}), kind: resource.kind, causes };
  const message = `${resource.kind}${resource.group ? `.${resource.group}` : ''} "${name}" is invalid: ${all}`;
  return new Refusal(failure({ code: 422, reason: 'Invalid', message, details }));
}

export function badRequest(message: string): Refusal {
  return new Refusal(failure({ code: 400, reason: 'BadRequest', message }));
}

export function unauthorized(): Refusal {
  return new Refusal(failure({ code: 401, reason: 'Unauthorized', message: 'Unauthorized' }));
}

export function expired(asked: number, oldest: number): Status {
  return failure({ code: 410, reason: 'Expired', message: `too old resource version: ${asked} (${oldest})` });
}

export function tooManyRequests(retryAfterSeconds: number): Refusal {
  const details = { retryAfterSeconds };
  const message = 'too many requests, please try again later';
  return new Refusal(failure({ code: 429, reason: 'TooManyRequests', message, details }), {
    'Retry-After': String(retryAfterSeconds),
  });
}

export function serverFailure(code: number): Refusal {
  const reason = code === 503 ? 'ServiceUnavailable' : code === 504 ? 'Timeout' : 'InternalError';
  const message = code === 503 ? 'apiserver not ready' : `Internal error occurred: scripted answer ${code}`;
  return new Refusal(failure({ code, reason, message }));
}

export function methodNotAllowed(): Refusal {
  const message = 'the server does not allow this method on the requested resource';
  return new Refusal(failure({ code: 405, reason: 'MethodNotAllowed', message, details: {} }));
}
