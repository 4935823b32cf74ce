import { createPrivateKey, sign, type KeyObject } from 'node:crypto';
import type { Clock } from '../../shared/clock.ts';
import { problem, type CortexError } from '../../shared/errors.ts';
import { isRefusal } from './answer.ts';
import { pause as wait } from '../../shared/pause.ts';
import { gitHubLimits, type GitHubLimits } from './limits.ts';
import { openTransport, repeatable, type Transport, type TransportOptions } from './transport.ts';

/** A GitHub App as people give it: its id (or client id) and its private key in PEM. */
export interface AppKey {
  readonly id: string;
  readonly privateKey: string;
}

export type Permissions = Readonly<Record<string, string>>;

export interface AppTokens {
  /** A token for the repository; made anew shortly before the last one ends. */
  readonly token: () => Promise<string>;
  /** What the newest token may do. */
  readonly permissions: () => Promise<Permissions>;
  /** Login of the App. */
  readonly login: () => Promise<string>;
  /** Ends the newest token; without one nothing is asked. */
  readonly revoke: () => Promise<void>;
}

export interface AppOptions extends Pick<TransportOptions, 'apiUrl' | 'userAgent' | 'clock'> {
  /** Not needed: Apps are asked by REST alone. */
  readonly graphqlUrl?: string | undefined;
  readonly pause?: TransportOptions['pause'];
  readonly limits?: Partial<GitHubLimits>;
  readonly app: AppKey;
  readonly repository: { readonly owner: string; readonly repo: string };
  /** What the token must be able to do; and what it is given where the installation has it. */
  readonly needs?: Permissions;
  readonly takes?: Permissions;
  /** Told of each token that is made, so that no output shows it. */
  readonly onToken?: ((token: string) => void) | undefined;
}

/** What publishing needs, and what it makes use of. */
export const publishNeeds: Permissions = {
  contents: 'write',
  issues: 'write',
  metadata: 'read',
  pull_requests: 'write',
};
export const publishTakes: Permissions = { members: 'read', workflows: 'write' };

/** A token that ends within that is not handed out any more, in ms. */
const marginMs = 5 * 60_000;
const levels = ['read', 'write', 'admin'];

interface Minted {
  readonly token: string;
  readonly endsAt: number;
  readonly permissions: Permissions;
}

/**
 * Tokens of a GitHub App, narrowed to one repository and to the permissions needed. Throws `app-key-unreadable`,
 * `app-not-installed`, `app-suspended`, `app-permissions`, `github-unauthorized`.
 */
export function appTokens(options: AppOptions): AppTokens {
  const { clock } = options;
  const key = readKey(options.app);
  const asApp = lineOf(options, 'bearer', () => Promise.resolve(appJwt(key, options.app.id, clock)));
  let newest: Promise<Minted> | undefined;
  const current = async (): Promise<Minted> => {
    const minted = await newest?.catch(() => undefined);
    if (minted && minted.endsAt - clock.now() > marginMs) return minted;
    newest = mint(asApp, options);
    const fresh = await newest;
    options.onToken?.(fresh.token);
    return fresh;
  };
  return {
    token: async () => (await current()).token,
    permissions: async () => (await current()).permissions,
    login: async () => `${(await asApp.rest('GET /app')).data?.slug ?? 'app'}[bot]`,
    revoke: async () => {
      const minted = await newest?.catch(() => undefined);
      newest = undefined;
      if (minted) await revokeToken(options, minted.token);
    },
  };
}

function lineOf(options: AppOptions, scheme: TransportOptions['scheme'], token: () => Promise<string>): Transport {
  const { apiUrl, userAgent, clock, pause = (ms) => wait(ms) } = options;
  const limits = { ...gitHubLimits, ...options.limits };
  return openTransport({ apiUrl, graphqlUrl: '', userAgent, clock, pause, scheme, token, limits });
}

async function mint(asApp: Transport, options: AppOptions): Promise<Minted> {
  const { needs = publishNeeds, takes = publishTakes, repository } = options;
  const installation = await findInstallation(asApp, options);
  const granted = installation.permissions;
  const missing = Object.entries(needs).filter(([name, level]) => !covers(granted[name], level));
  if (missing.length > 0) throw permissionsMissing(missing);
  const extra = Object.entries(takes).filter(([name, level]) => covers(granted[name], level));
  const { data } = await asApp.rest('POST /app/installations/{installation_id}/access_tokens', {
    installation_id: installation.id,
    repositories: [repository.repo],
    permissions: { ...needs, ...Object.fromEntries(extra) },
    request: repeatable,
  });
  const permissions = { ...(data.permissions as Permissions | undefined) };
  return { token: data.token, endsAt: Date.parse(data.expires_at), permissions };
}

async function findInstallation(
  asApp: Transport,
  { repository, app }: AppOptions,
): Promise<{ readonly id: number; readonly permissions: Permissions }> {
  const name = `${repository.owner}/${repository.repo}`;
  try {
    const { data } = await asApp.rest('GET /repos/{owner}/{repo}/installation', { ...repository });
    if (data.suspended_at) {
      const hint = 'Unsuspend it in the settings of the owner, under GitHub Apps.';
      throw problem('app-suspended', `The installation of App ${app.id} for ${name} is suspended`, { hint });
    }
    return { id: data.id, permissions: { ...data.permissions } as Permissions };
  } catch (error) {
    if (!isRefusal(error, [404])) throw error;
    throw problem('app-not-installed', `App ${app.id} is not installed on ${name}`, {
      hint: 'Install it there: the page of the App, "Install App", with access to this repository.',
      cause: error,
    });
  }
}

function covers(granted: string | undefined, wanted: string): boolean {
  return levels.indexOf(granted ?? '') >= levels.indexOf(wanted);
}

function permissionsMissing(missing: readonly (readonly [string, string])[]): CortexError {
  const named = missing.map(([name, level]) => `${name}: ${level}`).join(', ');
  return problem('app-permissions', `The installation of the App lacks ${named}`, {
    hint: 'Add it under the permissions of the App, and accept the request in the settings of the installation.',
  });
}

/** A token that has ended already needs no end. */
async function revokeToken(options: AppOptions, token: string): Promise<void> {
  const line = lineOf(options, 'token', () => Promise.resolve(token));
  try {
    await line.rest('DELETE /installation/token', { request: repeatable });
  } catch (error) {
    if (!isRefusal(error, [401])) throw error;
  }
}

/** Line ends are often lost on the way through variables, and come as `\n`. */
function readKey({ privateKey }: AppKey): KeyObject {
  try {
    return createPrivateKey(privateKey.replaceAll('\\n', '\n'));
  } catch {
    throw problem('app-key-unreadable', 'The private key of the App can’t be read', {
      hint: 'Give the whole .pem file that GitHub made, with its first and last line, in CORTEX_APP_PRIVATE_KEY.',
    });
  }
}

/**
 * The App's own word, good for 9 minutes, and dated back by one for clocks that differ.
 * https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
 */
export function appJwt(key: KeyObject, issuer: string, clock: Clock): string {
  const now = Math.floor(clock.now() / 1000);
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ iat: now - 60, exp: now + 540, iss: issuer })}`;
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
}
