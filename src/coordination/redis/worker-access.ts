import { randomBytes } from 'node:crypto';
import { createWorkerUser, dropWorkerUser, workerAddress, workerUsername } from './acl.ts';
import { parseStoreAddress, printAddress, storeSecrets, writeAddress, type StoreAddress } from './address.ts';
import type { RedisClient } from './client.ts';

/** How the workers of one process reach the store. */
export interface WorkerAccess {
  /** Environment variables that each worker gets; they hold its password. */
  readonly variables: Readonly<Record<string, string>>;
  /** Whose rights they have, in one line for people. */
  readonly about: string;
  /** Values that must never be printed. */
  readonly secrets: readonly string[];
  /** Takes back what was made for these workers. */
  readonly revoke: () => Promise<void>;
}

interface Asked {
  readonly client: RedisClient;
  /** How the process itself reaches the store. */
  readonly address: StoreAddress;
  readonly execution: string;
  readonly leg: string;
  /** Address for workers that was given from outside. */
  readonly given: string | undefined;
}

/**
 * The least that workers need, as far as it can be had: the address that was given for them; a user for this execution,
 * where this one may make users; else the process's own address, which is said. Throws `bad-store-url`.
 */
export async function offerWorkerAccess(asked: Asked): Promise<WorkerAccess> {
  const { client, address, execution, leg, given } = asked;
  if (given !== undefined) {
    const theirs = parseStoreAddress(given);
    return access(asked, theirs, {
      about: `as ${theirs.username ?? 'the default user'}, by the address given for workers`,
    });
  }
  const user = { execution, username: workerUsername(execution, leg), password: randomBytes(24).toString('base64url') };
  const answer = await createWorkerUser(client, address, user);
  if (!answer.made) {
    const about = `with all rights of this process at ${printAddress(address)}: ${answer.reason}`;
    return access(asked, address, { about });
  }
  // Users live in the server's memory: one that was restarted has forgotten this one.
  client.onReady(() => void createWorkerUser(client, address, user).catch(() => undefined));
  return access(asked, workerAddress(address, user), {
    about: 'as a user of this execution, who reaches its artefacts and attempts alone',
    revoke: () => dropWorkerUser(client, user.username).catch(() => undefined),
  });
}

function access(
  { execution }: Asked,
  address: StoreAddress,
  { about, revoke }: { readonly about: string; readonly revoke?: () => Promise<void> },
): WorkerAccess {
  return {
    variables: { CORTEX_STORE: writeAddress(address), CORTEX_EXECUTION: execution },
    about,
    secrets: storeSecrets(address),
    revoke: revoke ?? (() => Promise.resolve()),
  };
}
