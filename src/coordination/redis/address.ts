import { isIPv6 } from 'node:net';
import { problem, type CortexError } from '../../shared/errors.ts';

export interface StoreHost {
  /** A name, an IPv4 address, or an IPv6 address without brackets. */
  readonly host: string;
  readonly port: number;
}

/** Where a shared store is, and who we are there. */
export interface StoreAddress {
  readonly kind: 'server' | 'sentinel' | 'cluster';
  /** One for a server; the sentinels, or some nodes of the cluster, otherwise. */
  readonly hosts: readonly StoreHost[];
  /** Name of the service that the sentinels watch; with kind `sentinel` only. */
  readonly service?: string;
  readonly database: number;
  readonly username?: string;
  readonly password?: string;
  /** Present: the connection is encrypted, and the server's certificate is checked. */
  readonly tls?: StoreTls;
}

export interface StoreTls {
  /** File with the certificates to trust, PEM; the system's own without it. */
  readonly ca?: string;
  /** Name that the certificate must be for; the host's own without it. */
  readonly serverName?: string;
}

type Kind = StoreAddress['kind'];
const kinds: Readonly<Record<string, Kind>> = { '': 'server', '+sentinel': 'sentinel', '+cluster': 'cluster' };
const suffixes: Readonly<Record<Kind, string>> = { server: '', sentinel: '+sentinel', cluster: '+cluster' };
const defaultPorts: Readonly<Record<Kind, number>> = { server: 6379, sentinel: 26_379, cluster: 6379 };

const namePattern = /^[A-Za-z0-9._-]{1,253}$/;
const forms =
  'redis://[user:password@]host[:port][/database], redis+sentinel://[user:password@]host,host/service[/database] ' +
  'or redis+cluster://[user:password@]host,host; rediss instead of redis for TLS, then also ?ca=<file>&servername=<name>. ' +
  'Characters with a meaning of their own (/ ? # @ %) stand percent-encoded in user and password.';

/** Whether a text means a Redis inside a cluster that is reached through the cluster's API server. */
export function isTunnelAddress(text: string): boolean {
  return /^rediss?\+tunnel:/i.test(text);
}

/** Whether a text means a Redis address at all, right or wrong. */
export function isRedisAddress(text: string): boolean {
  return /^rediss?[:+]/i.test(text);
}

/** Reads an address. Throws `bad-store-url` (problem), which says where, and repeats nothing that may be a secret. */
export function parseStoreAddress(text: string): StoreAddress {
  refuseStrayCharacters(text);
  const { kind, secure, rest } = splitScheme(text);
  const { credentials, hosts, path, query } = splitParts(rest);
  return {
    kind,
    hosts: parseHosts(hosts, kind),
    ...parsePath(path, kind),
    ...parseCredentials(credentials),
    ...parseQuery(query, secure),
  };
}

/** A Redis inside a cluster, by its service there. */
export interface TunnelAddress {
  readonly service: string;
  readonly namespace: string;
  readonly port: number;
  /** The address as written, with the service in the place of a host. */
  readonly written: StoreAddress;
}

/** Reads an address such as `redis+tunnel://user:password@redis.cortex-system:6379/0`. Throws `bad-store-url` (problem). */
export function parseTunnelAddress(text: string): TunnelAddress {
  const written = parseStoreAddress(text.replace('+tunnel:', ':'));
  const [host] = written.hosts;
  const [service = '', namespace = '', ...rest] = host?.host.split('.') ?? [];
  if (host && namespace !== '' && rest.join('.').replace(/^svc(?:\.cluster\.local)?$/, '') === '') {
    return { service, namespace, port: host.port, written };
  }
  throw problem(
    'bad-store-url',
    'The store address is wrong at the host: expected <service>.<namespace>, found something else',
    { hint: 'Write it as redis+tunnel://[user:password@]redis.cortex-system[:port][/database].' },
  );
}

