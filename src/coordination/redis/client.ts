import type { StoreAddress } from './address.ts';
import { blockingCommands } from './blocking.ts';
import { openConnection, type Argument, type Connection } from './connection.ts';
import { latencyMeter, type Latency } from './latency.ts';
import { scripts, type ScriptName } from './lua-scripts.ts';
import { patientRetry, type Attempt } from './patience.ts';

export interface ClientOptions {
  /** How long one try may take, in ms. */
  readonly commandMs?: number;
  /** For how long a store that doesn't answer is tried, in ms. */
  readonly patienceMs?: number;
  /** Whether this user may load scripts; one who may not waits until somebody else has. */
  readonly loadsScripts?: boolean;
  /** Whether somebody may only be about to make this user: then a refused password is waited for, too. */
  readonly waitsForUser?: boolean;
}

export type Value = string | number | Uint8Array;

/**
 * A connection to the store that lasts. Each verb tries again while the fault may pass, with growing waits. Throws
 * `store-unreachable` (outside) when its patience is over; at once `store-access` (problem), `store-full` (outside) or
 * `store-refused` (bug).
 */
export interface RedisClient {
  /** Runs a script as one step. Its last ARGV is `1` where an earlier try of the same call may have run, else `0`. */
  readonly run: (script: ScriptName, keys: readonly string[], args: readonly Value[]) => Promise<unknown>;
  /** A plain command that does no harm when it is run twice. Replies are strings, numbers, null and lists of them. */
  readonly call: (command: string, args: readonly Value[]) => Promise<unknown>;
  /** The same with bytes (Buffer) in place of strings. */
  readonly callBuffer: (command: string, args: readonly Value[]) => Promise<unknown>;
  /** Sends a command and forgets it: it neither waits nor fails. */
  readonly fire: (command: string, args: readonly Value[]) => void;
  /** How many commands that were fired did not arrive. */
  readonly failures: () => number;
  /**
   * One try of a command that waits on the server (with BLOCK), on a connection of its own. Null where nothing came,
   * where the connection was lost, and where the signal ended it.
   */
  readonly block: (command: string, args: readonly Value[], signal: AbortSignal) => Promise<unknown>;
  /** What commands took since the client was made, but for those that block. */
  readonly latency: () => Latency;
  /** Does something each time a connection was made again: a server that was restarted has forgotten what it was told. */
  readonly onReady: (again: () => void) => void;
  readonly close: () => Promise<void>;
}

/** Connects, and waits until the store answers. */
export async function connectRedis(address: StoreAddress, options: ClientOptions = {}): Promise<RedisClient> {
  const client = openClient(address, options);
  try {
    await client.call('PING', []);
    // The library goes on in database 0 where it was refused the one that it was told.
    if (address.database !== 0) await client.call('SELECT', [address.database]);
    return client;
  } catch (error) {
    await client.close();
    throw error;
  }
}

function openClient(
  address: StoreAddress,
  { commandMs = 5000, patienceMs = 60_000, loadsScripts = true, waitsForUser = false }: ClientOptions,
): RedisClient {
  const load = (): Promise<unknown> => loadScripts(connection);
  const again: (() => void)[] = loadsScripts ? [() => void load().catch(() => undefined)] : [];
  const connection: Connection = openConnection(address, {
    limitMs: commandMs,
    onReady: () => again.forEach((act) => act()),
  });
  const blocking = blockingCommands(address, commandMs);
  const meter = latencyMeter();
  const timed = async (sent: Promise<unknown>): Promise<unknown> => {
    const start = performance.now();
    const reply = await sent;
    meter.record(performance.now() - start);
    return reply;
  };
  const retry = patientRetry({
    address,
    connection,
    commandMs,
    patienceMs,
    waitsForUser,
    load: loadsScripts ? load : undefined,
  });
  const patiently = (attempt: Attempt): Promise<unknown> =>
    timed(attempt(false)).catch((failure: unknown) => retry(failure, (again) => timed(attempt(again))));
  let failures = 0;
  return {
    run: (script, keys, args) => {
      const sent = [scripts[script].sha1, keys.length, ...keys, ...args.map(argumentOf)];
      return patiently((again) => connection.send('EVALSHA', [...sent, again ? '1' : '0']));
    },
    call: (command, args) => patiently(() => connection.send(command, args.map(argumentOf))),
    callBuffer: (command, args) => patiently(() => connection.sendForBytes(command, args.map(argumentOf))),
    fire: (command, args) => {
      timed(connection.send(command, args.map(argumentOf))).catch(() => (failures += 1));
    },
    failures: () => failures,
    block: (command, args, signal) => blocking.send(command, args.map(argumentOf), signal),
    latency: meter.read,
    onReady: (act) => void again.push(act),
    close: async () => {
      blocking.end();
      await untilAnswered(connection, Math.min(commandMs, 1000));
      connection.end();
    },
  };
}

/** All of them: what this client finds missing, those who may not load scripts are missing too. */
async function loadScripts(connection: Connection): Promise<void> {
  await Promise.all(Object.values(scripts).map(({ text }) => connection.sendToAll('SCRIPT', ['LOAD', text])));
}

/** Answers come in the order of commands: with this one, all that were fired have theirs. */
async function untilAnswered(connection: Connection, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => (timer = setTimeout(resolve, limitMs)));
  await Promise.race([connection.send('PING', []).catch(() => undefined), late]);
  clearTimeout(timer);
}

/** The client sends Buffers as they are; any other array of bytes it would write out in digits. */
function argumentOf(value: Value): Argument {
  if (!(value instanceof Uint8Array)) return value;
  return Buffer.isBuffer(value) ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}
