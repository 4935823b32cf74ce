import { createPublicKey, generateKeyPairSync, verify, type KeyObject } from 'node:crypto';
import { refusal } from './refusals.ts';
import { sentToken, type Access } from './tokens.ts';
import { accountOf, type World } from './world.ts';

/** A GitHub App with its installation on an account. */
export interface App {
  readonly id: number;
  readonly slug: string;
  readonly clientId: string;
  readonly owner: string;
  readonly publicKey: KeyObject;
  readonly installations: Installation[];
}

export interface Installation {
  readonly id: number;
  readonly account: string;
  /** Names in lower case; null = all of the account. */
  readonly repositories: ReadonlySet<string> | null;
  readonly permissions: Readonly<Record<string, Access>>;
}

export interface AppOptions {
  readonly slug: string;
  /** The account that it is installed on. */
  readonly account: string;
  readonly repositories?: readonly string[];
  readonly permissions: Readonly<Record<string, Access>>;
}

export interface RegisteredApp {
  readonly appId: number;
  readonly installationId: number;
  /** PKCS#1, as GitHub hands it out. */
  readonly privateKey: string;
}

export function registerApp(world: World, options: AppOptions): RegisteredApp {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const id = world.nextId();
  const installation: Installation = {
    id: world.nextId(),
    account: options.account,
    repositories: options.repositories ? new Set(options.repositories.map((each) => each.toLowerCase())) : null,
    permissions: { metadata: 'read', ...options.permissions },
  };
  accountOf(world, `${options.slug}[bot]`);
  world.apps.push({
    id,
    slug: options.slug,
    clientId: `Iv23li${String(id).padStart(14, '0')}`,
    owner: options.account,
    publicKey: createPublicKey(publicKey.export({ type: 'spki', format: 'pem' })),
    installations: [installation],
  });
  const pem = privateKey.export({ type: 'pkcs1', format: 'pem' });
  return { appId: id, installationId: installation.id, privateKey: pem.toString() };
}

const badToken = 'A JSON web token could not be decoded';
const clockDriftSeconds = 60;

/** The App that signed the token of a request, by RS256; GitHub takes tokens of at most ten minutes. */
export function appOf(world: World, header: string | undefined): App {
  const [head = '', payload = '', signature = ''] = (sentToken(header) ?? '').split('.');
  const claims = decoded(payload) as { readonly iss?: unknown; readonly iat?: unknown; readonly exp?: unknown };
  const { alg } = decoded(head) as { readonly alg?: unknown };
  const app = world.apps.find(({ id, clientId }) => String(claims.iss) === String(id) || claims.iss === clientId);
  if (alg !== 'RS256' || !app) throw refusal(401, badToken);
  const isRight = verify(
    'sha256',
    Buffer.from(`${head}.${payload}`),
    app.publicKey,
    Buffer.from(signature, 'base64url'),
  );
  if (!isRight) throw refusal(401, badToken);
  const now = world.clock.now() / 1000;
  if (typeof claims.exp !== 'number' || claims.exp < now) {
    throw refusal(
      401,
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
    );
  }
  if (claims.exp > now + 600 + clockDriftSeconds)
    throw refusal(401, "'Expiration time' claim ('exp') is too far in the future");
  if (typeof claims.iat !== 'number' || claims.iat > now + clockDriftSeconds) {
    throw refusal(
      401,
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
    );
  }
  return app;
}

function decoded(part: string): unknown {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
