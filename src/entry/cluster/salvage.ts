import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openTransport } from '../../cluster/kubernetes/api/transport.ts';
import { typedClients } from '../../cluster/kubernetes/api/typed-clients.ts';
import { readRemains, type RemainingWorker } from '../../cluster/kubernetes/salvage/read-remains.ts';
import { usualNamespace } from '../../cluster/kubernetes/spec/names.ts';
import { blobPath, fileBlobs } from '../../coordination/file/blobs.ts';
import { readLongestLog } from '../../coordination/file/copies.ts';
import { totalTokens } from '../../protocol/result.ts';
import { messageOf } from '../../shared/errors.ts';
import { writeFileAtomically } from '../../shared/files.ts';
import type { CommandLine } from '../arguments.ts';
import type { Environment } from '../environment.ts';
import type { RunPaths } from '../run/paths.ts';
import { clusterAccess } from './access.ts';
import type { ClusterLauncher } from './launcher.ts';
import { planNamespace } from './plan-namespace.ts';

/** A worker that the cluster still knows, and whether its result is in this process's own copy. */
type Salvaged = RemainingWorker & { readonly result_kept: boolean | null };

/**
 * The store has lost the execution: writes down what the cluster still knows of its workers, beside this process's copy of
 * the log, and says what can't be made up for. The log itself is not continued: that would be a second history.
 */
export async function salvage(
  { transport, namespace }: Pick<ClusterLauncher, 'transport' | 'namespace'>,
  run: { readonly id: string; readonly paths: RunPaths; readonly say: (line: string) => void },
): Promise<void> {
  const { id, paths, say } = run;
  try {
    const remains = await readRemains(typedClients(transport), { namespace, execution: id });
    const workers = remains.map((each): Salvaged => ({ ...each, result_kept: isKept(each, paths) }));
    const file = join(paths.store, 'cluster-remains.json');
    writeFileAtomically(file, `${JSON.stringify({ v: 1, execution_id: id, workers }, null, 2)}\n`);
    for (const line of describeRemains(workers, file)) say(line);
  } catch (error) {
    say(`what the cluster still knows of ${id} could not be read: ${messageOf(error)}`);
  }
}

/** The same where this process has no line to the cluster yet: the plan in its copy says where the workers are. */
export async function salvageCopy(
  way: { readonly args: CommandLine; readonly environment: Environment; readonly say: (line: string) => void },
  { id, paths }: { readonly id: string; readonly paths: RunPaths },
): Promise<void> {
  const { args, environment, say } = way;
  try {
    const namespace = args.text('namespace') ?? (await copiedNamespace(paths)) ?? usualNamespace;
    const transport = openTransport(await clusterAccess(args, environment), { patienceMs: 20_000 });
    await salvage({ transport, namespace }, { id, paths, say });
    transport.close();
  } catch (error) {
    say(`what the cluster still knows of ${id} could not be read: ${messageOf(error)}`);
  }
}

async function copiedNamespace({ store, blobs }: RunPaths): Promise<string | undefined> {
  const started = readLongestLog(store)?.find((event) => event.type === 'execution.started');
  return started && planNamespace(started.data.plan, fileBlobs(blobs).getBlob);
}

function isKept({ envelope }: RemainingWorker, { blobs }: RunPaths): boolean | null {
  const hash = envelope?.result;
  if (!hash) return null;
  return existsSync(blobPath(blobs, hash));
}

/** What is known again, and what is not. */
function describeRemains(workers: readonly Salvaged[], file: string): readonly string[] {
  const told = workers.filter(({ envelope }) => envelope !== null);
  const tokens = told.reduce((sum, { envelope }) => sum + (envelope ? totalTokens(envelope.usage) : 0), 0);
  const gone = workers.filter(({ result_kept: kept }) => kept === false).map(({ worker }) => worker);
  const silent = workers.filter(({ envelope }) => envelope === null).map(({ worker }) => worker);
  return [
    `the cluster still knows ${workers.length} workers; ${told.length} have left word, of ${tokens} tokens: ${file}`,
    ...(gone.length > 0 ? [`their results are gone with the store: ${gone.join(', ')}`] : []),
    ...(silent.length > 0 ? [`they have left no word: ${silent.join(', ')}`] : []),
  ];
}
