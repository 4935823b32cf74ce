/** Time as an argument: real at the entry, fixed in tests. */
export interface Clock {
  /** Milliseconds since the epoch, UTC. */
  readonly now: () => number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** ISO 8601 with milliseconds, UTC. */
export function isoTime(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
