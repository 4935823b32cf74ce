import { join } from 'node:path';
import { pause } from '../../shared/pause.ts';
import { eachLine, openLog } from '../log-file.ts';
import { codeOf } from './api/api-errors.ts';
import type { Transport } from './api/transport.ts';

export interface LogOptions {
  readonly transport: Transport;
  readonly namespace: string;
  readonly folder: string;
  readonly mask: (text: string) => string;
  readonly onLine?: ((worker: string, line: string) => void) | undefined;
}

/** The log of a worker that is being followed. */
export interface FollowedLog {
  /** The pod has ended: reads what is left, but for no longer than that. */
  readonly finish: (withinMs: number) => Promise<void>;
}

export function logPath(folder: string, worker: string): string {
  return join(folder, `${worker}.log`);
}

const tries = 5;

/**
 * Copies the log of a pod, line by line, masked and capped. Where the stream breaks off it goes on where it was, by the
 * time that the kubelet gives each line. A log that can't be had is no reason to lose a worker: it stays short.
 */
export function followLog(
  options: LogOptions,
  { worker, pod }: { readonly worker: string; readonly pod: string },
): FollowedLog {
  const log = openLog(logPath(options.folder, worker));
  const stop = new AbortController();
  const place = resumePlace();
  let isEnding = false;
  const take = (stamped: string): void => {
    const line = place.next(stamped);
    if (line === undefined) return;
    log.write(line);
    options.onLine?.(worker, line);
  };
  const done = copy(options, { pod, place, take, isEnding: () => isEnding, signal: stop.signal })
    .catch(() => undefined)
    .finally(() => log.close());
  return {
    finish: async (withinMs) => {
      isEnding = true;
      const late = setTimeout(() => stop.abort(), withinMs);
      await done;
      clearTimeout(late);
    },
  };
}

interface Copy {
  readonly pod: string;
  readonly place: ResumePlace;
  readonly take: (stamped: string) => void;
  readonly isEnding: () => boolean;
  readonly signal: AbortSignal;
}

async function copy(options: LogOptions, { pod, place, take, isEnding, signal }: Copy): Promise<void> {
  const { transport, namespace, mask } = options;
  for (let failures = 0; failures < tries && !signal.aborted;) {
    // Once the pod has ended, what a stream gives to its end is the whole log.
    const isLast = isEnding();
    const query = new URLSearchParams({ container: 'worker', timestamps: 'true', follow: 'true', ...place.since() });
    const path = `/api/v1/namespaces/${namespace}/pods/${pod}/log?${query.toString()}`;
    try {
      const stream = await transport.stream({ method: 'GET', path, signal, headers: { accept: '*/*' } });
      await eachLine(stream, mask, take);
      if (isLast) return;
    } catch (error) {
      // The pod is gone, and its log with it.
      if (codeOf(error) === 404) return;
      failures += 1;
    }
    await pause(200 * 2 ** failures, signal).catch(() => undefined);
  }
}

interface ResumePlace {
  /** The line without its time, or undefined where it has come before. */
  readonly next: (stamped: string) => string | undefined;
  readonly since: () => { readonly sinceTime?: string };
}

/** The server takes whole seconds to resume from: lines of the last second come again, and are told by their own time. */
function resumePlace(): ResumePlace {
  let last = '';
  let sameTime = new Set<string>();
  return {
    next: (stamped) => {
      const space = stamped.indexOf(' ');
      const time = stamped.slice(0, space);
      if (space < 0 || !/^\d{4}-\d\d-\d\dT/.test(time)) return stamped;
      const line = stamped.slice(space + 1);
      if (time < last || (time === last && sameTime.has(line))) return undefined;
      if (time !== last) sameTime = new Set();
      last = time;
      sameTime.add(line);
      return line;
    },
    since: () => (last === '' ? {} : { sinceTime: wholeSecond(last) }),
  };
}

/** Nodes stamp lines by the time of their place: `2026-11-30T03:04:05.123456789+02:00`. */
function wholeSecond(stamp: string): string {
  return new Date(Math.floor(Date.parse(stamp) / 1000) * 1000).toISOString().replace('.000Z', 'Z');
}
