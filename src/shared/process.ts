import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { errnoOf, outside, problem } from './errors.ts';

export interface ProcessRequest {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** The whole environment of the process: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Text for standard input. */
  readonly input?: string;
  readonly signal?: AbortSignal;
  /** Bytes kept of each output stream; the rest is dropped and said so. Default 64 MiB. */
  readonly outputLimit?: number;
}

export interface ProcessOutcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly timedOut: boolean;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  /** True when output went over its limit and was cut. */
  readonly truncated: boolean;
}

/** A process at the head of its own group, so that all it starts can be ended with it. */
export interface ProcessGroup {
  readonly pid: number;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves when the process has ended and its output is read. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** Asks the whole group to end, then ends it after the grace time. */
  readonly end: (graceMs: number) => void;
}

/**
 * Starts a program by argument list, never by shell. The write end of its standard input stays open for as long as
 * this process lives: a program that watches it learns of our death. Throws `program-missing`.
 */
export async function startGroup(request: Omit<ProcessRequest, 'timeoutMs' | 'signal'>): Promise<ProcessGroup> {
  const child = spawn(request.command, [...request.args], {
    cwd: request.cwd,
    env: { ...request.env },
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  await started(child, request.command);
  child.stdin.on('error', () => undefined);
  if (request.input !== undefined) child.stdin.end(request.input);
  const pid = child.pid ?? 0;
  const ended = (once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>).then(([code, signal]) => ({
    code,
    signal,
  }));
  return { pid, stdout: child.stdout, stderr: child.stderr, ended, end: (graceMs) => endGroup(pid, child, graceMs) };
}

/** Runs a program to its end and returns what it wrote. Never throws for its exit code. */
export async function runProcess(request: ProcessRequest): Promise<ProcessOutcome> {
  const group = await startGroup({ input: '', ...request });
  const limit = request.outputLimit ?? 64 * 1024 * 1024;
  const outputs = Promise.all([collect(group.stdout, limit), collect(group.stderr, limit)]);
  const watch = endWhenDue(group, request);
  const { code, signal } = await group.ended;
  watch.stop();
  const [stdout, stderr] = await outputs;
  return {
    code,
    signal,
    timedOut: watch.timedOut(),
    stdout: stdout.bytes,
    stderr: stderr.bytes,
    truncated: stdout.truncated || stderr.truncated,
  };
}

/** Sends a signal to a whole process group; a group that is gone already is fine. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (errnoOf(error) !== 'ESRCH' && errnoOf(error) !== 'EPERM') throw error;
  }
}

async function started(child: ChildProcess, command: string): Promise<void> {
  try {
    await once(child, 'spawn');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') {
      throw problem('program-missing', `The program ${command} was not found`, {
        hint: `Install ${command} and make sure it is on the PATH.`,
        cause: error,
      });
    }
    throw outside('program-not-started', `The program ${command} could not be started: ${String(error)}`, {
      hint: 'Check that it is executable and that the machine can start further processes.',
      cause: error,
    });
  }
}

function endGroup(pid: number, child: ChildProcess, graceMs: number): void {
  signalGroup(pid, 'SIGTERM');
  const timer = setTimeout(() => signalGroup(pid, 'SIGKILL'), graceMs);
  child.once('close', () => {
    clearTimeout(timer);
    signalGroup(pid, 'SIGKILL');
  });
}

function endWhenDue(group: ProcessGroup, request: ProcessRequest): { stop: () => void; timedOut: () => boolean } {
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    group.end(2000);
  }, request.timeoutMs);
  const abort = (): void => group.end(2000);
  request.signal?.addEventListener('abort', abort, { once: true });
  return {
    stop: () => {
      clearTimeout(timer);
      request.signal?.removeEventListener('abort', abort);
    },
    timedOut: () => timedOut,
  };
}

async function collect(stream: Readable, limit: number): Promise<{ bytes: Buffer; truncated: boolean }> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    if (size < limit) chunks.push(chunk.subarray(0, limit - size));
    size += chunk.length;
  }
  return { bytes: Buffer.concat(chunks), truncated: size > limit };
}
