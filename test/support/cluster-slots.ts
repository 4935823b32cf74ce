import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** What test processes of this machine hold: ten ports each, and one of them the real node. */
const folder = join(tmpdir(), 'cortex-clusters');
/** Below the ports that the system gives out by itself, and those that Kubernetes gives to services. */
const firstBase = 20_000;
const bases = 900;

/** Something that one process of this machine holds until it releases it, or ends. */
export interface Slot {
  readonly file: string;
  readonly release: () => void;
}

/** What a process that has ended left: the name of its cluster. */
export interface Leftover extends Slot {
  readonly cluster: string;
}

/** Ten ports in a row that nobody listens on and no other test process holds. */
export async function claimPorts(cluster: string, wanted?: number): Promise<Slot & { readonly port: number }> {
  const start = process.pid % bases;
  for (let step = 0; step < bases; step += 1) {
    const port = wanted ?? firstBase + ((start + step) % bases) * 10;
    const slot = claim(`ports-${port}`, cluster);
    if (slot && (await areFree(port))) return { ...slot, port };
    slot?.release();
    if (wanted !== undefined) throw new Error(`ports ${wanted} to ${wanted + 9} are in use`);
  }
  throw new Error('no ten ports in a row are free');
}

/** Waits until no other process has the real node: a machine has one. */
export async function claimRealNode(cluster: string, waitMs = 900_000): Promise<Slot> {
  for (let waited = 0; waited < waitMs; waited += 500) {
    const slot = claim('real-node', cluster);
    if (slot) return slot;
    for (const leftover of leftovers()) if (leftover.file.endsWith('real-node')) leftover.release();
    await sleep(500);
  }
  throw new Error('the real node is in use by another process');
}

/** What ended processes still hold. */
export function leftovers(): readonly Leftover[] {
  mkdirSync(folder, { recursive: true });
  return readdirSync(folder).flatMap((name) => {
    const file = join(folder, name);
    const [pid = '', cluster = ''] = contentOf(file).split(' ');
    return pid === '' || isAlive(Number(pid)) ? [] : [{ file, cluster, release: () => rmSync(file, { force: true }) }];
  });
}

function claim(name: string, cluster: string): Slot | undefined {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, name);
  try {
    writeFileSync(file, `${process.pid} ${cluster}`, { flag: 'wx' });
    return { file, release: () => rmSync(file, { force: true }) };
  } catch {
    return undefined;
  }
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function areFree(base: number): Promise<boolean> {
  const free = await Promise.all(Array.from({ length: 10 }, (_, index) => isFree(base + index)));
  return free.every(Boolean);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
