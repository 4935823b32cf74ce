import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { Event } from '../../protocol/event.ts';
import { pause } from '../../shared/pause.ts';
import { parseLine } from './event-log.ts';

/** How long a reader waits before it looks for more. */
const pollMs = 150;
const pieceBytes = 1024 * 1024;

/** Events of a log that another process writes, as they come; ends once nobody writes any more and all is read. */
export async function* followLog(path: string, isWritten: () => boolean): AsyncIterable<Event> {
  const file = openSync(path, 'r');
  let position = 0;
  let rest = Buffer.alloc(0);
  let lineNumber = 0;
  try {
    for (let mayGrow = true; ;) {
      const piece = Buffer.alloc(Math.min(pieceBytes, Math.max(0, fstatSync(file).size - position)));
      const read = piece.length > 0 ? readSync(file, piece, 0, piece.length, position) : 0;
      position += read;
      rest = Buffer.concat([rest, piece.subarray(0, read)]);
      for (let end = rest.indexOf(0x0a); end >= 0; end = rest.indexOf(0x0a)) {
        lineNumber += 1;
        yield parseLine(rest.subarray(0, end).toString('utf8'), path, lineNumber);
        rest = rest.subarray(end + 1);
      }
      if (read > 0) continue;
      if (!mayGrow) return;
      mayGrow = isWritten();
      if (mayGrow) await pause(pollMs);
    }
  } finally {
    closeSync(file);
  }
}
