/** An answer that is not a success; its body as GitHub's REST API writes it. */
export class Refusal extends Error {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, body: Readonly<Record<string, unknown>>, headers: Readonly<Record<string, string>> = {}) {
    super(`${status} ${String(body['message'])}`);
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

export interface FieldError {
  readonly resource: string;
  readonly field?: string;
  readonly code: string;
  readonly message?: string;
  readonly value?: string;
}

const documentation = 'https://docs.github.com/rest';

export function refusal(status: number, message: string, more: Readonly<Record<string, unknown>> = {}): Refusal {
  return new Refusal(status, { message, ...more, documentation_url: documentation, status: String(status) });
}

export function invalid(...errors: readonly FieldError[]): Refusal {
  return refusal(422, 'Validation Failed', { errors });
}

export function notFound(): Refusal {
  return refusal(404, 'Not Found');
}

/** Names what would have done, as GitHub does to tokens of Apps. */
export function notAccessible(need?: { readonly any: readonly string[]; readonly access: string }): Refusal {
  const { status, body } = refusal(403, 'Resource not accessible by integration');
  const wanted = need?.any.map((name) => `${name}=${need.access}`).join('; ');
  return new Refusal(status, body, wanted === undefined ? {} : { 'x-accepted-github-permissions': wanted });
}
