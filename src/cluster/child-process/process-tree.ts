import { readdirSync, readFileSync } from 'node:fs';

/** What runs under a worker: its process group, and the groups of all that it started. */
export interface ProcessTree {
  /** Ids of the process groups, that of the worker first. */
  readonly groups: readonly number[];
  /** Resident bytes, summed; undefined where the system has no /proc. */
  readonly residentBytes: number | undefined;
}

interface Member {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
}

/** The tree under a process group as it is now. A command that a worker runs has a group of its own: it counts too. */
export function processTree(group: number): ProcessTree {
  const all = readProcesses();
  if (!all) return { groups: [group], residentBytes: undefined };
  const members = descendants(all, group);
  const bytes = [...members.values()].reduce((sum, { pid }) => sum + residentBytes(pid), 0);
  return { groups: [...new Set([group, ...[...members.values()].map((each) => each.group)])], residentBytes: bytes };
}

function descendants(all: readonly Member[], group: number): ReadonlyMap<number, Member> {
  const members = new Map(all.filter((each) => each.group === group).map((each) => [each.pid, each]));
  for (let before = -1; before !== members.size;) {
    before = members.size;
    for (const each of all) if (members.has(each.parent)) members.set(each.pid, each);
  }
  return members;
}

function readProcesses(): readonly Member[] | undefined {
  try {
    return readdirSync('/proc').flatMap((entry) => (/^\d+$/.test(entry) ? readProcess(Number(entry)) : []));
  } catch {
    return undefined;
  }
}

/** proc(5), `stat`: after the name, which may hold anything, come state, parent and process group. */
function readProcess(pid: number): readonly Member[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [, parent, group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return [{ pid, parent: Number(parent), group: Number(group) }];
  } catch {
    return [];
  }
}

/** `VmRSS` is in KiB, whatever the size of a page. */
function residentBytes(pid: number): number {
  try {
    return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
