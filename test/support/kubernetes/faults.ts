/** What the next matching requests get in place of a good answer. */
export type Fault =
  /** An answer with this code; 429 and 503 may name a time to wait. */
  | { readonly status: 409 | 410 | 429 | 500 | 502 | 503 | 504; readonly retryAfterSeconds?: number }
  /** The connection is cut before anything is done. */
  | 'reset'
  /** It is done, and the connection is cut before the answer. */
  | 'lost-answer'
  /** Nothing is done, and there is never an answer. */
  | 'hang'
  /** It is done, and there is never an answer. */
  | 'silence'
  /** The answer comes, in so many pieces, with so many ms before each. */
  | { readonly pieces: number; readonly everyMs: number }
  /** Nothing is done; the answer is a success with this text as its body. */
  | { readonly says: string };

/** Which requests a fault is for: all, without a limit. */
export interface FaultRule {
  readonly verb?: string;
  readonly path?: RegExp;
  /** How many of them; all, until it is lifted, without it. */
  readonly times?: number;
}

export interface Faults {
  /** Further matching requests get it. Returns how to lift it again. */
  readonly next: (fault: Fault, rule?: FaultRule) => () => void;
  /** How many requests have got a fault so far. */
  readonly served: () => number;
  readonly lift: () => void;
  /** The fault for a request, counted off. */
  readonly take: (verb: string, path: string) => Fault | undefined;
}

export function scriptedFaults(): Faults {
  let rules: { readonly fault: Fault; readonly rule: FaultRule; left: number }[] = [];
  let served = 0;
  return {
    next: (fault, rule = {}) => {
      const entry = { fault, rule, left: rule.times ?? Infinity };
      rules.push(entry);
      return () => void (rules = rules.filter((each) => each !== entry));
    },
    served: () => served,
    lift: () => void (rules = []),
    take: (verb, path) => {
      const found = rules.find(
        ({ rule, left }) => left > 0 && (rule.verb ?? verb) === verb && (rule.path?.test(path) ?? true),
      );
      if (!found) return undefined;
      found.left -= 1;
      served += 1;
      return found.fault;
    },
  };
}
