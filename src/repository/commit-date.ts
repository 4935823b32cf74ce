/** A commit may claim any date, also one beyond those of ISO 8601: such a one counts as the epoch. */
export function isoDate(text: string): string {
  const time = Date.parse(text);
  return new Date(Number.isNaN(time) ? 0 : time).toISOString();
}
