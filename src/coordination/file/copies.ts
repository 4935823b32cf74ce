import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Event } from '../../protocol/event.ts';
import { readEventLog } from './event-log.ts';
import { storePaths } from './file-store.ts';

/**
 * The log of an execution in a folder. Where several processes kept copies of a shared log there, the longest: each is
 * a beginning of the same log. Undefined where there is none. Throws `log-damaged`.
 */
export function readLongestLog(directory: string): readonly Event[] | undefined {
  const legs = join(directory, 'legs');
  const copies = existsSync(legs) ? readdirSync(legs).map((leg) => storePaths(join(legs, leg)).log) : [];
  const logs = [storePaths(directory).log, ...copies.sort()].filter((path) => existsSync(path));
  return logs
    .map((path) => readEventLog(path).events)
    .reduce<readonly Event[] | undefined>((a, b) => (a && a.length >= b.length ? a : b), undefined);
}
