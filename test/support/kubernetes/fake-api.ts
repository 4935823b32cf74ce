import type { ApiVerbs } from './api-verbs.ts';
import { counter, type Counts } from './counts.ts';
import { collectGarbage, removeEndedPods } from './deletion.ts';
import { disruptions, type Disruptions } from './disruptions.ts';
import { scriptedFaults, type Faults } from './faults.ts';
import { runJobController } from './job-controller.ts';
import { runKubelets, type Kubelets } from './kubelet.ts';
import { openListener, type Listener } from './listener.ts';
import { processRuntime } from './process-runtime.ts';
import { portForwards, type PortForwards } from './port-forward.ts';
import { answer, type Served } from './requests.ts';
import { rightsList, type Rights } from './rights.ts';
import { runScheduler } from './scheduler.ts';
import { seed } from './seed.ts';
import { upgrade } from './upgrade.ts';
import { simulatedRuntime } from './simulated-runtime.ts';
import { issuedTokens, type Tokens } from './tokens.ts';
import { openWatches, type Watches } from './watch.ts';
import { openWorld, type World } from './world.ts';

export interface FakeOptions {
  /** Whether pods really run as processes, or live as their annotations say. */
  readonly manner: 'processes' | 'simulated';
  readonly servers?: number;
  readonly agents?: number;
  readonly cpu?: string;
  readonly memory?: string;
  /** Without it: plain HTTP. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** What the API calls a second, in ms: deadlines, tolerations and grace times pass faster with less. */
  readonly secondMs?: number;
  readonly pullBackoffMs?: number;
  readonly bookmarkMs?: number;
  /** How many hours the clocks of nodes, which logs are stamped by, are ahead of UTC. */
  readonly zoneHours?: number;
  readonly now?: () => number;
}

/** An API server with its controllers, scheduler and kubelets, in this process: it works, and does as tests say. */
export interface FakeApi {
  readonly url: string;
  /** Objects past the network: what a test arranges, and what it looks at. */
  readonly verbs: ApiVerbs;
  readonly faults: Faults;
  readonly watches: Pick<Watches, 'cut' | 'freeze' | 'thaw'>;
  readonly disruptions: Disruptions;
  readonly tokens: Pick<Tokens, 'issue' | 'expire'>;
  readonly rights: Pick<Rights, 'deny'>;
  /** Who listens on the ports of pods, reached by port-forward. */
  readonly forwards: Omit<PortForwards, 'carry'>;
  readonly counts: () => Counts;
  readonly resetCounts: () => void;
  /** Forgets which versions there were: watches and pages that go on from them get 410. */
  readonly compact: () => void;
  readonly setMetrics: (isServed: boolean) => void;
  /** The API server goes away, what runs on nodes goes on; and it comes back with all that it knew. */
  readonly stop: () => Promise<void>;
  readonly start: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Starts a fake on loopback. Who starts one calls `close`. */
export async function startFakeApi(options: FakeOptions): Promise<FakeApi> {
  const now = options.now ?? Date.now;
  const pace = { retryMs: 200, secondMs: options.secondMs ?? 1000, pullBackoffMs: options.pullBackoffMs ?? 300 };
  const world = openWorld(pace, now);
  const kubelets = runControllers(world, options);
  const { servers = 3, agents = 4, cpu = '8', memory = '32Gi' } = options;
  seed(world, { servers, agents, cpu, memory });
  const counts = counter();
  const faults = scriptedFaults();
  const watches = openWatches(world.store, { bookmarkMs: options.bookmarkMs ?? 1000 }, counts.watching);
  const served: Served = {
    world,
    kubelets,
    watches,
    tokens: issuedTokens(now),
    rights: rightsList(),
    counter: counts,
    metrics: { isServed: true },
    zoneHours: options.zoneHours ?? 0,
    forwards: portForwards(world.store),
  };
  const listener = openListener({
    tls: options.tls,
    counter: counts,
    faults,
    handle: (request, response) => answer(served, request, response),
    upgrade: (request, socket) => upgrade(served, request, socket),
    now,
  });
  await listener.start();
  const scheme = options.tls ? 'https://localhost' : 'http://127.0.0.1';
  return {
    url: `${scheme}:${listener.port()}`,
    faults,
    counts: counts.read,
    resetCounts: counts.reset,
    ...handles(served, listener),
  };
}

function runControllers(world: World, { manner }: FakeOptions): Kubelets {
  const { store, verbs, later, now } = world;
  removeEndedPods(store, later);
  runJobController(world);
  runScheduler(world);
  let isDue = false;
  store.onChange(({ type, object }) => {
    const matters = type === 'DELETED' || object.metadata.finalizers || object.metadata.ownerReferences;
    if (!matters || isDue) return;
    isDue = true;
    later(1, () => {
      isDue = false;
      collectGarbage(store, verbs.remove);
    });
  });
  return runKubelets(world, manner === 'processes' ? processRuntime(store, now) : simulatedRuntime(later));
}

function handles(served: Served, listener: Listener): Omit<FakeApi, 'url' | 'faults' | 'counts' | 'resetCounts'> {
  const { world, kubelets, watches, tokens, rights, metrics, forwards } = served;
  return {
    verbs: world.verbs,
    watches,
    disruptions: disruptions(world, kubelets),
    tokens,
    rights,
    forwards,
    compact: world.store.compact,
    setMetrics: (isServed) => void (metrics.isServed = isServed),
    stop: async () => {
      world.setReachable(false);
      await listener.stop();
    },
    start: async () => {
      await listener.start();
      world.setReachable(true);
    },
    close: async () => {
      world.end();
      kubelets.end();
      await listener.stop();
    },
  };
}
