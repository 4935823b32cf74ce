import { readFileSync } from 'node:fs';

/**
 * When a process started, in clock ticks since boot (proc(5): state is field 3, start time field 22). Undefined where
 * the process is gone, or dead and not yet waited for, or the system has no /proc.
 */
export function processStart(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
