import { openTransport, type Transport } from '../../cluster/kubernetes/api/transport.ts';
import { kubernetesLauncher, type KubernetesOptions } from '../../cluster/kubernetes/kubernetes-launcher.ts';
import type { PackedProgram } from '../../cluster/kubernetes/spec/anchor.ts';
import type { Launcher } from '../../cluster/launcher.ts';
import type { Plan } from '../../plan/plan.ts';
import type { LaunchNotice, LaunchRequest } from '../../protocol/attempt.ts';
import { canonicalJson } from '../../shared/canonical.ts';
import { problem } from '../../shared/errors.ts';
import type { CommandLine } from '../arguments.ts';
import type { Environment } from '../environment.ts';
import type { RunPaths } from '../run/paths.ts';
import type { SharedStore } from '../run/shared-store.ts';
import { timeLimitFlag } from '../values.ts';
import { clusterAccess } from './access.ts';
import { packProgram } from './pack-program.ts';
import { podStore } from './pod-store.ts';
import { readLogMode } from './log-mode.ts';

export interface ClusterOrder {
  readonly args: CommandLine;
  readonly environment: Environment;
  readonly plan: Plan;
  readonly execution: string;
  readonly repository: string;
  readonly shared: SharedStore | undefined;
  readonly paths: RunPaths;
  readonly workerProgram: string;
  readonly mask: (text: string) => string;
  readonly slots: number;
  readonly onNotice: (notice: LaunchNotice) => void;
  /** Gets each line of a worker's log as it comes; undefined: they go into files alone. */
  readonly onLine: ((worker: string, line: string) => void) | undefined;
}

/** The launcher over a cluster, and the line to it. */
export interface ClusterLauncher {
  readonly launcher: Launcher;
  readonly transport: Transport;
  readonly namespace: string;
  /** What pods run. */
  readonly program: PackedProgram;
  /** How we get in, in one line for people. */
  readonly about: string;
  readonly secrets: readonly string[];
  /** Whether whoever answers is believed: the kubeconfig says so. */
  readonly isUnverified: boolean;
}

/** After the deadline of the plan nothing of it runs; so much later nothing of it is needed any more. */
const spareMs = 10 * 60_000;

/** Opens the launcher that flags, environment and plan name. Throws `store-needed`, `store-out-of-reach`, and its access's own. */
export async function openClusterLauncher(order: ClusterOrder): Promise<ClusterLauncher> {
  const { args, environment, plan, shared, paths, mask } = order;
  if (!shared) throw storeNeeded();
  const store = podStore(shared, environment);
  const access = await clusterAccess(args, environment);
  const transport = openTransport(access);
  const logs = readLogMode(args);
  const options: KubernetesOptions = {
    transport,
    execution: order.execution,
    namespace: plan.cluster.namespace,
    repository: order.repository,
    endsAt: shared.now() + plan.deadlineMs + spareMs,
    program: packProgram(order.workerProgram),
    files: store.files,
    store: store.address,
    wishes: plan.cluster,
    logs: logs === 'off' || args.has('rehearse') ? undefined : paths.logs,
    mask,
    ...(order.onLine ? { onLine: order.onLine } : {}),
    slots: order.slots,
    startMs: timeLimitFlag(args, 'start-wait', '10m'),
    now: shared.now,
    annotations: rehearsed,
    onNotice: order.onNotice,
    storedEnvelope: shared.readEnvelope,
  };
  const { about, secrets } = access;
  return {
    launcher: kubernetesLauncher(options),
    transport,
    namespace: options.namespace,
    program: options.program,
    about,
    secrets,
    isUnverified: access.isUnverified ?? false,
  };
}

/** What simulated nodes read of a pod in a rehearsal: how it ends, and after how long. Real ones pay it no heed. */
function rehearsed({ rehearsal }: LaunchRequest): Readonly<Record<string, string>> {
  if (!rehearsal) return {};
  return {
    'simulate/duration': `${rehearsal.durationMs}ms`,
    'simulate/message': canonicalJson(rehearsal.envelope),
  };
}

function storeNeeded(): Error {
  return problem('store-needed', 'Workers in a cluster need a store that they can reach, and this run has a folder', {
    hint: 'Name Redis with --store: `kubectl apply -k deploy/` brings one, which --store redis+tunnel://… reaches from outside.',
  });
}
