import { join } from 'node:path';
import { childProcessLauncher } from '../../cluster/child-process/child-process-launcher.ts';
import type { Launcher } from '../../cluster/launcher.ts';
import { openFileStore } from '../../coordination/file/file-store.ts';
import type { Store } from '../../coordination/store.ts';
import type { ExecutionState } from '../../execution/execution-state.ts';
import type { Event, EventData } from '../../protocol/event.ts';
import { systemClock } from '../../shared/clock.ts';
import type { Environment } from '../environment.ts';
import type { ClusterLauncher } from '../cluster/launcher.ts';
import type { NoticeRelay } from './notices.ts';
import type { RunPaths } from './paths.ts';
import type { SharedStore } from './shared-store.ts';

/** Which doors a run has. What is false is named in the preflight and makes what needs it not applicable. */
export type DoorFacts = EventData<'execution.started'>['doors'];
export const localDoors: DoorFacts = { redis: false, cluster: false, model: false, catalog: false, github: false };

export interface RunDoors {
  readonly store: Store;
  readonly launcher: Launcher;
  readonly facts: DoorFacts;
  /** The store where other processes share it. */
  readonly shared: SharedStore | undefined;
  /** The cluster where workers run on one. */
  readonly cluster: ClusterLauncher | undefined;
  /** What the launcher sees between a worker's start and its end. */
  readonly notices: NoticeRelay;
  /** Milliseconds since the epoch, by the clock of the store. */
  readonly now: () => number;
  readonly onEvent: (event: Event, state: ExecutionState) => void;
  /** From now on nothing is written: what masters still say is about workers that we end ourselves. */
  readonly quiet: () => void;
  readonly close: () => Promise<void>;
}

interface DoorOptions {
  readonly paths: RunPaths;
  readonly shared: SharedStore | undefined;
  readonly environment: Environment;
  readonly mask: (text: string) => string;
  readonly workerProgram: string;
  /** Workers at one time. */
  readonly slots: number;
  /** Where workers run as Jobs; as child processes without it. */
  readonly cluster: ClusterLauncher | undefined;
  readonly notices: NoticeRelay;
  /** Gets each line of a worker's log as it comes; undefined: they go into files alone. */
  readonly onLine: ((worker: string, line: string) => void) | undefined;
}

/** Opens the doors of a run: a store in a folder or one that is shared, workers as child processes or on a cluster. */
export function openDoors(options: DoorOptions): RunDoors {
  const { paths, shared, mask, cluster, notices } = options;
  const opened = shared?.store ?? openFileStore({ directory: paths.store, clock: systemClock, mask });
  const { store, quiet } = untilQuiet(opened);
  const launcher = cluster?.launcher ?? localLauncher(options);
  return {
    store,
    quiet,
    launcher,
    facts: { ...localDoors, redis: shared !== undefined, cluster: cluster !== undefined },
    shared,
    cluster,
    notices,
    now: shared?.now ?? systemClock.now,
    onEvent: shared?.onEvent ?? (() => undefined),
    close: async () => {
      // Whoever goes on with the run finds its workers at work. Those that are to end have been told by now.
      const living = await launcher.leave().catch(() => 0);
      cluster?.transport.close();
      await (shared ? shared.close({ keepsUser: living > 0 }) : store.close());
    },
  };
}

function localLauncher({ paths, shared, environment, mask, workerProgram, slots, onLine }: DoorOptions): Launcher {
  return childProcessLauncher({
    program: workerProgram,
    node: process.execPath,
    store: shared?.worker.variables ?? { CORTEX_STORE: `file:${paths.blobs}` },
    attempts: shared ? join(paths.store, 'legs', shared.leg, 'workers') : paths.attempts,
    logs: paths.logs,
    mask,
    onLine,
    slots,
    path: environment.path,
    temporary: environment.temporary,
  });
}

/** A store whose writers wait for ever once it is told to be quiet. */
function untilQuiet(store: Store): { readonly store: Store; readonly quiet: () => void } {
  let isQuiet = false;
  const gate =
    <A extends readonly unknown[], R>(write: (...args: A) => Promise<R>) =>
    (...args: A): Promise<R> =>
      isQuiet ? new Promise(() => undefined) : write(...args);
  const gated = { append: gate(store.append), reserve: gate(store.reserve), settle: gate(store.settle) };
  return { store: { ...store, ...gated }, quiet: () => void (isQuiet = true) };
}
