import { openFileStore } from '../../src/coordination/file/file-store.ts';
import type { Store } from '../../src/coordination/store.ts';
import { routePlan, type RoutedPlan } from '../../src/entry/run/start.ts';
import type { ExecutionState } from '../../src/execution/execution-state.ts';
import { openBoard } from '../../src/masters/board.ts';
import type { MasterContext } from '../../src/masters/context.ts';
import { runLeg } from '../../src/masters/leg.ts';
import type { Plan } from '../../src/plan/plan.ts';
import type { MasterName } from '../../src/protocol/words.ts';
import { executionId } from './events.ts';
import { contextOf, openingOf, scriptedLauncher, workedRun, type Script, type WorkedRun } from './scripted-worker.ts';

/** How long claims last in a run of several processes, in ms; a process does what is due three times in it. */
export const leaseMs = 60;

/** One of several processes of an execution. */
export interface Leg {
  readonly context: MasterContext;
  readonly launches: readonly string[];
  /** Resolves when its masters have reported, or when it died. */
  readonly ended: Promise<void>;
  /** From now on nothing that it does reaches the store. */
  readonly die: () => void;
  /** From now on its claims are not renewed, while it works on; `hear` lets it learn what became of them. */
  readonly fallSilent: () => void;
  readonly hear: () => void;
  readonly isRenewing: () => boolean;
}

export interface Legs {
  readonly store: Store;
  /** What the clock of all says. */
  readonly now: () => number;
  readonly start: (name: string, masters: readonly MasterName[], changes?: Partial<MasterContext>) => Leg;
  /** Resolves when the log says so; rejects where it does not within seconds. */
  readonly until: <T>(look: (state: ExecutionState) => T | undefined) => Promise<T>;
  /** Lets so many milliseconds pass on the clock of all; who is alive renews its claims meanwhile. */
  readonly pass: (ms: number) => Promise<void>;
  readonly soFar: () => Promise<WorkedRun>;
  readonly close: () => Promise<void>;
}

/** An execution whose masters several processes can run, over one store. Their clock stands still by itself. */
export async function openLegs(plan: Plan, options: { directory: string; script?: Script }): Promise<Legs> {
  const clock = { ms: Date.parse('2026-01-02T03:04:05.000Z') };
  const store = openFileStore({ directory: options.directory, clock: { now: () => clock.ms } });
  const stop = new AbortController();
  const observer = openBoard({ id: executionId, source: store }, stop.signal);
  const routed = routePlan(plan);
  const legs = new Map<string, Leg>();
  const areRenewed = async (): Promise<boolean> => {
    const claims = await store.claims();
    const living = claims.filter(({ owner }) => legs.get(owner.split('@')[1] ?? '')?.isRenewing());
    return living.every(({ leftMs }) => leftMs === leaseMs);
  };
  await observer.write(...openingOf(routed));
  return {
    store,
    now: () => clock.ms,
    start: (name, masters, changes = {}) => {
      const world = { routed, store, now: () => clock.ms, script: options.script ?? ((): object => ({})) };
      const leg = startLeg(world, { leg: name, own: new Set(masters), ...changes });
      legs.set(name, leg);
      return leg;
    },
    until: (look) => observer.until(look, AbortSignal.any([stop.signal, AbortSignal.timeout(4000)])),
    pass: async (ms) => {
      for (let left = ms; left > 0; left -= leaseMs / 2) {
        clock.ms += Math.min(left, leaseMs / 2);
        while (!(await areRenewed())) await new Promise((resolve) => setTimeout(resolve, 2));
      }
    },
    soFar: async () =>
      workedRun(
        await store.read(),
        [...legs.values()].flatMap((leg) => leg.launches),
      ),
    close: async () => {
      for (const leg of legs.values()) leg.die();
      await Promise.all([...legs.values()].map((leg) => leg.ended));
      stop.abort();
      await store.close();
    },
  };
}

interface World {
  readonly routed: RoutedPlan;
  readonly store: Store;
  readonly now: () => number;
  readonly script: Script;
}

/** Nobody hears of a dead process: what it writes fails, and so does all that it waits for. */
function startLeg({ routed, store: shared, now, script }: World, changes: Partial<MasterContext>): Leg {
  const gone = new AbortController();
  let silent = false;
  const store = mortal(shared, { isDead: () => gone.signal.aborted, isSilent: () => silent });
  const launcher = scriptedLauncher(shared, script);
  const board = openBoard({ id: executionId, source: store }, gone.signal);
  const context: MasterContext = {
    ...contextOf(routed, { store, board, launcher, now }),
    shared: true,
    leaseMs,
    patienceMs: 10 * leaseMs,
    signal: gone.signal,
    ...changes,
  };
  const ended = runLeg(routed.assignments, context).catch((error: unknown) => {
    if (!gone.signal.aborted) throw error;
  });
  // Who waits for its end sees that it failed.
  ended.catch(() => undefined);
  return {
    context,
    launches: launcher.launches,
    ended,
    die: () => gone.abort(new Error('this process is gone')),
    fallSilent: () => (silent = true),
    hear: () => (silent = false),
    isRenewing: () => !silent && !gone.signal.aborted,
  };
}

function mortal(store: Store, end: { isDead: () => boolean; isSilent: () => boolean }): Store {
  const alive =
    <A extends readonly unknown[], R>(work: (...args: A) => Promise<R>) =>
    (...args: A): Promise<R> =>
      end.isDead() ? Promise.reject(new Error('this process is gone')) : work(...args);
  return {
    ...store,
    append: alive(store.append),
    claim: alive(store.claim),
    claims: alive(store.claims),
    release: alive(store.release),
    reserve: alive(store.reserve),
    settle: alive(store.settle),
    move: alive(store.move),
    renew: alive((claim, ms) => (end.isSilent() ? Promise.resolve() : store.renew(claim, ms))),
  };
}
