import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { RedisStore } from '../../src/coordination/redis/redis-store.ts';
import { readHead } from '../../src/repository/local-repository.ts';
import { takeSnapshot } from '../../src/repository/snapshot.ts';
import type { Task } from '../../src/protocol/task.ts';
import { canonicalJson } from '../../src/shared/canonical.ts';
import { projectRoot } from './journey.ts';
import { scratchRepository } from './scratch-repository.ts';
import { shopFiles } from './shop.ts';

/** An attempt as a master hands it to a launcher. */
export interface AttemptRequest {
  readonly url: string;
  readonly execution: string;
  readonly worker: string;
  /** Hash of the task document in the store. */
  readonly document: string;
}

/** What a worker process left when it ended. */
export interface WorkerEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The envelope as it lies there; undefined where there is none. */
  readonly envelope: string | undefined;
  /** Names in its folder for temporary files. */
  readonly leftovers: readonly string[];
}

export interface WorkerProcess {
  readonly ended: Promise<WorkerEnd>;
  /** Closes its standard input, as the death of its launcher does. */
  readonly orphan: () => void;
}

/** Starts the built worker as a launcher does: nothing of our environment but PATH, folders of its own. */
export function startWorker({ url, execution, worker, document }: AttemptRequest): WorkerProcess {
  const folder = mkdtempSync(join(tmpdir(), 'cortex-attempt-'));
  const temporary = mkdtempSync(join(folder, 'temporary-'));
  const path = join(folder, 'envelope.json');
  const child = spawn(process.execPath, [join(projectRoot, 'dist', 'worker.mjs')], {
    env: {
      PATH: process.env['PATH'] ?? '',
      TMPDIR: temporary,
      CORTEX_WORKER: worker,
      CORTEX_TASK: document,
      CORTEX_STORE: url,
      CORTEX_EXECUTION: execution,
      CORTEX_TERMINATION_PATH: path,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const end = async (): Promise<WorkerEnd> => {
    const [[code], stdout, stderr] = await Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)]);
    const envelope = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
    const leftovers = readdirSync(temporary);
    rmSync(folder, { recursive: true });
    return { code: code as number | null, stdout, stderr, envelope, leftovers };
  };
  return { ended: end(), orphan: () => void child.stdin.end() };
}

/** Keeps the shop's tree and a task on it in the store. Returns the hash of the task document. */
export async function putTask(store: RedisStore, changes: Partial<Task> = {}): Promise<string> {
  const { directory, remove } = scratchRepository(shopFiles);
  const { manifest } = await takeSnapshot(await readHead(directory, process.env['PATH'] ?? ''), store.putBlob);
  remove();
  const task: Task = {
    v: 1,
    execution: 'CORTEX-EXEC-TWINS',
    master: 'security-master',
    task: 'scan',
    attempt: 1,
    kind: 'scan-worker',
    capability: 'workflows',
    goal: '',
    inputs: {},
    workspace: manifest,
    upstream: [],
    limits: { timeoutMs: 60_000, memoryBytes: 512 * 1024 * 1024, tokens: 0, microDollars: 0 },
    ...changes,
  };
  return store.putBlob(canonicalJson(task));
}
