/** An execution with the time at which it began, in ISO 8601; what was written by older versions has no such time. */
export interface Begun {
  readonly execution: string;
  readonly startedAt?: string | null | undefined;
}

/**
 * When an execution began, in milliseconds. Where nothing says so, the date in its id does; an id that somebody made up has
 * none, and counts as older than every other.
 */
export function startMs({ execution, startedAt }: Begun): number {
  const told = Date.parse(startedAt ?? '');
  if (!Number.isNaN(told)) return told;
  const [, day, hour, minute, second] = /(\d{4}-\d\d-\d\d)-(\d\d)(\d\d)(\d\d)$/.exec(execution) ?? [];
  const dated = Date.parse(`${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(dated) ? -Infinity : dated;
}

/** Whether one is another execution than the other, and began after it. */
export function isLater(one: Begun, other: Begun): boolean {
  return one.execution !== other.execution && startMs(one) > startMs(other);
}
