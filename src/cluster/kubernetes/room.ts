import type { V1Node, V1ResourceQuota } from '@kubernetes/client-node';
import type { LaunchRequest } from '../../protocol/attempt.ts';
import type { TypedClients } from './api/typed-clients.ts';
import { neverFits } from './observe/fit.ts';
import type { PodWishes } from './spec/wishes.ts';

/** Knows what room there is at most: nodes and quotas are read now and then, not for each worker. */
export interface RoomKeeper {
  /** Why a worker can never have a place; undefined where it may, and where we may not look. */
  readonly neverFits: (request: LaunchRequest) => Promise<string | undefined>;
}

interface Room {
  readonly nodes: readonly V1Node[] | undefined;
  readonly quotas: readonly V1ResourceQuota[];
}

const keptMs = 30_000;

export function roomKeeper(
  clients: TypedClients,
  { namespace, wishes }: { readonly namespace: string; readonly wishes: PodWishes },
): RoomKeeper {
  let kept: { readonly room: Promise<Room>; readonly until: number } | undefined;
  const room = (): Promise<Room> => {
    if (kept && performance.now() < kept.until) return kept.room;
    kept = { room: readRoom(clients, namespace), until: performance.now() + keptMs };
    return kept.room;
  };
  return {
    neverFits: async (request) => neverFits(request, wishes, await room()),
  };
}

/** What may not be read says nothing: the cluster itself then says it of the pod. */
async function readRoom(clients: TypedClients, namespace: string): Promise<Room> {
  const [nodes, quotas] = await Promise.all([
    clients.core.listNode().then(
      ({ items }) => items,
      () => undefined,
    ),
    clients.core.listNamespacedResourceQuota({ namespace }).then(
      ({ items }) => items,
      () => [],
    ),
  ]);
  return { nodes, quotas };
}
