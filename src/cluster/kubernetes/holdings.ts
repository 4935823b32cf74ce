import type { V1OwnerReference } from '@kubernetes/client-node';
import { canonicalJson, sha256 } from '../../shared/canonical.ts';
import { problem } from '../../shared/errors.ts';
import { codeOf } from './api/api-errors.ts';
import type { TypedClients } from './api/typed-clients.ts';
import { anchorObject, ownedBy, programObject, storeObject, type PackedProgram } from './spec/anchor.ts';
import { anchorName, contentName } from './spec/names.ts';

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
  readonly program: { readonly object: string; readonly sha256: string };
  readonly secret: string;
}

/**
 * Makes the anchor, the program and the store's address, or finds them made: several processes may do so at once.
 * Throws `execution-cancelled` where the anchor is being deleted.
 */
export async function makeHoldings(clients: TypedClients, options: HoldingsOptions): Promise<Holdings> {
  const { execution, namespace, program, files, store } = options;
  const owner = await makeAnchor(clients, options);
  const common = { execution, namespace, owner };
  const hash = sha256(canonicalJson([program.sha256, program.start, files]));
  const secretHash = sha256(store);
  await Promise.all([
    made(clients.core.createNamespacedConfigMap({ namespace, body: programObject(common, { program, files, hash }) })),
    made(
      clients.core.createNamespacedSecret({
        namespace,
        body: storeObject(common, { address: store, hash: secretHash }),
      }),
    ),
  ]);
  return {
    owner,
    program: { object: contentName(execution, 'worker', hash), sha256: program.sha256 },
    secret: contentName(execution, 'store', secretHash),
  };
}

async function makeAnchor(clients: TypedClients, options: HoldingsOptions): Promise<V1OwnerReference> {
  const { execution, namespace } = options;
  const body = anchorObject(options);
  const anchor = await clients.core.createNamespacedConfigMap({ namespace, body }).catch((error: unknown) => {
    if (codeOf(error) !== 409) throw error;
    return clients.core.readNamespacedConfigMap({ namespace, name: anchorName(execution) });
  });
  if (anchor.metadata?.deletionTimestamp) throw cancelled(execution);
  return ownedBy({ name: anchorName(execution), uid: anchor.metadata?.uid ?? '' });
}

/** Its name is the hash of its content: one that is there already is the same. */
async function made(creation: Promise<unknown>): Promise<void> {
  await creation.catch((error: unknown) => {
    if (codeOf(error) !== 409) throw error;
  });
}

export function cancelled(execution: string): Error {
  return problem('execution-cancelled', `${execution} is being removed from the cluster: it was cancelled`, {
    hint: 'Start a fresh execution.',
  });
}
