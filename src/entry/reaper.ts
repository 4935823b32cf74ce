import { inClusterAccess } from '../cluster/kubernetes/api/in-cluster.ts';
import { openTransport } from '../cluster/kubernetes/api/transport.ts';
import { findGarbage, removeAll } from '../cluster/kubernetes/gc/collect.ts';
import { usualNamespace } from '../cluster/kubernetes/spec/names.ts';
import { CortexError, messageOf } from '../shared/errors.ts';
import { describeCollection } from './cluster/describe-garbage.ts';

/** What the CronJob of `deploy/` runs: `cortex gc` from inside the cluster, as a program of its own. */
async function main(): Promise<void> {
  const namespace = process.env['CORTEX_NAMESPACE'] ?? usualNamespace;
  const host = process.env['KUBERNETES_SERVICE_HOST'];
  const port = process.env['KUBERNETES_SERVICE_PORT'];
  const transport = openTransport(inClusterAccess({ host, ...(port ? { port } : { port: undefined }) }));
  const collection = await findGarbage(transport, namespace);
  const remaining = await removeAll(transport, namespace, collection.garbage);
  process.stdout.write(describeCollection(collection, { namespace, isDryRun: false, remaining }));
  transport.close();
  if (remaining.length > 0) process.exitCode = 1;
}

try {
  await main();
} catch (error) {
  const hint = error instanceof CortexError ? ` ${error.hint}` : '';
  process.stderr.write(`cortex gc: ${messageOf(error)}.${hint}\n`);
  process.exitCode = 1;
}
