import { randomUUID } from 'node:crypto';

/** Who may come in: bearer tokens with a validity. */
export interface Tokens {
  readonly issue: (validMs?: number) => string;
  readonly expire: (token: string) => void;
  readonly admits: (authorization: string | undefined) => boolean;
}

/** Without one issued token, all are let in. */
export function issuedTokens(now: () => number): Tokens {
  const until = new Map<string, number>();
  return {
    issue: (validMs = Infinity) => {
      const token = randomUUID();
      until.set(token, now() + validMs);
      return token;
    },
    expire: (token) => void until.set(token, 0),
    admits: (authorization) =>
      until.size === 0 || (until.get(authorization?.replace(/^Bearer /, '') ?? '') ?? 0) > now(),
  };
}
