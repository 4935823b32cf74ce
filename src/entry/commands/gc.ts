import { openTransport } from '../../cluster/kubernetes/api/transport.ts';
import { findGarbage, removeGarbage } from '../../cluster/kubernetes/gc/collect.ts';
import { systemClock } from '../../shared/clock.ts';
import { cliExit } from '../../protocol/words.ts';
import { createMasker } from '../../shared/mask.ts';
import { clusterAccess } from '../cluster/access.ts';
import { describeCollection } from '../cluster/describe-garbage.ts';
import type { RunCommandLine } from './commands.ts';

/** `cortex gc`: removes from the cluster what executions have left behind. */
export const gcCommand: RunCommandLine = async (args, { io, environment }) => {
  const namespace = args.text('namespace') ?? 'cortex-workers';
  const transport = openTransport(await clusterAccess(args, environment), { patienceMs: 20_000 });
  try {
    const collection = await findGarbage(transport, namespace, systemClock.now());
    if (!args.has('dry-run')) for (const each of collection.garbage) await removeGarbage(transport, namespace, each);
    const mask = createMasker(environment.secrets);
    io.out(mask(describeCollection(collection, { namespace, isDryRun: args.has('dry-run') })));
    return cliExit.success;
  } finally {
    transport.close();
  }
};
