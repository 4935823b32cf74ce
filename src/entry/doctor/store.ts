import { broken, failed, guarded, met, noted, unasked, type CheckLine } from '../../cluster/kubernetes/doctor/check.ts';
import { clockCheck } from '../../cluster/kubernetes/doctor/server.ts';
import { parseStoreAddress, printAddress, storeSecrets, writeAddress } from '../../coordination/redis/address.ts';
import { clockAheadMs, readServerInfo } from '../../coordination/redis/server-info.ts';
import { offerWorkerAccess, type WorkerAccess } from '../../coordination/redis/worker-access.ts';
import { CortexError } from '../../shared/errors.ts';
import type { CommandLine } from '../arguments.ts';
import { podStore } from '../cluster/pod-store.ts';
import { connect, type Connection } from '../run/shared-store.ts';
import type { Section, Visit } from './section.ts';
import { describeEngine, evictionCheck, persistenceCheck } from './store-server.ts';

const title = 'Store';
/** So many questions, one after the other, to know how long one takes. */
const pings = 9;
const defaultTimeout = '10s';
const docs = 'docs/redis.md';

/** The store that processes and workers would share. */
export async function storeSection(visit: Visit): Promise<Section> {
  const { args, environment, cluster } = visit;
  if ((args.text('store') ?? environment.store) === undefined) return { title, lines: [noStore(cluster)] };
  try {
    const connection = await connect(hurried(args), environment);
    try {
      const lines = await guarded('store', () => examine(visit, connection));
      return { title, lines, secrets: storeSecrets(connection.address) };
    } finally {
      await connection.client.close();
    }
  } catch (error) {
    const isSaid = cluster !== 'no' && error instanceof CortexError && /^(?:kube|identity|cluster)/.test(error.code);
    const line = isSaid
      ? unasked('store', 'not asked: the way to it leads through the cluster', 'an answer')
      : broken('store', 'an answer', error);
    return { title, lines: [line] };
  }
}

/** A doctor waits less for a store than a run does, unless it is told otherwise. */
function hurried(args: CommandLine): CommandLine {
  return { ...args, text: (flag) => args.text(flag) ?? (flag === 'store-timeout' ? defaultTimeout : undefined) };
}

function noStore(cluster: Visit['cluster']): CheckLine {
  const needed = 'a store that pods reach, where workers run on a cluster';
  if (cluster !== 'yes') return unasked('store', 'none is named: a run keeps its store in a folder', needed);
  return failed('store', {
    seen: 'none is named, and workers in a cluster reach no folder',
    needed,
    remedy: 'Name Redis with --store: kubectl apply -k deploy/ brings one, which redis+tunnel://… reaches.',
  });
}

async function examine(visit: Visit, connection: Connection): Promise<readonly CheckLine[]> {
  const { client, address } = connection;
  const info = await readServerInfo(client);
  return [
    met('store', `${printAddress(address)}: ${describeEngine(info)}; ${await latency(connection)}`, 'an answer'),
    persistenceCheck(info),
    evictionCheck(info),
    clockCheck('clock of the store', { aheadMs: await clockAheadMs(client), than: 'this machine', fails: true }),
    ...(await guarded('workers at the store', () => workerChecks(visit, connection))),
  ];
}

async function latency({ client }: Connection): Promise<string> {
  const took: number[] = [];
  for (let each = 0; each < pings; each += 1) {
    const start = performance.now();
    await client.call('PING', []);
    took.push(performance.now() - start);
  }
  const median = took.sort((a, b) => a - b)[Math.floor(pings / 2)] ?? 0;
  return `PING ${median.toFixed(median < 10 ? 2 : 0)} ms (median of ${pings})`;
}

/** Does what a run does for its workers, and takes it back. */
async function workerChecks({ environment, cluster }: Visit, connection: Connection): Promise<readonly CheckLine[]> {
  const { client, address, inside } = connection;
  const worker = await offerWorkerAccess({
    client,
    address: inside ?? address,
    execution: 'CORTEX-EXEC-DOCTOR',
    leg: `doctor-${process.pid}`,
    given: environment.workerStore,
  });
  try {
    const theirs = worker.variables['CORTEX_STORE'] ?? '';
    const isAnybody = (parseStoreAddress(theirs).username ?? 'default') === 'default';
    const isMore = isAnybody || theirs === writeAddress(inside ?? address);
    const reach = cluster === 'yes' ? [reachCheck(worker, environment)] : [];
    return [rightsCheck(worker, isMore), ...reach];
  } finally {
    await worker.revoke();
  }
}

function rightsCheck({ about }: WorkerAccess, isMore: boolean): CheckLine {
  const needed = 'rights over their own artefacts and attempts alone';
  if (!isMore) return met("workers' rights", about, needed);
  const remedy = `Give CORTEX_WORKER_STORE, or let this user make users for workers: ${docs}.`;
  return noted("workers' rights", { seen: about, needed, remedy });
}

/** Whether pods reach it, only a pod could tell: an address that can't be reached from there is seen. */
function reachCheck(worker: WorkerAccess, environment: Visit['environment']): CheckLine {
  const needed = 'an address that leads from pods to the store';
  try {
    const { address } = podStore({ worker }, environment);
    const [, place = ''] = /@?([^@/]+)(?:\/|$)/.exec(address.replace(/^[a-z+]+:\/\//, '')) ?? [];
    return unasked(
      'store for pods',
      `they are given ${place}; whether they reach it shows with the first worker`,
      needed,
    );
  } catch (error) {
    return broken('store for pods', needed, error);
  }
}
