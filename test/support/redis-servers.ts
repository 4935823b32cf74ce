import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export type Engine = 'redis' | 'valkey';

export interface ServerOptions {
  readonly port?: number;
  /** Where it keeps its data; a temporary folder, removed at the end, without it. */
  readonly directory?: string;
  /** Whether it keeps on disk what it acknowledges; yes without it. */
  readonly appendOnly?: boolean;
  readonly args?: readonly string[];
}

export interface StoreServer {
  readonly url: string;
  readonly port: number;
  readonly directory: string;
  readonly pid: () => number | undefined;
  /** Starts it again, on the same port and over the same folder. */
  readonly start: () => Promise<void>;
  /** Ends the process and waits until it has gone; the folder stays. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<void>;
  /** Kills it and starts it again without what it had kept. */
  readonly restartEmpty: () => Promise<void>;
  /** Ends it for good, with the folder where that was temporary. */
  readonly remove: () => Promise<void>;
}

/** Whether the engine is installed. */
export function hasEngine(engine: Engine): boolean {
  return spawnSync(`${engine}-server`, ['--version']).status === 0;
}

/** Starts a server on loopback. */
export async function startServer(engine: Engine, options: ServerOptions = {}): Promise<StoreServer> {
  const port = options.port ?? (await freePort());
  const directory = options.directory ?? mkdtempSync(join(tmpdir(), `cortex-${engine}-`));
  const args = serverArgs({ ...options, port, directory });
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    child = spawn(`${engine}-server`, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    await untilItListens(child);
  };
  const stop = async (signal: NodeJS.Signals = 'SIGKILL'): Promise<void> => {
    const running = child;
    child = undefined;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    running.kill(signal);
    await once(running, 'exit');
  };
  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    directory,
    pid: () => child?.pid,
    start,
    stop,
    restartEmpty: async () => {
      await stop('SIGKILL');
      rmSync(directory, { recursive: true });
      mkdirSync(directory);
      await start();
    },
    remove: async () => {
      await stop();
      if (options.directory === undefined) rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

function serverArgs(options: ServerOptions & { readonly port: number; readonly directory: string }): string[] {
  const { port, directory, appendOnly = true, args = [] } = options;
  const place = ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory, '--save', ''];
  const durable = appendOnly ? ['--appendonly', 'yes', '--appendfsync', 'always'] : [];
  return [...place, ...durable, ...args];
}

/** Rejects with what the server said where it ends before it listens. */
async function untilItListens(child: ChildProcess): Promise<void> {
  if (!child.stdout) throw new Error('the server has no output');
  const said: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    said.push(line);
    if (!line.includes('eady to accept connections')) continue;
    child.stdout.resume();
    return;
  }
  throw new Error(`the server ended before it listened:\n${said.slice(-5).join('\n')}`);
}
