/** The server's time: it runs, from wherever it was set, unless it was set to stand still. */
export interface Clock {
  readonly now: () => number;
  /** ISO 8601 in whole seconds, as GitHub writes times. */
  readonly stamp: () => string;
  /** Sets it, and lets it stand still there. */
  readonly set: (time: string) => void;
  readonly advance: (ms: number) => void;
}

export function openClock(start: string | undefined): Clock {
  let standing = start === undefined ? undefined : Date.parse(start);
  let aheadMs = 0;
  const now = (): number => standing ?? Date.now() + aheadMs;
  return {
    now,
    stamp: () => stampOf(now()),
    set: (time) => void (standing = Date.parse(time)),
    advance: (ms) => {
      if (standing === undefined) aheadMs += ms;
      else standing += ms;
    },
  };
}

export function stampOf(ms: number): string {
  return new Date(Math.floor(ms / 1000) * 1000).toISOString().replace('.000Z', 'Z');
}
