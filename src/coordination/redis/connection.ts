import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { messageOf, problem } from '../../shared/errors.ts';
import type { StoreAddress } from './address.ts';
import { faultOf, type Fault } from './faults.ts';

export type Argument = string | number | Buffer;

/** One connection, or those to the nodes of a cluster. It connects again by itself until it is ended. */
export interface Connection {
  /** Sends at once, or rejects where there is no connection. Replies are strings, numbers, null and lists of them. */
  readonly send: (command: string, args: readonly Argument[]) => Promise<unknown>;
  /** The same with bytes in place of strings. */
  readonly sendForBytes: (command: string, args: readonly Argument[]) => Promise<unknown>;
  /** The same to every node that takes writes. */
  readonly sendToAll: (command: string, args: readonly Argument[]) => Promise<unknown>;
  /** Waits until commands can be sent, at most that long. Returns why they can't. */
  readonly ready: (limitMs: number) => Promise<Fault | undefined>;
  /** What a rejection means, with the last that was heard of the connection. */
  readonly faultOf: (error: unknown) => Fault;
  /** Drops what is open and connects anew: what was sent and not answered is rejected. */
  readonly reconnect: () => void;
  readonly end: () => void;
  readonly isEnded: () => boolean;
}

export interface ConnectionSettings {
  /** How long a try to connect, or a silence while answers are due, may last. */
  readonly limitMs: number;
  /** For commands that wait on the server: silence is then no fault. */
  readonly isBlocking?: boolean;
  readonly onReady?: () => void;
}

/** What a server's client and a cluster's have in common, as far as we use it. */
interface Vendor {
  readonly status: string;
  readonly connect: () => Promise<void>;
  readonly disconnect: (andConnect?: boolean) => void;
  readonly call: (command: string, args: Argument[]) => Promise<unknown>;
  readonly callBuffer: (command: string, args: Argument[]) => Promise<unknown>;
  readonly on: (event: 'ready' | 'error', listener: (error: unknown) => void) => unknown;
  readonly setMaxListeners: (count: number) => unknown;
  readonly off: (event: 'ready' | 'error', listener: (error: unknown) => void) => unknown;
}

/** Begins to connect. Throws `store-certificate` where the file of certificates can't be read. */
export function openConnection(address: StoreAddress, settings: ConnectionSettings): Connection {
  const vendor = openVendor(address, settings);
  let heard: unknown = 'no answer';
  let isEnded = false;
  // Each command that waits for a connection listens for it.
  vendor.setMaxListeners(0);
  vendor.on('error', (error: unknown) => {
    heard = (error as { lastNodeError?: unknown } | null)?.lastNodeError ?? error;
  });
  if (settings.onReady) vendor.on('ready', settings.onReady);
  return {
    send: (command, args) => vendor.call(command, args as Argument[]),
    sendForBytes: (command, args) => vendor.callBuffer(command, args as Argument[]),
    sendToAll: (command, args) => Promise.all(nodesOf(vendor).map((node) => node.call(command, args as Argument[]))),
    ready: async (limitMs) => {
      if (vendor.status === 'ready') return undefined;
      if (vendor.status === 'end' && !isEnded) vendor.connect().catch(() => undefined);
      return untilReady(vendor, limitMs, () => heard);
    },
    faultOf: (error) => {
      const fault = faultOf(error);
      return fault.kind === 'passing' && fault.mayHaveRun
        ? { ...fault, seen: `connection lost (${messageOf(heard)})` }
        : fault;
    },
    reconnect: () => {
      if (vendor.status === 'ready') vendor.disconnect(true);
    },
    end: () => {
      isEnded = true;
      vendor.disconnect();
    },
    isEnded: () => isEnded,
  };
}

function openVendor(address: StoreAddress, settings: ConnectionSettings): Vendor {
  const options = commonOptions(address, settings);
  if (address.kind === 'server') return new Redis({ ...options, ...address.hosts[0] });
  if (address.kind === 'cluster') return openCluster(address, options);
  return new Redis({
    ...options,
    sentinels: address.hosts.map((each) => ({ ...each })),
    name: address.service ?? 'mymaster',
    sentinelCommandTimeout: settings.limitMs,
    ...(options.tls ? { sentinelTLS: options.tls, enableTLSForSentinelMode: true } : {}),
  });
}

type CommonOptions = RedisOptions & { readonly replyMapping: 'legacy' };

/** Trying again is our own affair: the client alone knows which commands may be sent twice, and says so when it does. */
function commonOptions(address: StoreAddress, { limitMs, isBlocking }: ConnectionSettings): CommonOptions {
  const { username, password, database } = address;
  const tls = tlsOptions(address);
  return {
    protocol: 3,
    replyMapping: 'legacy',
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(tls ? { tls } : {}),
    db: database,
    connectTimeout: limitMs,
    disconnectTimeout: 200,
    ...(isBlocking ? {} : { socketTimeout: limitMs }),
    retryStrategy: reconnectDelayMs,
    // A connection that closes rejects all that waits on it, at once.
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    enableOfflineQueue: false,
    // The check asks for INFO, which not every user may; a server that is still loading says so to any command.
    enableReadyCheck: false,
    disableClientInfo: true,
  };
}

function openCluster(address: StoreAddress, options: CommonOptions): Cluster {
  const { retryStrategy: _, ...redisOptions } = options;
  return new Cluster(
    address.hosts.map((each) => ({ ...each })),
    {
      enableOfflineQueue: false,
      enableReadyCheck: false,
      clusterRetryStrategy: reconnectDelayMs,
      // Nothing may be sent twice without saying so; where a node is gone, the whole map is read anew.
      retryDelayOnFailover: 0,
      slotsRefreshTimeout: options.connectTimeout ?? 0,
      redisOptions: { ...redisOptions, ...(options.socketTimeout ? { commandTimeout: options.socketTimeout } : {}) },
    },
  );
}

/** 50 ms, 100 ms… up to a second. */
function reconnectDelayMs(times: number): number {
  return Math.min(1000, 25 * 2 ** Math.min(times, 10));
}

function tlsOptions({ tls }: StoreAddress): ConnectionOptions | undefined {
  if (!tls) return undefined;
  const { ca, serverName } = tls;
  return {
    ...(ca === undefined ? {} : { ca: readCertificates(ca) }),
    ...(serverName === undefined ? {} : { servername: serverName }),
  };
}

function readCertificates(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw problem('store-certificate', `The certificates in ${path} can't be read: ${messageOf(error)}`, {
      hint: 'Name a readable PEM file in the `ca` of the store address.',
      cause: error,
    });
  }
}

function nodesOf(vendor: Vendor): readonly Vendor[] {
  return vendor instanceof Cluster ? vendor.nodes('master') : [vendor];
}

function untilReady(vendor: Vendor, limitMs: number, heard: () => unknown): Promise<Fault | undefined> {
  return new Promise((resolve) => {
    const settle = (fault?: Fault): void => {
      clearTimeout(timer);
      vendor.off('ready', onReady);
      vendor.off('error', onError);
      resolve(fault);
    };
    const onReady = (): void => settle();
    const onError = (): void => {
      const fault = faultOf(heard());
      if (fault.kind === 'no-access') settle(fault);
    };
    const timer = setTimeout(() => settle({ kind: 'passing', seen: messageOf(heard()), mayHaveRun: false }), limitMs);
    vendor.on('ready', onReady);
    vendor.on('error', onError);
  });
}
