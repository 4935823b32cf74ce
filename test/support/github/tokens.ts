import { randomBytes } from 'node:crypto';
import { notAccessible, notFound, refusal } from './refusals.ts';
import { accountOf, isAtLeast, roleOf, type Account, type Repository, type World } from './world.ts';

export type Access = 'read' | 'write';

/** A permission that a call needs: any one of those named is enough. */
export interface Need {
  readonly any: readonly string[];
  readonly access: Access;
}

export interface Token {
  readonly value: string;
  readonly kind: 'workflow' | 'app' | 'user';
  readonly account: Account;
  /** Names of repositories in lower case; null = all that the account may see. */
  readonly repositories: ReadonlySet<string> | null;
  readonly permissions: Readonly<Record<string, Access>>;
  /** In ms of the clock; null = never. */
  readonly expiresAt: number | null;
  /** Of an App: which installation. */
  readonly installation: number | null;
}

export interface TokenOptions {
  readonly repositories?: readonly string[];
  readonly permissions?: Readonly<Record<string, Access>>;
  readonly expiresAt?: number;
  readonly installation?: number;
}

/** What GITHUB_TOKEN gets in the job that publishes. */
export const publisherPermissions: Readonly<Record<string, Access>> = {
  metadata: 'read',
  contents: 'write',
  pull_requests: 'write',
  issues: 'write',
  actions: 'read',
  checks: 'write',
  security_events: 'write',
};

const prefixes = { workflow: 'ghs', app: 'ghs', user: 'ghp' } as const;

export function issueToken(
  world: World,
  { kind, login }: { readonly kind: Token['kind']; readonly login: string },
  options: TokenOptions = {},
): Token {
  const token: Token = {
    value: `${prefixes[kind]}_${randomBytes(18).toString('hex')}`,
    kind,
    account: accountOf(world, login),
    repositories: options.repositories ? new Set(options.repositories.map((each) => each.toLowerCase())) : null,
    permissions: { metadata: 'read', ...(options.permissions ?? (kind === 'user' ? { workflows: 'write' } : {})) },
    expiresAt: options.expiresAt ?? null,
    installation: options.installation ?? null,
  };
  world.tokens.set(token.value, token);
  return token;
}

/** The token of an Authorization header; undefined where none is sent. */
export function tokenOf(world: World, header: string | undefined): Token | undefined {
  const value = sentToken(header);
  if (value === undefined) return undefined;
  const token = world.tokens.get(value);
  if (!token || (token.expiresAt !== null && token.expiresAt <= world.clock.now())) {
    throw refusal(401, 'Bad credentials');
  }
  return token;
}

/** `Bearer` and `token` carry it plainly; Basic carries it as the password, as git sends it. */
export function sentToken(header: string | undefined): string | undefined {
  const [scheme = '', value] = (header ?? '').split(' ');
  if (value === undefined) return undefined;
  if (scheme.toLowerCase() !== 'basic') return value;
  return Buffer.from(value, 'base64').toString().split(':')[1];
}

/** Whether a token may do something; a person's may do what the person may. */
export function isAllowed(token: Token | undefined, repository: Repository, need: Need): boolean {
  if (need.access === 'read' && !repository.settings.isPrivate && isReadByAll(need)) return true;
  if (!token) return false;
  if (token.kind === 'user') return isAllowedToPerson(token, repository, need);
  if (!reaches(token, repository)) return false;
  return need.any.some((name) => {
    const granted = token.permissions[name];
    return granted === 'write' || (granted === 'read' && need.access === 'read');
  });
}

/** Throws what GitHub answers to somebody who may not: that there is nothing, where it may not even be seen. */
export function demand(token: Token | undefined, repository: Repository, need: Need): void {
  if (isAllowed(token, repository, need)) return;
  if (!token && need.access === 'write') throw refusal(401, 'Requires authentication');
  if (!isVisible(token, repository)) throw notFound();
  if (token?.kind === 'user') throw refusal(403, 'Must have push access to repository');
  throw notAccessible(need);
}

export function isVisible(token: Token | undefined, repository: Repository): boolean {
  if (!repository.settings.isPrivate) return true;
  if (!token) return false;
  return token.kind === 'user' ? roleOf(repository, token.account.login) !== 'none' : reaches(token, repository);
}

export function mayWriteWorkflows(token: Token): boolean {
  return token.permissions['workflows'] === 'write';
}

/** A header of the tokens of people: what they are for, all in all. */
export function scopesOf(token: Token | undefined): Readonly<Record<string, string>> {
  if (token?.kind !== 'user') return {};
  return { 'x-oauth-scopes': mayWriteWorkflows(token) ? 'repo, workflow' : 'repo' };
}

export function reaches(token: Token, repository: Repository): boolean {
  return token.repositories === null || token.repositories.has(repository.fullName.toLowerCase());
}

/** Public repositories are open to readers, but for what only those who look after them see. */
function isReadByAll({ any }: Need): boolean {
  return any.some((name) => ['metadata', 'contents', 'issues', 'pull_requests', 'checks', 'actions'].includes(name));
}

function isAllowedToPerson(token: Token, repository: Repository, need: Need): boolean {
  if (token.repositories && !reaches(token, repository)) return false;
  const role = roleOf(repository, token.account.login);
  if (need.access === 'read') return isAtLeast(role, 'read');
  if (need.any.includes('checks')) return false;
  // Anybody may open issues, comment, and bring a pull request from a fork.
  const isOpenToReaders = need.any.includes('issues') || need.any.includes('pull_requests');
  return isAtLeast(role, isOpenToReaders ? 'read' : 'write');
}
