/**
 * `shared/` holds what three or more rooms need: errors, clock, hashing, files, processes, masking and
 * the single doors to pure libraries. It imports nothing of this project outside itself.
 */

/** Who can do something about it: the user (`problem`), the world outside (`outside`), or us (`bug`). */
export type ErrorFamily = 'problem' | 'outside' | 'bug';

export interface ErrorDetails {
  readonly hint: string;
  readonly cause?: unknown;
  /** Only for `outside`: whether trying again later can help. */
  readonly retryable?: boolean;
}

/** The one error of the project: a stable `code`, a message that says what was seen, a `hint` that says what to do. */
export class CortexError extends Error {
  readonly family: ErrorFamily;
  readonly code: string;
  readonly hint: string;
  readonly retryable: boolean;

  constructor(family: ErrorFamily, code: string, details: ErrorDetails & { readonly message: string }) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'CortexError';
    this.family = family;
    this.code = code;
    this.hint = details.hint;
    this.retryable = details.retryable ?? false;
  }
}

/** An error that the user can fix: exit code 2. */
export function problem(code: string, message: string, details: ErrorDetails): CortexError {
  return new CortexError('problem', code, { ...details, message });
}

/** An error of something outside (a full disk, a peer that is down): exit code 1. */
export function outside(code: string, message: string, details: ErrorDetails): CortexError {
  return new CortexError('outside', code, { ...details, message });
}

/** A broken promise of our own: exit code 70. */
export function bug(code: string, message: string, cause?: unknown): CortexError {
  return new CortexError('bug', code, {
    message,
    hint: 'This is a defect of Cortex. Please file it with the execution id and the log.',
    ...(cause === undefined ? {} : { cause }),
  });
}

/** What an unknown thrown value says, in one line. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The system's code of a Node error (`ENOENT`…), or undefined. */
export function errnoOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}
