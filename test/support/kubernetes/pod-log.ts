import { EventEmitter } from 'node:events';

export interface LogLine {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly text: string;
}

/** What a container wrote, line by line, with the time of each. */
export interface PodLog {
  readonly lines: readonly LogLine[];
  readonly write: (piece: string) => void;
  /** Ends the log; what stands in no whole line counts as one. */
  readonly end: () => void;
  readonly isEnded: () => boolean;
  /** Calls with each further line, and at the end without one. */
  readonly follow: (take: (line: LogLine | undefined) => void) => () => void;
}

export function podLog(now: () => number): PodLog {
  const lines: LogLine[] = [];
  const news = new EventEmitter();
  news.setMaxListeners(0);
  let rest = '';
  let ended = false;
  const push = (text: string): void => {
    const line = { at: now(), text };
    lines.push(line);
    news.emit('line', line);
  };
  return {
    lines,
    write: (piece) => {
      const parts = (rest + piece).split('\n');
      rest = parts.pop() ?? '';
      parts.forEach(push);
    },
    end: () => {
      if (ended) return;
      if (rest) push(rest);
      ended = true;
      news.emit('line', undefined);
    },
    isEnded: () => ended,
    follow: (take) => {
      news.on('line', take);
      return () => void news.off('line', take);
    },
  };
}

/** `2026-11-30T00:42:37.123000000Z text`, as the API gives lines with `timestamps=true`: by the clock on the node's wall. */
export function withTime({ at, text }: LogLine, zoneHours = 0): string {
  const zone = zoneHours === 0 ? 'Z' : `${zoneHours < 0 ? '-' : '+'}${String(Math.abs(zoneHours)).padStart(2, '0')}:00`;
  return `${new Date(at + zoneHours * 3_600_000).toISOString().slice(0, -1)}000000${zone} ${text}`;
}

/** Lines since a time: the node reads whole seconds, so that lines of the second before come again. */
export function linesSince(lines: readonly LogLine[], sinceMs: number): readonly LogLine[] {
  const second = Math.floor(sinceMs / 1000) * 1000;
  return lines.filter(({ at }) => at >= second);
}
