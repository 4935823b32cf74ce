import type { StoreAddress } from './address.ts';
import { openConnection, type Argument, type Connection } from './connection.ts';
import { errorOf } from './faults.ts';

/** Commands that wait on the server, on a connection of their own: they would hold up all others. */
export interface BlockingCommands {
  /** One try. Null where nothing came, where the connection was lost, and where the signal ended it. */
  readonly send: (command: string, args: readonly Argument[], signal: AbortSignal) => Promise<unknown>;
  readonly end: () => void;
}

/** Connects at the first command. `limitMs`: how long after its own waiting time a command may stay without an answer. */
export function blockingCommands(address: StoreAddress, limitMs: number): BlockingCommands {
  let open: Connection | undefined;
  const end = (): void => {
    open?.end();
    open = undefined;
  };
  const attempt = async (command: string, args: readonly Argument[]): Promise<unknown> => {
    const connection = (open ??= openConnection(address, { limitMs, isBlocking: true }));
    const fault = await connection.ready(limitMs);
    if (fault?.kind === 'no-access') throw errorOf(fault, address);
    if (fault) return null;
    // A connection that is dead without saying so would be waited for until its end.
    const timer = setTimeout(connection.reconnect, waitOf(args) + limitMs);
    try {
      return await connection.send(command, args);
    } catch (error) {
      const failure = connection.faultOf(error);
      if (failure.kind === 'passing') return null;
      if (failure.kind !== 'elsewhere') throw errorOf(failure, address);
      connection.reconnect();
      return null;
    } finally {
      clearTimeout(timer);
    }
  };
  return {
    send: async (command, args, signal) => {
      if (signal.aborted) return null;
      const aborted = onceAborted(signal);
      try {
        return await Promise.race([attempt(command, args), aborted.promise.then(end)]).then((reply) => reply ?? null);
      } finally {
        aborted.forget();
      }
    },
    end,
  };
}

/** How long a command asks the server to wait, in ms. */
function waitOf(args: readonly Argument[]): number {
  return Number(args[args.indexOf('BLOCK') + 1]);
}

function onceAborted(signal: AbortSignal): { readonly promise: Promise<void>; readonly forget: () => void } {
  let settle = (): void => undefined;
  const promise = new Promise<void>((resolve) => (settle = resolve));
  signal.addEventListener('abort', settle, { once: true });
  return { promise, forget: () => signal.removeEventListener('abort', settle) };
}
