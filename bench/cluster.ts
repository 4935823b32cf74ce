/**
 * Workers as Jobs on simulated nodes of a real API server, beside a bare client that only posts the same Jobs over kept
 * connections and watches their pods: `npm run bench:cluster`. Both take turns on one cluster, each in a process of its
 * own. CORTEX_CLUSTER_TOOL names the script that starts the cluster. Goals stand beside the figures and fail nothing.
 */
import { availableParallelism } from 'node:os';
import { startCluster, type Cluster } from '../test/support/clusters.ts';
import { median, medianOf, timeNode } from './measure.ts';
import { seconds, table, type Row } from './table.ts';

interface Run {
  readonly wallMs: number;
  readonly done: number;
  readonly requests: number;
  readonly connections: number;
  readonly peakBytes: number;
}

const turns = Number(process.argv[2] ?? 3);
const sizes = [100, 1000, 5000];
let executions = 0;
/** Peak memory at the first size: what that of the others is held against. */
let smallPeak: number | undefined;

console.log(`Node ${process.version} on ${availableParallelism()} cores\n`);
const cluster = await startCluster({ name: 'bench' });
try {
  await cluster.kubectl(['create', 'namespace', 'cortex-workers']);
  await cluster.kubectl(['--namespace', 'cortex-workers', 'create', 'serviceaccount', 'cortex-worker']);
  await run('ours', 50);
  for (const size of sizes) console.log(`${table(await rowsOf(size))}\n`);
} finally {
  await cluster.down();
}

async function rowsOf(size: number): Promise<readonly Row[]> {
  const ours: Run[] = [];
  const bare: Run[] = [];
  for (let turn = 0; turn < (size > 1000 ? 1 : turns); turn += 1) {
    // Who goes first changes: the cluster itself slows down with time.
    for (const runs of turn % 2 === 0 ? [bare, ours] : [ours, bare]) {
      runs.push(await run(runs === ours ? 'ours' : 'bare', size));
    }
  }
  smallPeak ??= medianOf(ours, (each) => each.peakBytes);
  return sizeRows(size, { ours, bare, smallPeak });
}

function sizeRows(
  size: number,
  {
    ours,
    bare,
    smallPeak,
  }: { readonly ours: readonly Run[]; readonly bare: readonly Run[]; readonly smallPeak: number },
): readonly Row[] {
  const isGoal = size === 1000;
  const wall = { ours: medianOf(ours, (each) => each.wallMs), bare: medianOf(bare, (each) => each.wallMs) };
  const peak = medianOf(ours, (each) => each.peakBytes);
  const requests = medianOf(ours, (each) => each.requests) / size;
  // In turns beside each other: the cluster itself is slower at times.
  const ratio = median(ours.map((each, turn) => each.wallMs / (bare[turn]?.wallMs ?? Number.NaN)));
  return [
    { what: `${size} workers, a bare client`, measured: seconds(wall.bare) },
    { what: '  the launcher', measured: seconds(wall.ours), ratio, ...(isGoal ? { goal: '≤ 1.2 × bare' } : {}) },
    { what: '  requests per worker', measured: requests.toFixed(2), ...(isGoal ? { goal: '≤ 1.2' } : {}) },
    {
      what: '  connections opened, watches included',
      measured: String(medianOf(ours, (each) => each.connections)),
      ...(isGoal ? { goal: '≤ 8 and the watches' } : {}),
    },
    {
      what: '  peak memory, beside that of 100 workers',
      measured: `${(peak / 1024 / 1024).toFixed(0)} MiB`,
      ratio: peak / smallPeak,
      ...(isGoal ? { goal: '≤ 2 × of 100' } : {}),
    },
  ];
}

async function run(client: 'ours' | 'bare', size: number): Promise<Run> {
  executions += 1;
  const execution = `CORTEX-EXEC-BENCH-${executions}`;
  const program = new URL('programs/launch-jobs.ts', import.meta.url).pathname;
  const { stdout } = timeNode([program, client, String(size), cluster.kubeconfig, execution]);
  const figures = JSON.parse(stdout) as Run;
  if (figures.done !== size) throw new Error(`${client} saw ${figures.done} of ${size} workers done`);
  await clear(cluster);
  return figures;
}

/** What a run leaves must not slow the next one: all of it goes with its anchor. */
async function clear({ kubectl, api }: Cluster): Promise<void> {
  const here = ['--namespace', 'cortex-workers'];
  await kubectl([...here, 'delete', 'configmaps', '--selector', 'cortex.dev/anchor=true']);
  await api.send('DELETE', '/apis/batch/v1/namespaces/cortex-workers/jobs?propagationPolicy=Background');
  for (;;) {
    const { body } = await api.get('/api/v1/namespaces/cortex-workers/pods?limit=1');
    if ((body as { readonly items?: readonly unknown[] }).items?.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
