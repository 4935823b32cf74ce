import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';

/** A worker's log is capped; what goes over is counted and said. */
const logLimitBytes = 4 * 1024 * 1024;
/** A line longer than this is written in pieces, so that one endless line can't fill the memory. */
const lineLimit = 64 * 1024;

/** Writes the lines of several streams to a file, each masked. Resolves when all streams have ended. */
export async function captureLines(
  path: string,
  streams: readonly Readable[],
  mask: (text: string) => string,
): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, 'a', 0o644);
  let room = logLimitBytes;
  let dropped = 0;
  const writeLine = (line: string): void => {
    const text = `${mask(line)}\n`;
    room -= Buffer.byteLength(text);
    if (room < 0) dropped += 1;
    else writeSync(file, text);
  };
  try {
    await Promise.all(streams.map((stream) => eachLine(stream, writeLine)));
    if (dropped > 0)
      writeSync(file, `[${dropped} further lines were dropped: the log is capped at ${logLimitBytes} bytes]\n`);
  } finally {
    closeSync(file);
  }
}

async function eachLine(stream: Readable, take: (line: string) => void): Promise<void> {
  let rest = '';
  stream.setEncoding('utf8');
  for await (const chunk of stream as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) take(line);
    if (rest.length > lineLimit) {
      take(rest);
      rest = '';
    }
  }
  if (rest) take(rest);
}
