import { sha256 } from '../../shared/canonical.ts';
import { CortexError } from '../../shared/errors.ts';
import type { StoreAddress } from './address.ts';
import type { RedisClient } from './client.ts';
import { familiarChannels } from './familiar-events.ts';

/** Who connects: a process that runs masters, a worker attempt, or whoever only shows what goes on. */
export type StoreRole = 'master' | 'worker' | 'exporter';

export interface RoleOptions {
  /** Whose artefacts and attempts a worker may reach; those of all executions without it. */
  readonly execution?: string;
  /** A master that makes a user for the workers of each execution. It can make any user: it is an administrator then. */
  readonly makesUsers?: boolean;
  readonly kind?: StoreAddress['kind'];
  readonly database?: number;
}

interface Rights {
  /** Patterns of keys, with what may be done to them. */
  readonly keys: readonly string[];
  readonly channels: readonly string[];
  readonly commands: readonly string[];
}

const familiarKeyPatterns = ['cortex:tasks:queue', 'cortex:workers:*', 'cortex:masters:*', 'cortex:events:system'];
const allChannels = Object.values(familiarChannels);

const words = (text: string): readonly string[] => text.split(' ');

/** Redis holds the commands inside a script to the rights of the user that calls it: those of our scripts stand here too. */
const workerWork = words('ping evalsha hget hmget hset hsetnx hdel hexists hlen get incrby pexpire time');
const bookWork = words('script|load hgetall hincrby zadd zrem zrangebyscore info');
const logWork = words('xadd xrange xread xlen');
const showingWork = words('rpush ltrim lrem expire publish');
const masterWork = [...workerWork, ...bookWork, ...logWork, ...showingWork];
const exporterWork = words(
  'ping hget hmget hgetall hlen type pttl ttl time xrange xrevrange xread xlen lrange llen subscribe unsubscribe',
);

/**
 * The rules of a user, as `ACL SETUSER <name>` takes them: everything that is not named is refused. A password is the
 * caller's to add. Users of sentinel and cluster connections need the commands that find the servers.
 */
export function aclRules(role: StoreRole, options: RoleOptions = {}): readonly string[] {
  const { keys, channels, commands } = rightsOf(role, options);
  return [
    'reset',
    'on',
    'resetchannels',
    ...keys,
    ...channels.map((channel) => `&${channel}`),
    ...[...commands, ...finding(options)].map((command) => `+${command}`),
  ];
}

function rightsOf(role: StoreRole, { execution, makesUsers }: RoleOptions): Rights {
  if (role === 'worker') {
    const own = `cortex:{${execution ?? '*'}}`;
    const keys = [`~${own}:blob:*`, `~${own}:blob-bytes`, `~${own}:attempt:*`];
    return { keys, channels: [], commands: workerWork };
  }
  if (role === 'exporter') {
    const read = ['events', 'meta', 'accounts', 'claims'].map((name) => `cortex:{*}:${name}`);
    const keys = [...read, ...familiarKeyPatterns].map((pattern) => `%R~${pattern}`);
    return { keys, channels: allChannels, commands: exporterWork };
  }
  const keys = ['~cortex:{*}:*', ...familiarKeyPatterns.map((pattern) => `%W~${pattern}`)];
  const users = makesUsers ? ['acl|setuser', 'acl|deluser'] : [];
  return { keys, channels: allChannels, commands: [...masterWork, ...users] };
}

function finding({ kind, database = 0 }: RoleOptions): readonly string[] {
  return [...(kind === 'cluster' ? ['cluster|slots', 'asking'] : []), ...(database === 0 ? [] : ['select'])];
}

/** A user for the workers that one process starts in one execution. */
export interface WorkerUser {
  readonly username: string;
  readonly password: string;
  readonly execution: string;
}

/** Whether the user is there now; where not, why. */
export type UserAnswer = { readonly made: true } | { readonly made: false; readonly reason: string };

/** Name of the user for workers of a leg: two legs of one execution don't end each other's. */
export function workerUsername(execution: string, leg: string): string {
  return `cortex-worker-${execution}-${leg}`.replace(/[^A-Za-z0-9._-]/g, '-');
}

/**
 * Makes the user, or makes it anew: harmless to repeat. The server gets the hash of its password only. Users are not
 * kept over a restart of the server, and not handed on to others: with sentinels or a cluster none is made.
 */
export async function createWorkerUser(
  client: Pick<RedisClient, 'call'>,
  address: StoreAddress,
  user: WorkerUser,
): Promise<UserAnswer> {
  const { execution, username, password } = user;
  const { kind, database } = address;
  if (kind !== 'server') return { made: false, reason: `a ${kind} does not hand users on to all of its servers` };
  const rules = aclRules('worker', { execution, kind, database });
  return asPermitted(client.call('ACL', ['SETUSER', username, ...rules, `#${sha256(password)}`]));
}

/** Removes the user, and ends its connections. */
export async function dropWorkerUser(client: Pick<RedisClient, 'call'>, username: string): Promise<void> {
  await asPermitted(client.call('ACL', ['DELUSER', username]));
}

/** The store as a worker reaches it: the same place, as that user. */
export function workerAddress(address: StoreAddress, user: Pick<WorkerUser, 'username' | 'password'>): StoreAddress {
  return { ...address, username: user.username, password: user.password };
}

/** What the user may not do is an answer here; whatever else goes wrong is thrown. */
async function asPermitted(command: Promise<unknown>): Promise<UserAnswer> {
  try {
    await command;
    return { made: true };
  } catch (error) {
    if (!(error instanceof CortexError) || error.code !== 'store-access') throw error;
    return { made: false, reason: 'this user may not make users (ACL SETUSER, ACL DELUSER)' };
  }
}
