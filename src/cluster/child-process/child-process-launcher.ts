import { availableParallelism, hostname } from 'node:os';
import { join } from 'node:path';
import { mkdirSync } from 'node:fs';
import type { Envelope } from '../../protocol/result.ts';
import { readTextIfPresent } from '../../shared/files.ts';
import { signalGroup, startGroup, type ProcessGroup } from '../../shared/process.ts';
import type { Launcher, LaunchRequest, Outcome, RunningWorker } from '../launcher.ts';
import { attemptFolder, type AttemptFolder } from './attempt-folder.ts';
import { captureLines } from './log-file.ts';
import { groupMemory } from './memory-watch.ts';
import { judgeEnding, type Ending } from './outcome.ts';

export interface ChildProcessOptions {
  /** Path of the worker bundle. */
  readonly program: string;
  /** Path of the Node binary that runs it. */
  readonly node: string;
  /** Folder of the execution's blobs: all that a worker can reach of the store. */
  readonly blobs: string;
  /** Folder where attempts keep their envelopes. */
  readonly attempts: string;
  /** Folder of the log files. */
  readonly logs: string;
  readonly mask: (text: string) => string;
  /** Workers at one time; default: the cores of this machine. */
  readonly slots?: number | undefined;
  /** The PATH that workers get, and nothing else of our environment. */
  readonly path: string;
  readonly temporary: string;
}

const memoryCheckMs = 500;
const graceMs = 2000;

/** Runs workers as child processes of this machine, each at the head of its own process group. */
export function childProcessLauncher(options: ChildProcessOptions): Launcher {
  const running = new Map<string, { group: ProcessGroup; cancel: () => void; outcome: Promise<Outcome> }>();
  const launch = async (request: LaunchRequest): Promise<RunningWorker> => {
    const current = running.get(request.worker);
    if (current) return { node: hostname(), adopted: true, outcome: current.outcome };
    const folder = attemptFolder(options.attempts, request.worker);
    folder.endLeftover();
    const left = folder.readEnvelope();
    if (left && !('invalid' in left))
      return { node: hostname(), adopted: true, outcome: Promise.resolve(adoptedOutcome(left)) };
    const group = await start(options, request, folder);
    const watch = watchLimits(group, request);
    const outcome = follow({ options, request, folder, group, watch }).finally(() => running.delete(request.worker));
    running.set(request.worker, { group, cancel: watch.cancel, outcome });
    return { node: hostname(), adopted: false, outcome };
  };
  const cancel = async (worker: string): Promise<void> => {
    const current = running.get(worker);
    current?.cancel();
    await current?.outcome;
  };
  return {
    slots: options.slots ?? availableParallelism(),
    node: hostname(),
    launch,
    logs: (worker) => Promise.resolve(readTextIfPresent(logPath(options, worker)) ?? ''),
    cancel,
    kill: () => {
      for (const { group } of running.values()) signalGroup(group.pid, 'SIGKILL');
    },
    close: async () => {
      await Promise.all([...running.keys()].map(cancel));
    },
  };
}

async function start(
  options: ChildProcessOptions,
  request: LaunchRequest,
  folder: AttemptFolder,
): Promise<ProcessGroup> {
  const heapMiB = Math.max(32, Math.floor((request.memoryBytes / 1024 / 1024) * 0.75));
  mkdirSync(options.temporary, { recursive: true });
  const group = await startGroup({
    command: options.node,
    args: [`--max-old-space-size=${heapMiB}`, options.program],
    cwd: options.temporary,
    env: {
      PATH: options.path,
      HOME: options.temporary,
      TMPDIR: options.temporary,
      LANG: 'C.UTF-8',
      TZ: 'UTC',
      CORTEX_WORKER: request.worker,
      CORTEX_TASK: request.document,
      CORTEX_STORE: `file:${options.blobs}`,
      CORTEX_TERMINATION_PATH: folder.envelopePath,
    },
  });
  folder.notePid(group.pid);
  return group;
}

interface LimitWatch {
  readonly cancel: () => void;
  readonly stop: () => void;
  readonly endedBy: () => Ending['endedBy'];
}

function watchLimits(group: ProcessGroup, request: LaunchRequest): LimitWatch {
  let endedBy: Ending['endedBy'] = 'itself';
  const end = (reason: Ending['endedBy']): void => {
    if (endedBy === 'itself') endedBy = reason;
    group.end(graceMs);
  };
  const timeLimit = setTimeout(() => end('time-limit'), request.timeoutMs);
  const memoryLimit = setInterval(() => {
    const used = groupMemory(group.pid);
    if (used !== undefined && used > request.memoryBytes) end('memory-limit');
  }, memoryCheckMs);
  return {
    cancel: () => end('cancel'),
    stop: () => {
      clearTimeout(timeLimit);
      clearInterval(memoryLimit);
    },
    endedBy: () => endedBy,
  };
}

async function follow(worker: {
  readonly options: ChildProcessOptions;
  readonly request: LaunchRequest;
  readonly folder: AttemptFolder;
  readonly group: ProcessGroup;
  readonly watch: LimitWatch;
}): Promise<Outcome> {
  const { options, request, folder, group, watch } = worker;
  const startedAt = performance.now();
  const captured = captureLines(logPath(options, request.worker), [group.stdout, group.stderr], options.mask);
  const { code, signal } = await group.ended;
  watch.stop();
  await captured;
  const durationMs = Math.round(performance.now() - startedAt);
  return judgeEnding({ code, signal, endedBy: watch.endedBy(), durationMs }, folder.readEnvelope());
}

/** The attempt ended under an earlier launcher: what it took then was not seen by this one. */
function adoptedOutcome(envelope: Envelope): Outcome {
  return judgeEnding({ code: envelope.exitCode, signal: null, endedBy: 'itself', durationMs: 0 }, envelope);
}

function logPath(options: ChildProcessOptions, worker: string): string {
  return join(options.logs, `${worker}.log`);
}
