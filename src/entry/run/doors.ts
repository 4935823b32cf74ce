import { childProcessLauncher } from '../../cluster/child-process/child-process-launcher.ts';
import type { Launcher } from '../../cluster/launcher.ts';
import { openFileStore } from '../../coordination/file/file-store.ts';
import type { Store } from '../../coordination/store.ts';
import { systemClock } from '../../shared/clock.ts';
import type { Environment } from '../environment.ts';
import type { RunPaths } from './paths.ts';

/** Which doors this run has. What is false is named in the preflight and makes what needs it not applicable. */
export const localDoors = { redis: false, cluster: false, model: false, catalog: false, github: false } as const;

export interface RunDoors {
  readonly store: Store;
  readonly launcher: Launcher;
}

/** Opens the doors of a local run: a store in a folder, workers as child processes. */
export function openDoors(options: {
  readonly paths: RunPaths;
  readonly environment: Environment;
  readonly mask: (text: string) => string;
  readonly workerProgram: string;
  /** Workers at one time. */
  readonly slots: number;
}): RunDoors {
  const { paths, environment, mask, workerProgram, slots } = options;
  const store = openFileStore({ directory: paths.store, clock: systemClock, mask });
  const launcher = childProcessLauncher({
    program: workerProgram,
    node: process.execPath,
    blobs: paths.blobs,
    attempts: paths.attempts,
    logs: paths.logs,
    mask,
    slots,
    path: environment.path,
    temporary: environment.temporary,
  });
  return { store, launcher };
}
