import type { Outcome } from '../../protocol/attempt.ts';
import { typedClients, type TypedClients } from './api/typed-clients.ts';
import type { Attempt, AttemptSubject } from './attempt.ts';
import { cancelAttempt, deleteAnchor, deleteJob } from './endings.ts';
import { followAttempt, outcomeOf } from './follow-attempt.ts';
import { makeHoldings, type Holdings } from './holdings.ts';
import type { KubernetesOptions, KubernetesTimes } from './kubernetes-launcher.ts';
import { roomKeeper, type RoomKeeper } from './room.ts';
import { anchorName } from './spec/names.ts';
import { watchWorkers } from './watching.ts';
import type { World } from './world.ts';

const defaultTimes: KubernetesTimes = {
  relistMs: 60_000,
  lostAfterMs: 1000,
  tendMs: 3000,
  imageMs: 60_000,
  limboMs: 5000,
  cancelMs: 60_000,
};

/** What one launcher has in the cluster, and what it sees of it. */
export interface Field {
  readonly options: KubernetesOptions;
  readonly times: KubernetesTimes;
  readonly clients: TypedClients;
  readonly room: RoomKeeper;
  /** Aborts when nothing more is to be started. */
  readonly stopping: AbortSignal;
  /** Makes what the execution needs in the cluster, once, and begins to watch. */
  readonly prepare: () => Promise<Holdings>;
  /** Begins to wait for the end of a Job's pod. */
  readonly take: (subject: AttemptSubject) => Attempt;
  /** How an attempt ended, once its log is read and the store was asked too. */
  readonly outcomeOf: (attempt: Attempt) => Promise<Outcome>;
  /** Ends a worker, and waits until nothing of it runs. */
  readonly cancel: (worker: string) => Promise<void>;
  /** Ends every worker without waiting. */
  readonly endAll: () => void;
  /** Launches under way give up. */
  readonly hurry: () => void;
  readonly close: () => void;
  /** Removes all that the execution has in the cluster. */
  readonly clear: () => Promise<void>;
}

export function openField(options: KubernetesOptions): Field {
  const { transport, namespace, execution } = options;
  const clients = typedClients(transport);
  const times = { ...defaultTimes, ...options.times };
  const attempts = new Map<string, Attempt>();
  const stopping = new AbortController();
  const closing = new AbortController();
  const shared = { options, transport, clients, times, attempts };
  const world: World = { ...shared, strays: new Map(), logs: new Map(), closing: closing.signal };
  return {
    options,
    times,
    clients,
    room: roomKeeper(clients, options),
    stopping: stopping.signal,
    prepare: preparation(world, stopping.signal),
    take: (subject) => followAttempt(world, subject),
    outcomeOf: (attempt) => outcomeOf(world, attempt),
    cancel: async (worker) => {
      const attempt = [...attempts.values()].find(({ request }) => request.worker === worker);
      if (attempt) await cancelAttempt(world, attempt);
    },
    endAll: () => attempts.forEach(({ job }) => void deleteJob(world, job).catch(() => undefined)),
    hurry: () => stopping.abort(new Error('the run is ending')),
    close: () => {
      closing.abort(new Error('the launcher is closed'));
      attempts.forEach((attempt) => attempt.rest());
    },
    clear: () => deleteAnchor(clients, namespace, anchorName(execution)),
  };
}

/** Makes the holdings once, and begins to watch; what failed is tried again by the next who asks. */
function preparation(world: World, signal: AbortSignal): () => Promise<Holdings> {
  let holdings: Promise<Holdings> | undefined;
  const prepare = async (): Promise<Holdings> => {
    const made = await makeHoldings(world.clients, world.options, signal);
    watchWorkers(world);
    return made;
  };
  return () => {
    holdings ??= prepare();
    holdings.catch(() => (holdings = undefined));
    return holdings;
  };
}
