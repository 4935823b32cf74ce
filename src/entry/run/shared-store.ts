import { hostname } from 'node:os';
import {
  isTunnelAddress,
  parseStoreAddress,
  printAddress,
  storeSecrets,
  type StoreAddress,
} from '../../coordination/redis/address.ts';
import { connectRedis, type RedisClient } from '../../coordination/redis/client.ts';
import { familiarNames } from '../../coordination/redis/familiar-names.ts';
import { openRedisStore, type RedisStore } from '../../coordination/redis/redis-store.ts';
import { openAttempt } from '../../coordination/redis/attempt-store.ts';
import { clockAheadMs, engineOf, readServerInfo } from '../../coordination/redis/server-info.ts';
import { offerWorkerAccess, type WorkerAccess } from '../../coordination/redis/worker-access.ts';
import type { Store } from '../../coordination/store.ts';
import type { ExecutionState } from '../../execution/execution-state.ts';
import type { Event } from '../../protocol/event.ts';
import { envelopeSchema, type Envelope } from '../../protocol/result.ts';
import { systemClock } from '../../shared/clock.ts';
import { CortexError, outside } from '../../shared/errors.ts';
import { createMasker } from '../../shared/mask.ts';
import type { CommandLine } from '../arguments.ts';
import { readLauncher } from '../cluster/launcher-kind.ts';
import type { TunnelStore } from '../cluster/tunnel-store.ts';
import type { Environment } from '../environment.ts';
import { timeLimitFlag } from '../values.ts';
import { hasCopy, openOwnCopy } from './own-copy.ts';

/** A store that several processes share, as this process sees it. */
export interface SharedStore {
  readonly store: Store;
  /** Name of this process among those that share the run. */
  readonly leg: string;
  /** Milliseconds since the epoch by the store's clock: processes with clocks of their own agree on it. */
  readonly now: () => number;
  readonly latency: RedisStore['latency'];
  /** What workers get to reach the store. */
  readonly worker: WorkerAccess;
  /** Values that must never be printed. */
  readonly secrets: readonly string[];
  /** What the store said of itself when it was asked, in one line. */
  readonly about: string;
  /** How an attempt ended, as its worker told the store; undefined where it has not. */
  readonly readEnvelope: (worker: string) => Promise<Envelope | undefined>;
  /** Events of the whole log, in order: for this process's copy, and for the names that people know. */
  readonly onEvent: (event: Event, state: ExecutionState) => void;
  /** `keepsUser`: workers go on without this process, and reach the store as the user that it made. */
  readonly close: (how?: { readonly keepsUser: boolean }) => Promise<void>;
}

export interface Connection {
  readonly address: StoreAddress;
  /** The store as workers reach it, where that is another way. */
  readonly inside: StoreAddress | undefined;
  readonly client: RedisClient;
  readonly mask: (text: string) => string;
}

/** Connects to the store that flags or environment name. Throws `bad-launcher`, `bad-store-url`, `store-access`, `store-unreachable`. */
export async function connect(args: CommandLine, environment: Environment): Promise<Connection> {
  const text = args.text('store') ?? environment.store ?? '';
  const patienceMs = timeLimitFlag(args, 'store-timeout', '60s');
  const isInside = readLauncher(args) === 'kubernetes';
  const tunnel = isTunnelAddress(text) ? await openTunnel(text, args, environment) : undefined;
  const address = tunnel?.address ?? parseStoreAddress(text);
  const mask = createMasker([...environment.secrets, ...storeSecrets(address)]);
  try {
    const client = await connectRedis(address, { patienceMs, commandMs: Math.min(5000, patienceMs / 4) });
    const close = (): Promise<void> => client.close().finally(() => tunnel?.close());
    return { address, inside: isInside ? tunnel?.inside : undefined, client: { ...client, close }, mask };
  } catch (error) {
    tunnel?.close();
    // What the store's client sees of a broken tunnel is a port of this machine that nobody listens on.
    throw tunnel?.trouble() ?? error;
  }
}

