import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';

/** A worker's log is capped; what goes over is counted and said. */
const logLimitBytes = 4 * 1024 * 1024;
/** A line longer than this is written in pieces, so that one endless line can't fill the memory. */
const lineLimit = 64 * 1024;
/** What of a cut line stays behind for the next piece: a secret up to this length is never cut in two. */
const overlap = 8 * 1024;

/** The log of one worker, capped. Lines come masked. */
export interface WorkerLog {
  readonly write: (masked: string) => void;
  /** Says what was dropped. */
  readonly close: () => void;
}

/** Opens a log to go on with; its folder is made. */
export function openLog(path: string): WorkerLog {
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, 'a', 0o644);
  let room = logLimitBytes;
  let dropped = 0;
  return {
    write: (masked) => {
      room -= Buffer.byteLength(masked) + 1;
      if (room < 0 || !tryWrite(file, `${masked}\n`)) dropped += 1;
    },
    close: () => {
      if (dropped > 0)
        tryWrite(file, `[${dropped} further lines were dropped: the log is capped at ${logLimitBytes} bytes]\n`);
      closeSync(file);
    },
  };
}

/** What becomes of the lines of a worker. */
export interface LineOptions {
  readonly mask: (text: string) => string;
  /** Gets each line, masked, as it comes. */
  readonly onLine?: ((line: string) => void) | undefined;
}

/** Writes the lines of several streams to a file, each masked. Resolves when all streams have ended. */
export async function captureLines(
  path: string,
  streams: readonly Readable[],
  { mask, onLine }: LineOptions,
): Promise<void> {
  const log = openLog(path);
  const take = (masked: string): void => {
    log.write(masked);
    onLine?.(masked);
  };
  try {
    await Promise.all(streams.map((stream) => eachLine(stream, mask, take)));
  } finally {
    log.close();
  }
}

/** A log that can't be written, as on a full disk, must not cost the worker its result: its lines count as dropped. */
function tryWrite(file: number, text: string): boolean {
  try {
    writeSync(file, text);
    return true;
  } catch {
    return false;
  }
}

/** Masked lines of a stream. */
export async function eachLine(
  stream: Readable,
  mask: (text: string) => string,
  take: (masked: string) => void,
): Promise<void> {
  let rest = '';
  stream.setEncoding('utf8');
  for await (const chunk of stream as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) take(mask(line));
    if (rest.length > lineLimit) {
      const masked = mask(rest);
      take(masked.slice(0, -overlap));
      rest = masked.slice(-overlap);
    }
  }
  if (rest) take(mask(rest));
}
