import type { ClusterWishes, PlanTask } from '../../../plan/plan.ts';
import { codeOf } from '../api/api-errors.ts';
import type { Transport } from '../api/transport.ts';
import type { TypedClients } from '../api/typed-clients.ts';
import type { PackedProgram } from '../spec/anchor.ts';
import { unasked, type CheckLine } from './check.ts';

/** What a cluster is examined for. */
export interface Ground {
  readonly transport: Transport;
  readonly clients: TypedClients;
  readonly wishes: ClusterWishes;
  readonly tasks: readonly PlanTask[];
  /** Workers at one time. */
  readonly parallel: number;
  readonly execution: string;
  readonly repository: string;
  readonly program: PackedProgram;
  /** Where the store is reached through the API server: the service that leads to it. */
  readonly tunnel: { readonly namespace: string; readonly service: string; readonly port: number } | undefined;
  /** Milliseconds since the epoch, by the clock that the cluster's is compared with, and whose that is. */
  readonly now: () => number;
  readonly clock: string;
}

/** What was asked of the cluster, or why it can't be said. */
export type Seen<T> = { readonly value: T } | { readonly hidden: string };

/** What this way in may not read is no fault of the cluster: a line says that it is unknown. Other errors go on. */
export async function look<T>(asked: Promise<T>): Promise<Seen<T>> {
  try {
    return { value: await asked };
  } catch (error) {
    if (codeOf(error) !== 403) throw error;
    return { hidden: 'this way in may not read it' };
  }
}

/** The lines that a value amounts to, or one that says that it is hidden. */
export function seenLines<T>(
  seen: Seen<T>,
  check: string,
  judge: (value: T) => readonly CheckLine[],
): readonly CheckLine[] {
  return 'hidden' in seen ? [unasked(check, `unknown: ${seen.hidden}`)] : judge(seen.value);
}

/** One object by its path, for kinds that the typed clients here don't have. */
export async function readObject(transport: Transport, path: string, signal?: AbortSignal): Promise<unknown> {
  const { body } = await transport.send({ method: 'GET', path, signal });
  return JSON.parse(body.toString('utf8')) as unknown;
}
