import { pause } from '../../shared/pause.ts';
import type { StoreAddress } from './address.ts';
import type { Connection } from './connection.ts';
import { errorOf, unreachable, type Fault } from './faults.ts';

interface World {
  readonly address: StoreAddress;
  readonly connection: Connection;
  /** Longest wait for a connection before it is said again that there is none, in ms. */
  readonly commandMs: number;
  readonly patienceMs: number;
  /** Whether somebody may only be about to make this user. */
  readonly waitsForUser: boolean;
  /** Loads all scripts; absent where this user may not. */
  readonly load: (() => Promise<unknown>) | undefined;
}

/** One more try; `again` says whether an earlier one may have run. */
export type Attempt = (again: boolean) => Promise<unknown>;

/**
 * Tries again after a first failure, for as long as faults may pass and patience lasts. Returns the reply. Throws
 * `store-unreachable`, `store-access`, `store-full`, `store-refused`.
 */
export function patientRetry(world: World): (failure: unknown, attempt: Attempt) => Promise<unknown> {
  const { address, connection, patienceMs } = world;
  return async (failure, attempt) => {
    const start = performance.now();
    let fault = connection.faultOf(failure);
    let again = false;
    for (let tries = 1; ; tries++) {
      again ||= fault.mayHaveRun;
      refuseLasting(fault, world);
      const waitedMs = performance.now() - start;
      if (waitedMs >= patienceMs || connection.isEnded()) throw unreachable(address, waitedMs, fault.seen);
      const still = await mend(world, fault, { tries, leftMs: patienceMs - waitedMs });
      if (still) fault = still;
      else {
        try {
          return await attempt(again);
        } catch (error) {
          fault = connection.faultOf(error);
        }
      }
    }
  };
}

function refuseLasting(fault: Fault, { address, waitsForUser }: World): void {
  if (waitsForUser && /^(?:NOAUTH|WRONGPASS)\b/.test(fault.seen)) return;
  if (fault.kind === 'no-access' || fault.kind === 'full' || fault.kind === 'refused') throw errorOf(fault, address);
}

/** Does what can be done about a fault, and waits. Returns what is still in the way. */
async function mend(
  { address, connection, commandMs, load }: World,
  fault: Fault,
  { tries, leftMs }: { readonly tries: number; readonly leftMs: number },
): Promise<Fault | undefined> {
  // The client of a cluster keeps its map until it is told otherwise, and the node may be gone from it.
  if (fault.kind === 'elsewhere' || (address.kind === 'cluster' && fault.mayHaveRun)) connection.reconnect();
  if (fault.kind === 'no-script' && tries === 1 && (await isLoaded(load))) return undefined;
  await pause(Math.min(leftMs, 1000, 5 * 2 ** Math.min(tries, 8)));
  return connection.ready(Math.min(leftMs, commandMs));
}

/** A user who may not load scripts waits until somebody else has. */
async function isLoaded(load: World['load']): Promise<boolean> {
  if (!load) return false;
  return load().then(
    () => true,
    () => false,
  );
}
