import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { processTree } from '../../../src/cluster/child-process/process-tree.ts';
import { signalGroup } from '../../../src/shared/process.ts';
import { mountVolumes, type Mounts } from './mounts.ts';
import type { Container, Pod } from './objects.ts';
import type { ObjectStore } from './object-store.ts';
import { podLog, type PodLog } from './pod-log.ts';
import { podEnvironment } from './pod-environment.ts';
import { readQuantity } from './quantities.ts';
import type { ContainerEnd, PodRun, Runtime } from './runtime.ts';

const checkMs = 100;
const messageBytes = 4096;

/** Nodes that really run the first container of a pod, as a process of this machine; paths of volumes lead to folders. */
export function processRuntime(store: ObjectStore, now: () => number): Runtime {
  return (pod, hooks) => {
    const folder = mkdtempSync(join(tmpdir(), 'cortex-pod-'));
    const [container] = pod.spec.containers;
    if (!container) throw new Error(`${pod.metadata.name} has no container`);
    const mounts = mountVolumes(store, pod, folder);
    const termination = { path: mounts.termination, inode: statSync(mounts.termination).ino };
    const log = podLog(now);
    const child = start(store, { pod, container, mounts });
    const kill = killer(child, container);
    let isOver = false;
    const over = (code: number | null, signal: NodeJS.Signals | null): void => {
      if (isOver) return;
      isOver = true;
      kill.stopWatching();
      log.end();
      const exitCode = code ?? 128 + (signal ? constants.signals[signal] : 0);
      const reason = kill.isOutOfMemory() ? 'OOMKilled' : exitCode === 0 ? 'Completed' : 'Error';
      hooks.ended({ exitCode, reason, message: messageOf(termination, { log, container, exitCode }) });
      rmSync(folder, { recursive: true, force: true });
    };
    child.once('spawn', hooks.started);
    child.once('error', (error) => {
      log.write(`${error.message}\n`);
      over(128, null);
    });
    child.once('close', over);
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8');
      stream?.on('data', (piece: string) => log.write(piece));
    }
    return runOf(child, { kill: kill.now, log, forget: () => (isOver = true), folder });
  };
}

function runOf(
  child: ChildProcess,
  parts: { readonly kill: () => void; readonly log: PodLog; readonly forget: () => void; readonly folder: string },
): PodRun {
  return {
    stop: (graceMs) => {
      // Only the first process hears of it, as in a pod.
      child.kill('SIGTERM');
      const timer = setTimeout(parts.kill, graceMs);
      child.once('close', () => clearTimeout(timer));
    },
    log: parts.log,
    bytes: () => (child.pid === undefined ? undefined : processTree(child.pid).residentBytes),
    discard: () => {
      parts.forget();
      parts.kill();
      rmSync(parts.folder, { recursive: true, force: true });
    },
  };
}

function start(
  store: ObjectStore,
  { pod, container, mounts }: { pod: Pod; container: Container; mounts: Mounts },
): ChildProcess {
  const [program = 'node', ...rest] = [...(container.command ?? []), ...(container.args ?? [])].map(mounts.translate);
  const env = podEnvironment(store, { pod, container, mounts });
  return spawn(program === 'node' ? process.execPath : program, rest, {
    cwd: mounts.root,
    env,
    detached: true,
    // As in a pod, nothing comes in.
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

interface Killer {
  readonly now: () => void;
  readonly stopWatching: () => void;
  readonly isOutOfMemory: () => boolean;
}

/** Ends all that runs in a container, at the latest when it takes more memory than its limit. */
function killer(child: ChildProcess, container: Container): Killer {
  const limit = readQuantity(container.resources?.limits?.['memory'] ?? '1Ti');
  const { pid } = child;
  let isOutOfMemory = false;
  let groups: readonly number[] = pid === undefined ? [] : [pid];
  const now = (): void => groups.forEach((group) => signalGroup(group, 'SIGKILL'));
  const check = (): void => {
    if (pid === undefined) return;
    const tree = processTree(pid);
    groups = tree.groups;
    if ((tree.residentBytes ?? 0) <= limit) return;
    isOutOfMemory = true;
    now();
  };
  const timer = setInterval(check, checkMs);
  return {
    now,
    stopWatching: () => {
      clearInterval(timer);
      now();
    },
    isOutOfMemory: () => isOutOfMemory,
  };
}

interface Termination {
  readonly path: string;
  readonly inode: number;
}

/** What the container left, or the end of its log where it failed and left nothing. */
function messageOf(
  { path, inode }: Termination,
  { log, container, exitCode }: { log: PodLog; container: Container } & Pick<ContainerEnd, 'exitCode'>,
): string {
  // In a pod the file is a mount of its own: a file that was renamed onto it would not have been seen.
  const isReplaced = statSync(path, { throwIfNoEntry: false })?.ino !== inode;
  const left = isReplaced ? '' : readFileSync(path, 'utf8').slice(0, messageBytes);
  if (left || exitCode === 0 || container.terminationMessagePolicy !== 'FallbackToLogsOnError') return left;
  const tail = log.lines
    .slice(-80)
    .map(({ text }) => `${text}\n`)
    .join('');
  return tail.slice(-2048);
}
