import type { Access } from './access.ts';

/** A minted token is used until so long before it expires. */
const marginMs = 60_000;
/** For tokens that don't say when they expire: less than the five minutes of GitHub's. */
const assumedLifeMs = 4 * 60_000;

export interface IdentityAccess {
  readonly server: string;
  readonly ca?: string;
  /** Mints a token for the audience that the API server expects. */
  readonly mint: () => Promise<string>;
  readonly about: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** The way in by a short-lived identity token, minted anew before the last one expires, and where it was refused. */
export function identityAccess({ server, ca, mint, about, now }: IdentityAccess): Access {
  let kept: { readonly token: Promise<string>; readonly until: Promise<number> } | undefined;
  const secrets: string[] = [];
  let minting: Promise<string> | undefined;
  // Many requests find the same token too old at the same moment: one is minted for all of them.
  const fresh = (): Promise<string> => (minting ??= renewed().finally(() => (minting = undefined)));
  const renewed = (): Promise<string> => {
    const token = mint();
    kept = { token, until: token.then((value) => expiryOf(value, now()) - marginMs) };
    token.then((value) => secrets.push(value)).catch(() => (kept = undefined));
    kept.until.catch(() => undefined);
    return token;
  };
  return {
    server: server.replace(/\/+$/, ''),
    ...(ca === undefined ? {} : { ca }),
    about,
    credentials: async (renew) => {
      const isUsable = kept !== undefined && !renew && (await kept.until) > now();
      const token = await (isUsable && kept ? kept.token : fresh());
      return { headers: { authorization: `Bearer ${token}` } };
    },
    secrets,
  };
}

/** When a JSON Web Token expires (RFC 7519, `exp`), in ms since the epoch. Its signature is the server's to check. */
function expiryOf(token: string, now: number): number {
  try {
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as {
      exp?: unknown;
    };
    return typeof claims.exp === 'number' ? claims.exp * 1000 : now + assumedLifeMs;
  } catch {
    return now + assumedLifeMs;
  }
}
