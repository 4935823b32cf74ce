import type { Access } from '../../cluster/kubernetes/api/access.ts';
import { openTransport } from '../../cluster/kubernetes/api/transport.ts';
import { typedClients } from '../../cluster/kubernetes/api/typed-clients.ts';
import { broken, guarded, unasked, type CheckLine } from '../../cluster/kubernetes/doctor/check.ts';
import { examineCluster } from '../../cluster/kubernetes/doctor/examine.ts';
import type { Ground } from '../../cluster/kubernetes/doctor/ground.ts';
import { isTunnelAddress, parseTunnelAddress } from '../../coordination/redis/address.ts';
import { allTasks } from '../../plan/plan.ts';
import { sha256 } from '../../shared/canonical.ts';
import { systemClock } from '../../shared/clock.ts';
import { CortexError } from '../../shared/errors.ts';
import { bundledWorker } from '../bundle.ts';
import { clusterAccess } from '../cluster/access.ts';
import { packProgram } from '../cluster/pack-program.ts';
import type { Section, Visit } from './section.ts';

const title = 'Cluster';
/** A doctor that waits for long is no help: a run is more patient. */
const patienceMs = 5000;

/** The cluster that workers would run on; not asked where they don't, or where there is none. */
export async function clusterSection(visit: Visit): Promise<Section> {
  const { args, environment, cluster } = visit;
  if (cluster === 'no') return { title, lines: [unasked('cluster', 'not asked: workers run as child processes')] };
  try {
    const access = await clusterAccess(args, environment);
    const lines = await guarded('cluster', () => examine(visit, access));
    return { title, lines, secrets: access.secrets };
  } catch (error) {
    return { title, lines: [noWayIn(visit, error)] };
  }
}

async function examine(visit: Visit, access: Access): Promise<readonly CheckLine[]> {
  const { plan, repository } = visit;
  const transport = openTransport(access, { patienceMs, requestMs: patienceMs });
  const ground: Ground = {
    transport,
    clients: typedClients(transport),
    wishes: plan.cluster,
    tasks: allTasks(plan),
    parallel: plan.parallel.workers,
    execution: 'CORTEX-EXEC-DOCTOR',
    repository,
    program: anyProgram(),
    tunnel: tunnelOf(visit),
    now: systemClock.now,
    clock: 'this machine',
  };
  try {
    return await examineCluster(ground, { about: access.about, isUnverified: access.isUnverified ?? false });
  } finally {
    transport.close();
  }
}

/** A bundle that can't be read has a line of its own; the cluster is looked at all the same, with nothing in its place. */
function anyProgram(): Ground['program'] {
  try {
    return packProgram(bundledWorker());
  } catch {
    return { gzip: new Uint8Array(), sha256: sha256(''), start: '' };
  }
}

/** Without a word about clusters, a machine that has no kubeconfig has no cluster either. */
function noWayIn({ cluster, args, environment }: Visit, error: unknown): CheckLine {
  const isNamed = args.text('kubeconfig') !== undefined || environment.kubeconfig !== undefined;
  const isOptional = cluster === 'if-any' && !isNamed && args.text('cluster-auth') === undefined;
  if (isOptional && error instanceof CortexError && error.code === 'kubeconfig-missing') {
    return unasked('cluster', `not asked: ${error.message}, and --launcher kubernetes was not given`);
  }
  return broken('way in', 'a way in to the cluster', error);
}

/** The service that a tunnel address names; what is wrong with an address, the store's lines say. */
function tunnelOf({ args, environment }: Visit): Ground['tunnel'] {
  const text = args.text('store') ?? environment.store ?? '';
  if (!isTunnelAddress(text)) return undefined;
  try {
    const { namespace, service, port } = parseTunnelAddress(text);
    return { namespace, service, port };
  } catch {
    return undefined;
  }
}
