/** Tokens and micro-dollars. */
export interface Amount {
  readonly tokens: number;
  readonly microDollars: number;
}

export const nothing: Amount = { tokens: 0, microDollars: 0 };

export function isNothing({ tokens, microDollars }: Amount): boolean {
  return tokens === 0 && microDollars === 0;
}

export function plus(a: Amount, b: Amount): Amount {
  return { tokens: a.tokens + b.tokens, microDollars: a.microDollars + b.microDollars };
}

export function minus(a: Amount, b: Amount): Amount {
  return { tokens: a.tokens - b.tokens, microDollars: a.microDollars - b.microDollars };
}

/** The smaller of each. */
export function smaller(a: Amount, b: Amount): Amount {
  return { tokens: Math.min(a.tokens, b.tokens), microDollars: Math.min(a.microDollars, b.microDollars) };
}

/** The larger of each. */
export function larger(a: Amount, b: Amount): Amount {
  return { tokens: Math.max(a.tokens, b.tokens), microDollars: Math.max(a.microDollars, b.microDollars) };
}

/** What is missing of an amount that is wanted; an overdrawn account lacks its debt too, but for what costs nothing. */
export function missing(wanted: Amount, free: Amount): Amount {
  const of = (what: keyof Amount): number => (wanted[what] === 0 ? 0 : Math.max(0, wanted[what] - free[what]));
  return { tokens: of('tokens'), microDollars: of('microDollars') };
}