async function openTunnel(text: string, args: CommandLine, environment: Environment): Promise<TunnelStore> {
  const { openTunnelStore } = await import('../cluster/tunnel-store.ts');
  return openTunnelStore(text, args, environment);
}

/** Opens an execution for reading alone. Throws `execution-unknown`. */
export function openForReading({ client, mask }: Connection, id: string): Promise<RedisStore> {
  return openRedisStore({ client, id, mode: 'existing', mask });
}

interface JoinOrder {
  readonly id: string;
  readonly mode: 'new' | 'join' | 'existing';
  readonly out: string;
  /** Address for workers, where one was given. */
  readonly workerStore: string | undefined;
}

/** Takes part in an execution. Throws `execution-id-used`, `execution-unknown`, `store-lost`. */
export async function joinExecution(connection: Connection, order: JoinOrder): Promise<SharedStore> {
  const { client, address } = connection;
  const leg = `${hostname()}-${process.pid}-${systemClock.now().toString(36)}`;
  const far = await openKnown(connection, order);
  const copy = openOwnCopy(far, { ...order, leg });
  const offset = await clockAheadMs(client);
  const isOurs = (event: Event, state: ExecutionState): boolean => isOwn(event, state, leg);
  const names = familiarNames(client, isOurs);
  const reached = connection.inside ?? address;
  const given = order.workerStore;
  const worker = await offerWorkerAccess({ client, address: reached, execution: order.id, leg, given });
  return {
    store: { ...far, putBlob: copy.putBlob, getBlob: copy.getBlob },
    leg,
    now: () => systemClock.now() + offset,
    latency: far.latency,
    worker,
    secrets: [...storeSecrets(address), ...worker.secrets],
    about: `${printAddress(address)}: ${await describeServer(client)}`,
    readEnvelope: async (name) => {
      const text = await openAttempt(client, { execution: order.id, worker: name }).readEnvelope();
      return text === undefined ? undefined : envelopeSchema.parse(JSON.parse(text));
    },
    onEvent: (event, state) => {
      copy.take(event);
      if (isOurs(event, state)) copy.keepResult(event);
      names.onEvent(event, state);
    },
    close: async (how) => {
      await copy.close();
      if (how?.keepsUser !== true) await worker.revoke();
      await far.close();
      await client.close();
    },
  };
}

/** A copy here without an execution there: the store had it, and lost it. */
async function openKnown({ client, mask }: Connection, { id, mode, out }: JoinOrder): Promise<RedisStore> {
  const copied = hasCopy(out, id);
  try {
    return await openRedisStore({ client, id, mode: copied ? 'existing' : mode, mask });
  } catch (error) {
    if (!copied || !(error instanceof CortexError) || error.code !== 'execution-unknown') throw error;
    throw outside('store-lost', `The store no longer knows ${id}, of which this folder has a copy`, {
      hint: `\`cortex report ${id}\` reports what the copy shows. Start a fresh execution under another id.`,
      cause: error,
    });
  }
}

/** Engine and whether it writes to disk, as far as this user may ask. */
async function describeServer(client: RedisClient): Promise<string> {
  const info = await readServerInfo(client);
  const { name, version } = info ? engineOf(info) : {};
  if (!info || version === undefined) return 'it answers; this user may not ask it for more';
  const isDurable = info.get('aof_enabled') === '1';
  const durable = isDurable ? 'append-only file on' : 'no append-only file: a restart loses events';
  return `${name} ${version}, ${durable}`;
}

/** A process's own are the events of the masters that it holds; those of the run belong to the coordinator's, or to the first. */
function isOwn(event: Event, state: ExecutionState, leg: string): boolean {
  const claim = state.claims.get(event.actor);
  if (claim) return claim.owner.endsWith(`@${leg}`);
  const last = state.claims.get('conclusion') ?? state.claims.get('coordinator-master');
  return last ? last.owner.endsWith(`@${leg}`) : state.legs[0]?.leg === leg;
}
