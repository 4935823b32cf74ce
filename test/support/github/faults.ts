import type { Kind } from './log.ts';

/** What the next matching requests get in place of a good answer. */
export type Fault =
  /** Nothing is done. */
  | { readonly status: number; readonly message?: string; readonly retryAfterSeconds?: number }
  /** Nothing is done: 403, or 429, with or without a time to wait. */
  | { readonly secondaryLimit: { readonly status?: 403 | 429; readonly retryAfterSeconds?: number } }
  /** Nothing is done; the limit of the hour is used up until then, in ms of the clock. */
  | { readonly primaryLimit: { readonly resetAt: number } }
  /** It is done, and the answer is this. */
  | { readonly afterwards: number }
  /** The connection is cut before anything is done. */
  | 'reset'
  /** It is done, and the connection is cut before the answer. */
  | 'lost-answer'
  /** It is done after so many ms. */
  | { readonly slowMs: number }
  /** It is done in between, and then the request itself. */
  | { readonly meanwhile: () => void | Promise<void> };

/** Which requests a fault is for: all of the API, without a limit; those of git only by their kind. */
export interface FaultRule {
  readonly kind?: Kind | 'any-write';
  readonly method?: string;
  /** Of the path without `/api/v3`. */
  readonly path?: RegExp;
  /** Of the body as it was sent, such as the name of a mutation. */
  readonly body?: RegExp;
  /** So many matching requests go well first. */
  readonly skip?: number;
  /** How many get it; without it all, until it is lifted. */
  readonly times?: number;
}

export interface Asked {
  readonly kind: Kind;
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

export interface Faults {
  /** Returns how to lift it again. */
  readonly next: (fault: Fault, rule?: FaultRule) => () => void;
  /** After so many writes (mutations count) whoever writes is gone: nothing more gets through. */
  readonly killAfterWrites: (writes: number, how?: 'reset' | 'lost-answer') => () => void;
  readonly served: () => number;
  readonly lift: () => void;
  readonly take: (asked: Asked) => Fault | undefined;
}

interface Entry {
  readonly fault: Fault;
  readonly rule: FaultRule;
  toSkip: number;
  left: number;
}

export function scriptedFaults(): Faults {
  let entries: Entry[] = [];
  let served = 0;
  const add = (fault: Fault, rule: FaultRule): Entry => {
    const entry = { fault, rule, toSkip: rule.skip ?? 0, left: rule.times ?? Infinity };
    entries.push(entry);
    return entry;
  };
  const remove = (entry: Entry): void => void (entries = entries.filter((each) => each !== entry));
  const hit = (asked: Asked): Entry | undefined =>
    entries.find((entry) => {
      if (entry.left <= 0 || !matches(entry.rule, asked)) return false;
      entry.toSkip -= 1;
      return entry.toSkip < 0;
    });
  return {
    next: (fault, rule = {}) => {
      const entry = add(fault, rule);
      return () => remove(entry);
    },
    killAfterWrites: (writes, how = 'reset') => {
      // The last write is done where only its answer is lost; from then on there is nobody who could ask.
      const isLost = how === 'lost-answer';
      const made = [
        ...(isLost ? [add('lost-answer', { kind: 'any-write', skip: writes - 1, times: 1 })] : []),
        add('reset', { kind: 'any-write', skip: isLost ? writes - 1 : writes }),
      ];
      return () => made.forEach(remove);
    },
    served: () => served,
    lift: () => void (entries = []),
    take: (asked) => {
      const found = hit(asked);
      if (!found) return undefined;
      found.left -= 1;
      served += 1;
      return found.fault;
    },
  };
}

function matches({ kind, method, path, body }: FaultRule, asked: Asked): boolean {
  const isKind =
    kind === 'any-write'
      ? asked.kind === 'write' || asked.kind === 'mutation'
      : kind === undefined
        ? asked.kind !== 'git'
        : kind === asked.kind;
  return (
    isKind &&
    (method ?? asked.method) === asked.method &&
    (path?.test(asked.path) ?? true) &&
    (body?.test(asked.body) ?? true)
  );
}
