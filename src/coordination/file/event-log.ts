import { close, fdatasync, ftruncateSync, mkdirSync, openSync, readFileSync, write } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { parseEvent, type Event } from '../../protocol/event.ts';
import { bug, errnoOf, messageOf, outside, problem } from '../../shared/errors.ts';

/** The log on disk: one JSON line an event, synced before it counts. */
export interface EventLog {
  /** The events found when the log was opened. */
  readonly found: readonly Event[];
  /** Writes the lines after all that were given before, and resolves once they are on the disk. */
  readonly write: (lines: readonly string[]) => Promise<void>;
  readonly close: () => Promise<void>;
}

interface Waiting {
  readonly text: string;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Opens a log for writing, creating it where there is none. Lines given while a sync is under way are written and
 * synced together (group commit). A last line without its newline was never acknowledged: it is cut off.
 */
export function openEventLog(path: string): EventLog {
  mkdirSync(dirname(path), { recursive: true });
  const { events, wholeBytes } = readEventLog(path);
  const file = openSync(path, 'a', 0o644);
  ftruncateSync(file, wholeBytes);
  const queue = commitQueue(file);
  return { found: events, write: (lines) => queue.push(lines.map((line) => `${line}\n`).join('')), close: queue.close };
}

/** Reads a log without opening it for writing; `wholeBytes` counts up to the last newline. */
export function readEventLog(path: string): { readonly events: readonly Event[]; readonly wholeBytes: number } {
  const bytes = readBytes(path);
  const wholeBytes = bytes.lastIndexOf(0x0a) + 1;
  const lines = bytes.subarray(0, wholeBytes).toString('utf8').split('\n').slice(0, -1);
  return { events: lines.map((line, index) => parseLine(line, path, index + 1)), wholeBytes };
}

/** One line of a log as an event. Throws `log-damaged` with the place. */
export function parseLine(line: string, path: string, lineNumber: number): Event {
  try {
    return parseEvent(JSON.parse(line));
  } catch (error) {
    throw problem(
      'log-damaged',
      `${path}:${lineNumber}: expected an event, found ${JSON.stringify(line.slice(0, 80))}`,
      {
        hint: `Restore the log from a copy, or cut it before line ${lineNumber} to go on from there. (${messageOf(error).slice(0, 200)})`,
        cause: error,
      },
    );
  }
}

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return Buffer.alloc(0);
    throw outside('log-not-read', `Could not read ${path}: ${messageOf(error)}`, {
      hint: 'Check the rights of the file.',
      cause: error,
    });
  }
}

/** After a write that failed, nobody knows what lies on the disk: the queue then takes nothing more, as when closed. */
function commitQueue(file: number): { push: (text: string) => Promise<void>; close: () => Promise<void> } {
  let waiting: Waiting[] = [];
  let busy: Promise<void> | undefined;
  let failure: Error | undefined;
  let closed: Promise<void> | undefined;
  const drain = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      failure = await commit(file, batch, failure);
    }
    busy = undefined;
  };
  const push = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const refusal = failure ?? (closed && closedLog());
      if (refusal) return reject(refusal);
      waiting.push({ text, resolve, reject });
      busy ??= Promise.resolve().then(drain);
    });
  const closeWhenDone = async (): Promise<void> => {
    await busy;
    await promisify(close)(file);
  };
  return { push, close: () => (closed ??= closeWhenDone()) };
}

/** Writes and syncs a batch, or tells all its writers why not. Returns the failure, where there is one. */
async function commit(file: number, batch: readonly Waiting[], earlier: Error | undefined): Promise<Error | undefined> {
  try {
    if (earlier) throw earlier;
    await writeAll(file, Buffer.from(batch.map((each) => each.text).join(''), 'utf8'));
    await promisify(fdatasync)(file);
    for (const each of batch) each.resolve();
    return undefined;
  } catch (error) {
    const failure = earlier ?? notWritten(error);
    for (const each of batch) each.reject(failure);
    return failure;
  }
}

function notWritten(error: unknown): Error {
  return outside('log-not-written', `Could not write the event log: ${messageOf(error)}`, {
    hint: 'Check that the disk has room, then go on with --resume.',
    cause: error,
  });
}

function closedLog(): Error {
  return bug('store-closed', 'An event came after its store was closed');
}

async function writeAll(file: number, bytes: Buffer): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    const { bytesWritten } = await promisify(write)(file, bytes, written);
    written += bytesWritten;
  }
}
