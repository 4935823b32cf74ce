import { openTransport } from '../../cluster/kubernetes/api/transport.ts';
import { findGarbage, removeAll } from '../../cluster/kubernetes/gc/collect.ts';
import { usualNamespace } from '../../cluster/kubernetes/spec/names.ts';
import { cliExit } from '../../protocol/words.ts';
import { createMasker } from '../../shared/mask.ts';
import { clusterAccess } from '../cluster/access.ts';
import { describeCollection } from '../cluster/describe-garbage.ts';
import type { RunCommandLine } from './commands.ts';

/** `cortex gc`: removes from the cluster what executions have left behind. */
export const gcCommand: RunCommandLine = async (args, { io, environment }) => {
  const namespace = args.text('namespace') ?? usualNamespace;
  const transport = openTransport(await clusterAccess(args, environment), { patienceMs: 20_000 });
  try {
    const isDryRun = args.has('dry-run');
    const collection = await findGarbage(transport, namespace);
    const remaining = isDryRun ? [] : await removeAll(transport, namespace, collection.garbage);
    const mask = createMasker(environment.secrets);
    io.out(mask(describeCollection(collection, { namespace, isDryRun, remaining })));
    return remaining.length === 0 ? cliExit.success : cliExit.outside;
  } finally {
    transport.close();
  }
};
