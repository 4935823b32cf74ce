import { outside, type CortexError } from '../../shared/errors.ts';

/** What a job finds that needs the state of another, which left none. */
export function missingState(what: string, cause?: unknown): CortexError {
  return outside('artifact-missing', `Could not ${what}: this run has no such artifact`, {
    hint: 'The job that makes it ended before it could: its own log says why.',
    ...(cause === undefined ? {} : { cause }),
  });
}
