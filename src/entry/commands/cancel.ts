import { hostname, userInfo } from 'node:os';
import { openTransport } from '../../cluster/kubernetes/api/transport.ts';
import { ifThere } from '../../cluster/kubernetes/api/api-errors.ts';
import { removeGarbage } from '../../cluster/kubernetes/gc/collect.ts';
import { anchorName, usualNamespace } from '../../cluster/kubernetes/spec/names.ts';
import { foldEvents } from '../../execution/state.ts';
import { cliExit } from '../../protocol/words.ts';
import { problem } from '../../shared/errors.ts';
import type { CommandLine } from '../arguments.ts';
import { clusterAccess } from '../cluster/access.ts';
import { readLauncher } from '../cluster/launcher-kind.ts';
import { planNamespace } from '../cluster/plan-namespace.ts';
import type { Environment } from '../environment.ts';
import { printError } from '../errors.ts';
import { checkExecutionId } from '../run/execution-id.ts';
import { runEvent } from '../run/run-event.ts';
import type { RunCommandLine } from './commands.ts';
import { namesStore } from './stored-execution.ts';

/**
 * `cortex run --cancel <id>`: tells every process of an execution to end, by its store, and removes from the cluster what
 * it has there. Throws `bad-launcher`, `store-needed` where neither is named, `execution-unknown`, `execution-over`.
 */
export const cancelCommand: RunCommandLine = async (args, { io, environment }) => {
  const id = checkExecutionId(args.text('cancel') ?? '');
  const isShared = namesStore(args, environment);
  const isCluster = readLauncher(args) === 'kubernetes';
  if (!isShared && !isCluster) throw nothingToTell();
  const store = isShared ? await attempted(tellStore(args, environment, id)) : undefined;
  const namespace = args.text('namespace') ?? store?.value?.namespace ?? usualNamespace;
  const cluster = isCluster ? await attempted(clearCluster(args, environment, { id, namespace })) : undefined;
  for (const said of [store?.value?.said, cluster?.value]) if (said !== undefined) io.out(`${said}\n`);
  // Both are tried first: a store that has lost the execution must not keep its workers from being ended.
  const failure = store?.error ?? cluster?.error;
  if (store?.error !== undefined && cluster?.error !== undefined) {
    printError(cluster.error, { write: io.err, secrets: environment.secrets });
  }
  if (failure !== undefined) throw failure;
  return cliExit.success;
};

interface Attempted<T> {
  readonly value?: T;
  readonly error?: unknown;
}

async function attempted<T>(work: Promise<T>): Promise<Attempted<T>> {
  return work.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
}

async function tellStore(
  args: CommandLine,
  environment: Environment,
  id: string,
): Promise<{ readonly said: string; readonly namespace: string | undefined }> {
  const { connect, openForReading } = await import('../run/shared-store.ts');
  const connection = await connect(args, environment);
  try {
    const store = await openForReading(connection, id);
    const { ended, started } = foldEvents(id, await store.read());
    if (ended) {
      throw problem('execution-over', `${id} has ended already: ${ended.status}`, {
        hint: 'There is nothing to cancel.',
      });
    }
    await store.append([runEvent('execution.cancelled', { by: `${userInfo().username}@${hostname()}` })]);
    const said = `${id} is cancelled: its processes end their workers, and report what they leave undone`;
    return { said, namespace: started && (await planNamespace(started.plan, store.getBlob)) };
  } finally {
    await connection.client.close();
  }
}

/** Deleting the anchor deletes all that it owns; the cluster does that by itself. */
async function clearCluster(
  args: CommandLine,
  environment: Environment,
  { id, namespace }: { readonly id: string; readonly namespace: string },
): Promise<string> {
  const transport = openTransport(await clusterAccess(args, environment), { patienceMs: 20_000 });
  const name = anchorName(id);
  try {
    const path = `/api/v1/namespaces/${namespace}/configmaps/${name}`;
    const anchor = await ifThere(transport.send({ method: 'GET', path }));
    if (!anchor) return `there is nothing of it in ${namespace}`;
    await removeGarbage(transport, namespace, { kind: 'ConfigMap', name, execution: id, reason: 'cancelled' });
    return `its workers and objects in ${namespace} are being removed`;
  } finally {
    transport.close();
  }
}

function nothingToTell(): Error {
  return problem('store-needed', 'Nothing names where the execution runs', {
    hint: 'Name its store with --store, its cluster with --launcher kubernetes, or both. A run over a folder ends with Ctrl-C.',
  });
}
