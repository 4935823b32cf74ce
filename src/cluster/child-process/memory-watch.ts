import { readdirSync, readFileSync } from 'node:fs';

/** Resident bytes of a process group, summed; undefined where the system has no /proc. */
export function groupMemory(group: number): number | undefined {
  try {
    let pages = 0;
    for (const entry of readdirSync('/proc')) if (/^\d+$/.test(entry)) pages += residentPages(entry, group);
    return pages * pageBytes;
  } catch {
    return undefined;
  }
}

const pageBytes = 4096;

/** Fields of proc(5) `stat` after the name: 3rd is the process group, 22nd the resident pages. */
function residentPages(pid: string, group: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(fields[2]) === group ? Number(fields[21]) : 0;
  } catch {
    return 0;
  }
}
