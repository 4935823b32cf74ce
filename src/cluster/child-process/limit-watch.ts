import { signalGroup, type ProcessGroup } from '../../shared/process.ts';
import type { LaunchRequest } from '../../protocol/attempt.ts';
import type { Ending } from '../outcome.ts';
import { processTree, type ProcessTree } from './process-tree.ts';

const checkMs = 250;
const graceMs = 2000;

/** Keeps one worker within its limits, and knows what ended it. */
export interface LimitWatch {
  readonly cancel: () => void;
  /** To be called once the worker has ended: whatever it left running is ended too. */
  readonly stop: () => void;
  readonly endedBy: () => Ending['endedBy'];
}

/** Watches a worker and all that it starts. The first limit that is reached ends them. */
export function watchLimits(group: ProcessGroup, request: LaunchRequest): LimitWatch {
  let endedBy: Ending['endedBy'] = 'itself';
  // A worker has started nothing yet: reading all processes for that would cost each start some milliseconds.
  let tree: ProcessTree = { groups: [group.pid], residentBytes: undefined };
  const end = (reason: Ending['endedBy']): void => {
    if (endedBy !== 'itself') return;
    endedBy = reason;
    tree = processTree(group.pid);
    group.end(graceMs);
  };
  const check = (): void => {
    if (endedBy !== 'itself') return;
    tree = processTree(group.pid);
    if ((tree.residentBytes ?? 0) > request.memoryBytes) end('memory-limit');
  };
  const timeLimit = setTimeout(() => end('time-limit'), request.timeoutMs);
  const memoryLimit = setInterval(check, checkMs);
  return {
    cancel: () => end('cancel'),
    stop: () => {
      clearTimeout(timeLimit);
      clearInterval(memoryLimit);
      for (const each of tree.groups) signalGroup(each, 'SIGKILL');
    },
    endedBy: () => endedBy,
  };
}
