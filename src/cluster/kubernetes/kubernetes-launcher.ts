import type { LaunchNotice, LaunchRequest } from '../../protocol/attempt.ts';
import type { Envelope } from '../../protocol/result.ts';
import { outside } from '../../shared/errors.ts';
import { readTextIfPresent } from '../../shared/files.ts';
import type { Launcher, RunningWorker } from '../launcher.ts';
import type { Transport } from './api/transport.ts';
import { openField } from './field.ts';
import type { HoldingsOptions } from './holdings.ts';
import { launchWorker } from './launch-worker.ts';
import { logPath } from './log-follower.ts';
import type { PodWishes } from './spec/wishes.ts';

export interface KubernetesOptions extends HoldingsOptions {
  readonly transport: Transport;
  readonly wishes: PodWishes;
  /** Folder of the log files; undefined: logs are not read. */
  readonly logs: string | undefined;
  readonly mask: (text: string) => string;
  /** Each line of a log, masked, as it comes. */
  readonly onLine?: (worker: string, line: string) => void;
  readonly slots: number;
  /** How long an attempt may wait for its place, in ms. */
  readonly startMs: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Further annotations of a worker's pod. */
  readonly annotations?: (request: LaunchRequest) => Readonly<Record<string, string>>;
  readonly onNotice?: (notice: LaunchNotice) => void;
  /** The end of an attempt as the store has it: what a worker has said there counts, whatever became of its pod. */
  readonly storedEnvelope?: (worker: string) => Promise<Envelope | undefined>;
  readonly times?: Partial<KubernetesTimes>;
}

/** How often and how long, in ms. */
export interface KubernetesTimes {
  /** Between two readings of the whole list of pods. */
  readonly relistMs: number;
  /** A watch that is away for longer is said to be lost. */
  readonly lostAfterMs: number;
  /** Between two looks after attempts without a pod. */
  readonly tendMs: number;
  /** How long an image that can't be had is waited for. */
  readonly imageMs: number;
  /** How long after its deletion was due a pod is taken for lost. */
  readonly limboMs: number;
  /** How long the end of a cancelled worker is waited for. */
  readonly cancelMs: number;
}

/** Runs workers as Jobs of a cluster. Nothing is asked of the cluster before the first launch. */
export function kubernetesLauncher(options: KubernetesOptions): Launcher {
  const field = openField(options);
  const launches = new Map<string, Promise<RunningWorker>>();
  let isClosed = false;
  const launch = (request: LaunchRequest): Promise<RunningWorker> => {
    const known = launches.get(request.worker);
    if (known) return known.then((running) => ({ ...running, adopted: true }));
    if (isClosed) return Promise.reject(launcherClosed(request.worker));
    const launched = launchWorker(field, request);
    launches.set(request.worker, launched);
    const forget = (): void => void launches.delete(request.worker);
    launched.then(({ outcome }) => outcome.then(forget, forget), forget);
    return launched;
  };
  const cancel = async (worker: string): Promise<void> => {
    const running = await launches.get(worker)?.catch(() => undefined);
    await field.cancel(worker);
    await running?.outcome;
  };
  return {
    slots: options.slots,
    node: 'the cluster',
    waitMs: options.startMs,
    launch,
    logs: (worker) => Promise.resolve(readLog(options, worker)),
    cancel,
    kill: () => field.endAll(),
    close: async () => {
      isClosed = true;
      field.hurry();
      await Promise.allSettled([...launches.keys()].map(cancel));
      field.close();
    },
    leave: () => {
      isClosed = true;
      field.hurry();
      field.close();
      // Also what is being launched: its Job may be there already.
      return Promise.resolve(launches.size);
    },
    clear: field.clear,
  };
}

function readLog({ logs }: KubernetesOptions, worker: string): string {
  return (logs === undefined ? undefined : readTextIfPresent(logPath(logs, worker))) ?? '';
}

function launcherClosed(worker: string): Error {
  return outside('launcher-closed', `${worker} was not started: the run is ending`, { hint: 'Go on with --resume.' });
}
