import type { V1ObjectMeta, V1OwnerReference } from '@kubernetes/client-node';
import { canonicalJson, sha256 } from '../../shared/canonical.ts';
import { outside, problem } from '../../shared/errors.ts';
import { pause } from '../../shared/pause.ts';
import { ifThere, isBusyQuota, statusOf } from './api/api-errors.ts';
import type { TypedClients } from './api/typed-clients.ts';
import { anchorObject, ownedBy, programObject, storeObject, type PackedProgram } from './spec/anchor.ts';
import { anchorName, contentName, key } from './spec/names.ts';

/** What an execution needs in the cluster before its first worker. */
export interface HoldingsOptions {
  readonly execution: string;
  readonly namespace: string;
  readonly repository: string;
  readonly endsAt: number;
  readonly program: PackedProgram;
  /** Further files that pods read beside the program, by name. */
  readonly files: Readonly<Record<string, string>>;
  /** Address of the store, as pods reach it, password included. */
  readonly store: string;
}

/** Names of what is there now. */
export interface Holdings {
  readonly owner: V1OwnerReference;
  /** Milliseconds since the epoch after which nothing of the execution may run, as its anchor says. */
  readonly endsAt: number;
  readonly program: { readonly object: string; readonly sha256: string };
  readonly secret: string;
}

/**
 * Makes the anchor, the program and the store's address, or finds them made: several processes may do so at once.
 * Throws `execution-cancelled` where the anchor is being deleted.
 */
export async function makeHoldings(
  clients: TypedClients,
  options: HoldingsOptions,
  signal?: AbortSignal,
): Promise<Holdings> {
  const { execution, namespace, program, files, store } = options;
  const { owner, endsAt } = await makeAnchor(clients, options, signal);
  const hash = sha256(canonicalJson([program.sha256, program.start, files]));
  const secretHash = sha256(store);
  const common = { execution, namespace, owner };
  const configMap = programObject(common, { program, files, hash });
  const secret = storeObject(common, { address: store, hash: secretHash });
  const { core } = clients;
  await Promise.all([
    makeOwned(owner, signal, {
      create: () => core.createNamespacedConfigMap({ namespace, body: configMap }),
      read: () => core.readNamespacedConfigMap({ namespace, name: configMap.metadata?.name ?? '' }),
    }),
    makeOwned(owner, signal, {
      create: () => core.createNamespacedSecret({ namespace, body: secret }),
      read: () => core.readNamespacedSecret({ namespace, name: secret.metadata?.name ?? '' }),
    }),
  ]);
  return {
    owner,
    endsAt,
    program: { object: contentName(execution, 'worker', hash), sha256: program.sha256 },
    secret: contentName(execution, 'store', secretHash),
  };
}

interface Made {
  readonly metadata?: V1ObjectMeta;
}

interface Making<T extends Made> {
  readonly create: () => Promise<T>;
  readonly read: () => Promise<T>;
}

async function makeAnchor(
  clients: TypedClients,
  options: HoldingsOptions,
  signal: AbortSignal | undefined,
): Promise<Pick<Holdings, 'owner' | 'endsAt'>> {
  const { execution, namespace } = options;
  const name = anchorName(execution);
  const { metadata } = await make(signal, {
    create: () => clients.core.createNamespacedConfigMap({ namespace, body: anchorObject(options) }),
    read: () => clients.core.readNamespacedConfigMap({ namespace, name }),
  });
  if (metadata?.deletionTimestamp) throw cancelled(execution);
  const endsAt = Date.parse(metadata?.annotations?.[key.endsAt] ?? '');
  return { owner: ownedBy({ name, uid: metadata?.uid ?? '' }), endsAt: Number.isNaN(endsAt) ? options.endsAt : endsAt };
}

/** An object that is named by its content is the same, unless it still belongs to an anchor that is gone: then it goes too. */
async function makeOwned<T extends Made>(
  owner: V1OwnerReference,
  signal: AbortSignal | undefined,
  making: Making<T>,
): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    const { metadata } = await make(signal, making);
    const isOurs = metadata?.ownerReferences?.some(({ uid }) => uid === owner.uid) ?? false;
    if (isOurs && !metadata?.deletionTimestamp) return;
    if (tries === mostTries) throw notOurs(metadata?.name ?? '');
    await pause(pauseMs, signal);
  }
}

const mostTries = 60;
const pauseMs = 500;

/** Creates, or reads what is there. A quota that has no room now, or was changed at the same moment, is asked again. */
async function make<T extends Made>(signal: AbortSignal | undefined, { create, read }: Making<T>): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await create();
    } catch (error) {
      const status = statusOf(error);
      const isThere = status?.code === 409 && status.reason === 'AlreadyExists';
      const found = isThere ? await ifThere(read()) : undefined;
      if (found) return found;
      if (tries === mostTries || !(isThere || isBusyQuota(status))) throw error;
      await pause(pauseMs, signal);
    }
  }
}

function notOurs(name: string): Error {
  return outside('object-foreign', `${name} belongs to an anchor that is gone, and is not removed`, {
    hint: 'The garbage collection of the cluster may be behind. Try again later, or remove it by hand.',
    retryable: true,
  });
}

function cancelled(execution: string): Error {
  return problem('execution-cancelled', `${execution} is being removed from the cluster: it was cancelled`, {
    hint: 'Start a fresh execution.',
  });
}
