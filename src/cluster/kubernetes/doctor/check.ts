import type { EventData } from '../../../protocol/event.ts';
import { CortexError, messageOf } from '../../../shared/errors.ts';

/** What was checked, as `preflight.checked` keeps it. `ok` with a remedy: nothing fails by it, but somebody should look. */
export type Check = EventData<'preflight.checked'>['checks'][number];

/** A check with what the event does not keep: whether it failed because the world outside did not answer. */
export type CheckLine = Check & { readonly isOutside?: boolean };

/** What was seen, what is needed, and the one thing to do. */
export interface Complaint {
  readonly seen: string;
  readonly needed: string;
  readonly remedy: string;
}

/** No answer is longer in a report than that. */
const longest = 600;

export function met(check: string, seen: string, needed: string): CheckLine {
  return { check, ok: true, seen: cut(seen), needed };
}

/** Nothing fails by it, but somebody should look. */
export function noted(check: string, complaint: Complaint): CheckLine {
  return { check, ok: true, ...complaint, seen: cut(complaint.seen) };
}

export function failed(check: string, complaint: Complaint): CheckLine {
  return { check, ok: false, ...complaint, seen: cut(complaint.seen) };
}

/** Not asked, or not to be known: `seen` says why, and what is unknown by it. */
export function unasked(check: string, seen: string, needed = 'nothing'): CheckLine {
  return { check, ok: null, seen: cut(seen), needed };
}

/** A check that could not be made, by the error that came in its way. */
export function broken(check: string, needed: string, error: unknown): CheckLine {
  if (!(error instanceof CortexError)) {
    const remedy = 'This is a defect of Cortex: please file it with this line.';
    return failed(check, { seen: messageOf(error), needed, remedy });
  }
  const line = failed(check, { seen: error.message, needed, remedy: error.hint });
  return error.family === 'outside' ? { ...line, isOutside: true } : line;
}

/** The lines of a group of checks; what it throws becomes a line of its own. */
export async function guarded(
  check: string,
  work: () => Promise<readonly CheckLine[]> | readonly CheckLine[],
): Promise<readonly CheckLine[]> {
  try {
    return await work();
  } catch (error) {
    return [broken(check, 'an answer', error)];
  }
}

/** The checks as the event keeps them. */
export function plainChecks(lines: readonly CheckLine[]): Check[] {
  return lines.map(({ isOutside: _isOutside, ...check }) => check);
}

/** `a, b, c and 4 more`. */
export function named(names: readonly string[], most = 3): string {
  const rest = names.length - most;
  return rest > 0 ? `${names.slice(0, most).join(', ')} and ${rest} more` : names.join(', ');
}

function cut(text: string): string {
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}
