import { availableParallelism, hostname } from 'node:os';
import { join } from 'node:path';
import type { Envelope } from '../../protocol/result.ts';
import { outside } from '../../shared/errors.ts';
import { readTextIfPresent } from '../../shared/files.ts';
import { signalGroup, startGroup, type ProcessGroup } from '../../shared/process.ts';
import type { LaunchRequest, Outcome } from '../../protocol/attempt.ts';
import type { Launcher, RunningWorker } from '../launcher.ts';
import { attemptFolder, type AttemptFolder } from './attempt-folder.ts';
import { captureLines } from '../log-file.ts';
import { watchLimits, type LimitWatch } from './limit-watch.ts';
import { judgeEnding } from '../outcome.ts';
import { processTree } from './process-tree.ts';

export interface ChildProcessOptions {
  /** Path of the worker bundle. */
  readonly program: string;
  /** Path of the Node binary that runs it. */
  readonly node: string;
  /** Environment variables by which workers find the store, `CORTEX_STORE` above all. */
  readonly store: Readonly<Record<string, string>>;
  /** Folder where attempts keep their envelopes. */
  readonly attempts: string;
  /** Folder of the log files. */
  readonly logs: string;
  readonly mask: (text: string) => string;
  /** Gets each line of a worker, masked, as it comes. */
  readonly onLine?: ((worker: string, line: string) => void) | undefined;
  /** Workers at one time; default: the cores of this machine. */
  readonly slots?: number | undefined;
  /** The PATH that workers get, and nothing else of our environment. */
  readonly path: string;
  readonly temporary: string;
}

interface LiveWorker {
  readonly adopted: boolean;
  readonly outcome: Promise<Outcome>;
  readonly cancel: () => void;
  /** Ends it at once, without waiting. */
  readonly kill: () => void;
}

/** Runs workers as child processes of this machine, each at the head of its own process group. */
export function childProcessLauncher(options: ChildProcessOptions): Launcher {
  const launches = new Map<string, Promise<LiveWorker>>();
  const live = new Set<LiveWorker>();
  let closed = false;
  const begin = async (request: LaunchRequest): Promise<LiveWorker> => {
    const worker = await adoptOrStart(options, request);
    live.add(worker);
    const forget = (): void => {
      live.delete(worker);
      launches.delete(request.worker);
    };
    worker.outcome.then(forget, forget);
    return worker;
  };
  const launch = async (request: LaunchRequest): Promise<RunningWorker> => {
    const known = launches.get(request.worker);
    if (known) return { node: hostname(), adopted: true, outcome: (await known).outcome };
    if (closed) throw launcherClosed(request.worker);
    const launched = begin(request);
    launches.set(request.worker, launched);
    launched.catch(() => launches.delete(request.worker));
    const { adopted, outcome } = await launched;
    return { node: hostname(), adopted, outcome };
  };
  const cancel = async (worker: string): Promise<void> => {
    const current = await launches.get(worker)?.catch(() => undefined);
    current?.cancel();
    await current?.outcome;
  };
  const close = async (): Promise<void> => {
    closed = true;
    await Promise.all([...launches.keys()].map(cancel));
  };
  return {
    slots: options.slots ?? availableParallelism(),
    node: hostname(),
    waitMs: 0,
    launch,
    logs: async (worker) => readTextIfPresent(logPath(options, worker)) ?? '',
    cancel,
    kill: () => live.forEach((worker) => worker.kill()),
    close,
    // A child sees its standard input close when we are gone: none goes on.
    leave: () => close().then(() => 0),
    // Attempts stay on disk, for a resume to find: they are this folder's own.
    clear: () => Promise.resolve(),
  };
}

async function adoptOrStart(options: ChildProcessOptions, request: LaunchRequest): Promise<LiveWorker> {
  const folder = attemptFolder(options, request.worker);
  folder.endLeftover();
  const left = folder.readEnvelope();
  if (left && 'valid' in left) return endedWorker(left.valid);
  folder.forgetEnvelope();
  const group = await start(options, request, folder);
  const watch = watchLimits(group, request);
  const kill = (): void => {
    processTree(group.pid).groups.forEach((each) => signalGroup(each, 'SIGKILL'));
    folder.clearScratch();
  };
  return { adopted: false, outcome: follow({ options, request, folder, group, watch }), cancel: watch.cancel, kill };
}

/** The attempt ended under an earlier launcher, with the code it names; how long it took was not seen by this one. */
function endedWorker(envelope: Envelope): LiveWorker {
  const outcome = judgeEnding(
    { code: envelope.exitCode, signal: null, endedBy: 'itself', durationMs: 0 },
    { valid: envelope },
  );
  return { adopted: true, outcome: Promise.resolve(outcome), cancel: () => undefined, kill: () => undefined };
}

function launcherClosed(worker: string): Error {
  return outside('launcher-closed', `${worker} was not started: the run is ending`, { hint: 'Go on with --resume.' });
}

async function start(
  options: ChildProcessOptions,
  request: LaunchRequest,
  folder: AttemptFolder,
): Promise<ProcessGroup> {
  const heapMiB = Math.max(32, Math.floor((request.memoryBytes / 1024 / 1024) * 0.75));
  const scratch = folder.makeScratch();
  const group = await startGroup({
    command: options.node,
    args: [`--max-old-space-size=${heapMiB}`, options.program],
    cwd: scratch,
    env: {
      PATH: options.path,
      HOME: scratch,
      TMPDIR: scratch,
      LANG: 'C.UTF-8',
      TZ: 'UTC',
      CORTEX_WORKER: request.worker,
      CORTEX_TASK: request.document,
      ...options.store,
      CORTEX_TERMINATION_PATH: folder.envelopePath,
    },
  });
  folder.notePid(group.pid);
  return group;
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
  const captured = captureLines(logPath(options, request.worker), [group.stdout, group.stderr], {
    mask: options.mask,
    onLine: options.onLine && ((line) => options.onLine?.(request.worker, line)),
  });
  const { code, signal } = await group.ended;
  watch.stop();
  await captured;
  folder.clearScratch();
  const durationMs = Math.round(performance.now() - startedAt);
  return judgeEnding({ code, signal, endedBy: watch.endedBy(), durationMs }, folder.readEnvelope());
}

function logPath(options: ChildProcessOptions, worker: string): string {
  return join(options.logs, `${worker}.log`);
}
