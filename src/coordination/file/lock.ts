import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { errnoOf, problem } from '../../shared/errors.ts';
import { processStart } from '../../shared/process-start.ts';

/** An empty lock is that of a process which is about to write its name; after this time, of one that died there. */
const namelessMs = 5000;

/**
 * Holds a folder for this process alone. A holder that no longer runs on this machine is replaced; one on another
 * machine is never judged from here. Throws `execution-in-use`.
 */
export function takeLock(path: string, now: () => number): { readonly release: () => void } {
  mkdirSync(dirname(path), { recursive: true });
  if (!tryCreate(path)) {
    removeDead(path, now);
    if (!tryCreate(path)) throw inUse(path, 'another process');
  }
  return { release: () => rmSync(path, { force: true }) };
}

/** Whether somebody holds the folder, as far as this machine can tell: a holder elsewhere counts as alive. */
export function isHeld(path: string): boolean {
  const holder = readHolder(path);
  if (holder === undefined) return false;
  const [pid, host, started] = holder.trim().split(' ');
  return !pid || host !== hostname() || isRunning(Number(pid), started);
}

function tryCreate(path: string): boolean {
  try {
    const file = openSync(path, 'wx', 0o644);
    writeSync(file, `${process.pid} ${hostname()} ${processStart(process.pid) ?? ''}\n`);
    closeSync(file);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Takes a dead holder's lock away, by a name of our own: of two that find it dead, one alone can move it. */
function removeDead(path: string, now: () => number): void {
  const judged = readHolder(path);
  if (judged === undefined) return;
  refuseLiving(path, judged, now);
  const aside = `${path}.${process.pid}`;
  if (!tryRename(path, aside)) return;
  const moved = readHolder(aside);
  if (moved !== judged) {
    tryRename(aside, path);
    throw inUse(path, 'another process');
  }
  rmSync(aside, { force: true });
}

function refuseLiving(path: string, holder: string, now: () => number): void {
  const [pid, host, started] = holder.trim().split(' ');
  if (!pid && now() - statSync(path).mtimeMs < namelessMs) throw inUse(path, 'a process that is just starting');
  if (!pid) return;
  if (host !== hostname()) throw inUse(path, `process ${pid} on ${host ?? 'another machine'}`);
  if (isRunning(Number(pid), started)) throw inUse(path, `process ${pid}`);
}

/** A pid may have been given to another process since: where the system tells start times, they tell them apart. */
function isRunning(pid: number, started: string | undefined): boolean {
  if (started) return processStart(pid) === started;
  return pid !== process.pid && answers(pid);
}

function answers(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errnoOf(error) === 'EPERM';
  }
}

/** What the lock says of its holder; undefined where there is no lock. */
function readHolder(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw inUse(path, 'a process whose lock cannot be read');
  }
}

function tryRename(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw error;
  }
}

function inUse(path: string, holder: string): Error {
  return problem('execution-in-use', `This execution is being run by ${holder}`, {
    hint: `Watch it with \`cortex watch\`, or wait until it ends. If that process is long gone, remove ${path}.`,
  });
}
