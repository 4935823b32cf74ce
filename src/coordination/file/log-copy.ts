import { closeSync, ftruncateSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Event } from '../../protocol/event.ts';
import { outside } from '../../shared/errors.ts';
import { readEventLog } from './event-log.ts';

/** A process's own copy of a log that another place keeps: what is left when that place has lost it. */
export interface LogCopy {
  /** How many events it had when it was opened. */
  readonly found: number;
  /** Takes the next event of the log; one that it has is compared. Throws `store-lost` where they differ. */
  readonly take: (event: Event) => void;
  readonly close: () => void;
}

/** Opens a copy for writing; it is continued, never begun anew. Throws `log-damaged`. */
export function openLogCopy(path: string): LogCopy {
  mkdirSync(dirname(path), { recursive: true });
  const { events, wholeBytes } = readEventLog(path);
  const known = events.map(({ id, at }) => ({ id, at }));
  const file = openSync(path, 'a', 0o644);
  ftruncateSync(file, wholeBytes);
  return {
    found: known.length,
    take: (event) => {
      const own = known[event.seq - 1];
      if (own && (own.id !== event.id || own.at !== event.at)) throw anotherLog(path, event.seq);
      if (own) return;
      known.push({ id: event.id, at: event.at });
      writeSync(file, `${JSON.stringify(event)}\n`);
    },
    close: () => closeSync(file),
  };
}

function anotherLog(path: string, seq: number): Error {
  return outside('store-lost', `The store has another event ${seq} than the copy of its log in ${path}`, {
    hint: 'The store has lost this execution and begun it anew. Report what the copy shows with `cortex report`, and start a fresh execution.',
  });
}