/** The address for people: complete but for its password, which reads `***`. */
export function printAddress(address: StoreAddress): string {
  return writeAddress(address.password === undefined ? address : { ...address, password: '***' });
}

/** The address as `parseStoreAddress` reads it, password included: for an environment, never for a message. */
export function writeAddress(address: StoreAddress): string {
  const { kind, hosts, service, database, tls } = address;
  const scheme = `${tls ? 'rediss' : 'redis'}${suffixes[kind]}`;
  const path = [...(service === undefined ? [] : [service]), ...(database === 0 ? [] : [database])];
  return `${scheme}://${writeCredentials(address)}${hosts.map(writeHost).join(',')}${path.map((part) => `/${part}`).join('')}${writeQuery(tls)}`;
}

/** The values of an address that no message may show, as they are and as they stand in a URL. */
export function storeSecrets(address: StoreAddress): readonly string[] {
  if (address.password === undefined) return [];
  return [...new Set([address.password, encodeURIComponent(address.password)])];
}

function writeCredentials({ username, password }: StoreAddress): string {
  if (password === undefined) return '';
  return `${encodeURIComponent(username ?? '')}:${encodeURIComponent(password)}@`;
}

function writeHost({ host, port }: StoreHost): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function writeQuery(tls: StoreTls | undefined): string {
  const pairs = [
    ...(tls?.ca === undefined ? [] : [`ca=${encodeURIComponent(tls.ca)}`]),
    ...(tls?.serverName === undefined ? [] : [`servername=${encodeURIComponent(tls.serverName)}`]),
  ];
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

/** A line break at the end of a secret is the usual one. */
function refuseStrayCharacters(text: string): void {
  const index = text.search(/[\s\p{Cc}\p{Cs}]/u);
  if (index === -1) return;
  throw refusal(`character ${index + 1} of ${text.length}`, 'a visible one', 'white space or a control character');
}

function splitScheme(text: string): { kind: Kind; secure: boolean; rest: string } {
  const scheme = /^([a-z][a-z0-9+.-]{0,30}):\/\//i.exec(text)?.[1];
  const match = /^redis(s?)((?:\+[a-z]+)?)$/.exec(scheme ?? '');
  const kind = match ? kinds[match[2] ?? ''] : undefined;
  if (scheme === undefined || match === null || kind === undefined) {
    const known = Object.keys(kinds).flatMap((suffix) => [`redis${suffix}://`, `rediss${suffix}://`]);
    throw refusal('the scheme', known.join(', '), scheme === undefined ? 'none' : `${scheme}://`);
  }
  return { kind, secure: match[1] === 's', rest: text.slice(scheme.length + 3) };
}

/** An `@` after the first `/`, `?` or `#` means a password that is not encoded: then nothing of it is shown. */
function splitParts(rest: string): { credentials: string | undefined; hosts: string; path: string; query: string } {
  const [, authority = '', path = '', query = '', fragment = ''] =
    /^([^/?#]*)([^?#]*)((?:\?[^#]*)?)((?:#.*)?)$/.exec(rest) ?? [];
  const at = authority.indexOf('@');
  const afterAt = rest.slice(at + 1);
  if (afterAt.includes('@')) throw refusal('user and password', '/ ? # @ percent-encoded', 'one of them as it is');
  if (fragment !== '') throw refusal('the end', 'nothing after the query', 'a #');
  return { credentials: at === -1 ? undefined : authority.slice(0, at), hosts: authority.slice(at + 1), path, query };
}

function parseCredentials(text: string | undefined): { username?: string; password?: string } {
  if (text === undefined) return {};
  const colon = text.indexOf(':');
  if (colon === -1) throw refusal('user and password', 'user:password@ or :password@', 'no colon before the @');
  const username = decode(text.slice(0, colon), 'the user');
  const password = decode(text.slice(colon + 1), 'the password');
  if (password === '') throw refusal('the password', 'at least one character', 'none');
  return { ...(username === '' ? {} : { username }), password };
}

function parseHosts(text: string, kind: Kind): readonly StoreHost[] {
  const hosts = text.split(',').map((each, index) => parseHost(each, index + 1, kind));
  if (kind === 'server' && hosts.length > 1) {
    throw refusal('the hosts', 'one host (several with redis+sentinel:// or redis+cluster://)', `${hosts.length}`);
  }
  return hosts;
}

function parseHost(text: string, position: number, kind: Kind): StoreHost {
  const match = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(.*))?$/.exec(text);
  const host = match?.[1] ?? match?.[2] ?? '';
  const isAddress = match?.[1] !== undefined && isIPv6(host) && !host.includes('%');
  if (!isAddress && !(match?.[2] !== undefined && namePattern.test(host))) {
    throw refusal(
      `host ${position}`,
      'a name, an IPv4 address or an [IPv6 address]',
      text === '' ? 'nothing' : 'something else',
    );
  }
  return { host, port: match?.[3] === undefined ? defaultPorts[kind] : parsePort(match[3], position) };
}

function parsePort(text: string, position: number): number {
  const port = Number(text);
  if (/^[1-9]\d{0,4}$/.test(text) && port <= 65_535) return port;
  throw refusal(`the port of host ${position}`, 'a whole number from 1 to 65535', 'something else');
}

function parsePath(path: string, kind: Kind): { service?: string; database: number } {
  const parts = path.replace(/\/$/, '').split('/').slice(1);
  const service = kind === 'sentinel' ? parseService(parts.shift()) : undefined;
  if (parts.length > 1) throw refusal('the path', 'at most a database number at its end', `${parts.length} parts`);
  const database = parseDatabase(parts[0]);
  if (kind === 'cluster' && database !== 0) throw refusal('the database', '0, the only one of a cluster', 'another');
  return { ...(service === undefined ? {} : { service }), database };
}

function parseService(text: string | undefined): string {
  if (text !== undefined && namePattern.test(text)) return text;
  const found = text ? 'something else' : 'nothing';
  throw refusal('the service', 'the name that the sentinels watch (letters, digits, . _ -) after the hosts', found);
}

function parseDatabase(text: string | undefined): number {
  if (text === undefined) return 0;
  if (/^(?:0|[1-9]\d{0,8})$/.test(text)) return Number(text);
  throw refusal('the database', 'a whole number', text === '' ? 'nothing' : 'something else');
}

function parseQuery(query: string, secure: boolean): { tls?: StoreTls } {
  const tls: { ca?: string; serverName?: string } = {};
  for (const pair of query === '' || query === '?' ? [] : query.slice(1).split('&')) {
    const name = pair.split('=', 1)[0] ?? '';
    const key = name === 'ca' ? 'ca' : name === 'servername' ? 'serverName' : undefined;
    if (key === undefined) throw refusal('the query', 'only ca and servername', shownName(name));
    if (!secure) throw refusal('the query', `${name} with a rediss address only`, 'one without TLS');
    if (tls[key] !== undefined) throw refusal('the query', `${name} once`, 'it twice');
    tls[key] = parseValue(key, decode(pair.slice(name.length + 1), name));
  }
  return secure ? { tls } : {};
}

function parseValue(key: keyof StoreTls, value: string): string {
  if (value === '') throw refusal('the query', 'a value after each name', 'none');
  if (key === 'serverName' && !namePattern.test(value)) throw refusal('servername', 'a host name', 'something else');
  return value;
}

/** A name is shown where it looks like one: the rest may be half a password. */
function shownName(name: string): string {
  return /^[A-Za-z_-]{1,20}$/.test(name) ? name : 'something else';
}

function decode(text: string, where: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw refusal(where, 'percent-encoded UTF-8', 'a % that is no such encoding');
  }
}

function refusal(where: string, expected: string, found: string): CortexError {
  return problem('bad-store-url', `The store address is wrong at ${where}: expected ${expected}, found ${found}`, {
    hint: `Write it as ${forms}`,
  });
}
