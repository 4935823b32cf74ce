import { existsSync, readFileSync } from 'node:fs';
import { runProcess } from '../../src/shared/process.ts';
import { apiOf, type ClusterApi } from './cluster-api.ts';
import { claimPorts, claimRealNode, leftovers } from './cluster-slots.ts';

/** Parts of a cluster that can be stopped and started again. */
export type ClusterPart =
  'etcd' | 'apiserver' | 'controllers' | 'scheduler' | 'kwok' | 'proxy' | 'dns' | 'containerd' | 'kubelet';

export interface ClusterOptions {
  /** Told apart by; process and count are added to it. */
  readonly name: string;
  /** The first of ten; a free one without it. */
  readonly port?: number;
  /** Further arguments of `cluster up`, such as `--agents`, `2`. */
  readonly args?: readonly string[];
  /** With a node that runs pods. A machine has one: this waits for it. */
  readonly realNode?: boolean;
}

export interface Answer {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Cluster {
  readonly name: string;
  readonly port: number;
  /** Path of the administrator's kubeconfig. */
  readonly kubeconfig: string;
  /** Plain requests to the API server, as the administrator or as somebody else. */
  readonly api: ClusterApi;
  /** What kubectl wrote; throws with what it said where it fails. */
  readonly kubectl: (args: readonly string[], input?: string) => Promise<string>;
  /** The same without throwing, for what is meant to be refused. */
  readonly tryKubectl: (args: readonly string[], input?: string) => Promise<Answer>;
  /** Ends a part by a signal (TERM without one). */
  readonly stop: (part: ClusterPart, signal?: string) => Promise<void>;
  /** Starts a part again, as it was started. */
  readonly start: (part: ClusterPart) => Promise<void>;
  /** Any other command of the tool, such as `tag`. */
  readonly tool: (args: readonly string[]) => Promise<string>;
  readonly down: () => Promise<void>;
}

let count = 0;
const required = new Set((process.env['CORTEX_REQUIRE'] ?? '').split(',').map((name) => name.trim()));

/** Whether tests of a real cluster are left out, and the words that say so in their name. */
export function clusterGate(): Gate {
  const skip = !process.env['CORTEX_CLUSTER_TOOL'] && !required.has('cluster');
  return { skip, note: skip ? ' (skipped: CORTEX_CLUSTER_TOOL is not set)' : '' };
}

/** The same for tests that need a node which runs pods: that takes root, and Debian's container tools. */
export function realNodeGate(): Gate {
  const { skip, note } = clusterGate();
  if (skip || required.has('real-node') || (process.getuid?.() === 0 && existsSync('/usr/lib/cni')))
    return { skip, note };
  return { skip: true, note: ' (skipped: a node that runs pods takes root and container tools)' };
}

interface Gate {
  readonly skip: boolean;
  readonly note: string;
}

/** Starts a throw-away cluster; resolves when its nodes are Ready. Who starts one calls `down`. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  count += 1;
  const name = `${options.name}-${process.pid}-${count}`;
  await removeLeftovers();
  const node = options.realNode ? await claimRealNode(name) : undefined;
  const ports = await claimPorts(name, options.port);
  const tool = toolFor(name);
  const down = async (): Promise<void> => {
    await tool(['down']);
    ports.release();
    node?.release();
  };
  const real = options.realNode ? ['--real-node'] : [];
  const up = ['up', '--port', String(ports.port), ...real, ...(options.args ?? [])];
  try {
    await tool(up);
    return { name, port: ports.port, ...(await handles(name)), down };
  } catch (error) {
    await down();
    throw error;
  }
}

type Handles = Omit<Cluster, 'name' | 'port' | 'down'>;

async function handles(name: string): Promise<Handles> {
  const tool = toolFor(name);
  const kubeconfig = (await tool(['kubeconfig'])).trim();
  return {
    kubeconfig,
    api: apiOf(readFileSync(kubeconfig, 'utf8')),
    kubectl: (args, input) => tool(['kubectl', ...args], input),
    tryKubectl: (args, input) => runTool(name, ['kubectl', ...args], input),
    stop: async (part, signal = 'TERM') => void (await tool(['stop', part, signal])),
    start: async (part) => void (await tool(['start', part])),
    tool,
  };
}

function toolFor(name: string): (args: readonly string[], input?: string) => Promise<string> {
  return async (args, input) => {
    const { code, stdout, stderr } = await runTool(name, args, input);
    if (code !== 0) throw new Error(`cluster ${args.join(' ')}: ${stderr.trim() || `exit code ${code}`}`);
    return stdout;
  };
}

async function runTool(name: string, args: readonly string[], input = ''): Promise<Answer> {
  const { PATH = '', HOME = '', CLUSTER_HOME } = process.env;
  const home = CLUSTER_HOME === undefined ? {} : { CLUSTER_HOME };
  const { code, stdout, stderr } = await runProcess({
    command: toolPath(),
    args,
    env: { PATH, HOME, CLUSTER_NAME: name, ...home },
    input,
    timeoutMs: 600_000,
  });
  return { code, stdout: stdout.toString('utf8'), stderr: stderr.toString('utf8') };
}

function toolPath(): string {
  const path = process.env['CORTEX_CLUSTER_TOOL'];
  if (!path) throw new Error('CORTEX_CLUSTER_TOOL is not set: it names the script that starts a throw-away cluster');
  if (!existsSync(path)) throw new Error(`CORTEX_CLUSTER_TOOL names ${path}, which is not there`);
  return path;
}

/** Ends the clusters of test processes that ended before they could. */
async function removeLeftovers(): Promise<void> {
  for (const leftover of leftovers()) {
    await runTool(leftover.cluster, ['down']);
    leftover.release();
  }
}
