/** Timers by name; setting one again replaces it. */
export interface Alarms<Name extends string> {
  readonly set: (name: Name, ms: number, act: () => void) => void;
  readonly drop: (name: Name) => void;
  readonly has: (name: Name) => boolean;
  readonly clear: () => void;
}

/** Longer than this a timer of Node can't wait. */
const longestMs = 2 ** 31 - 1;

export function openAlarms<Name extends string>(): Alarms<Name> {
  const timers = new Map<Name, NodeJS.Timeout>();
  const drop = (name: Name): void => {
    clearTimeout(timers.get(name));
    timers.delete(name);
  };
  return {
    set: (name, ms, act) => {
      drop(name);
      timers.set(name, setTimeout(act, Math.min(Math.max(0, ms), longestMs)));
    },
    drop,
    has: (name) => timers.has(name),
    clear: () => [...timers.keys()].forEach(drop),
  };
}
