import { parseStoreAddress, writeAddress, type StoreAddress } from '../../coordination/redis/address.ts';
import { problem } from '../../shared/errors.ts';
import { readTextIfPresent } from '../../shared/files.ts';
import type { Environment } from '../environment.ts';
import type { SharedStore } from '../run/shared-store.ts';

/** The store as pods reach it: its address, and the files that the address names there. */
export interface PodStore {
  readonly address: string;
  readonly files: Readonly<Record<string, string>>;
}

const caFile = 'store-ca.crt';

/** Throws `store-out-of-reach` where the address leads to the machine of whoever reads it, `store-ca-missing`. */
export function podStore(
  { worker }: Pick<SharedStore, 'worker'>,
  { workerStore }: Pick<Environment, 'workerStore'>,
): PodStore {
  const address = parseStoreAddress(worker.variables['CORTEX_STORE'] ?? '');
  if (workerStore === undefined) refuseLoopback(address);
  const ca = address.tls?.ca;
  if (ca === undefined) return { address: writeAddress(address), files: {} };
  const certificates = readTextIfPresent(ca);
  if (certificates === undefined) {
    throw problem('store-ca-missing', `There is no file ${ca}, which the store's address names`, {
      hint: 'Name the file with the certificates of the store in ?ca=<file>.',
    });
  }
  const theirs = { ...address, tls: { ...address.tls, ca: `/cortex/${caFile}` } };
  return { address: writeAddress(theirs), files: { [caFile]: certificates } };
}

function refuseLoopback({ hosts }: StoreAddress): void {
  const local = hosts.find(({ host }) => /^(?:localhost|127\.|::1$|0\.0\.0\.0$)/.test(host));
  if (!local) return;
  throw problem('store-out-of-reach', `Pods can't reach the store at ${local.host}: there that is the pod itself`, {
    hint: 'Set CORTEX_WORKER_STORE to the address as pods reach it, such as redis://redis.cortex-system.svc:6379.',
  });
}
