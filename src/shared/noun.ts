/** The noun that goes with a number. */
export function nounFor(value: number, singular: string, plural = `${singular}s`): string {
  return value === 1 ? singular : plural;
}
