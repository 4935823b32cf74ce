import { problem, type CortexError } from '../../shared/errors.ts';

/** A coverage report that doesn't follow its format; the caller names the file. */
export function malformed(format: string, detail: string): CortexError {
  const line = detail.slice(0, 1000).replace(/\s+/g, ' ');
  const shown = line.length > 200 ? `${line.slice(0, 200)}…` : line;
  return problem('coverage-report-malformed', `not a whole ${format} report: ${shown}`, {
    hint: 'Write the report again, or leave it out with a ! glob in `reports`.',
  });
}
