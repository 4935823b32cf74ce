import { join } from 'node:path';
import { storePaths } from '../../coordination/file/file-store.ts';

/** Every place below `coordination/` that an execution writes to. */
export interface RunPaths {
  readonly out: string;
  readonly executions: string;
  readonly store: string;
  readonly log: string;
  readonly lock: string;
  readonly blobs: string;
  readonly attempts: string;
  readonly logs: string;
  readonly archive: string;
  readonly results: string;
  readonly report: string;
}

export function runPaths(out: string, id: string): RunPaths {
  const executions = join(out, 'executions');
  const store = join(executions, id);
  return {
    out,
    executions,
    store,
    log: storePaths(store).log,
    lock: storePaths(store).lock,
    blobs: storePaths(store).blobs,
    attempts: join(store, 'workers'),
    logs: join(out, 'logs', id),
    archive: join(out, 'archives', id),
    results: join(out, 'execution-plans', `${id}-results.json`),
    report: join(out, 'execution-plans', `${id}-FINAL-REPORT.md`),
  };
}
