import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { createInterface } from 'node:readline';
import { parse } from 'yaml';
import { z } from 'zod';
import { runName } from '../../src/cluster/kubernetes/spec/names.ts';
import type { Cluster } from './clusters.ts';

/** A pod of a worker, as the API server told it last. */
export interface SeenPod {
  readonly name: string;
  readonly uid: string;
  readonly worker: string;
  readonly node: string;
  readonly phase: string;
}

/** All that a test's own watch has seen, whatever Cortex says of it. */
export interface PodWatch {
  /** Every pod that an execution ever had, also those that are gone. */
  readonly all: (execution: string) => readonly SeenPod[];
  /** The most that ran at one moment. */
  readonly most: (execution: string) => readonly SeenPod[];
  readonly close: () => Promise<void>;
}

const kubeconfigSchema = z.object({ users: z.tuple([z.object({ user: z.object({ token: z.string() }) })]) });
const podSchema = z.object({
  metadata: z.object({
    name: z.string(),
    uid: z.string(),
    annotations: z.record(z.string(), z.string()).default({}),
    deletionTimestamp: z.string().optional(),
  }),
  spec: z.object({ nodeName: z.string().default('') }),
  status: z.object({ phase: z.string().default('') }),
});
const listSchema = z.object({ metadata: z.object({ resourceVersion: z.string() }), items: z.array(podSchema) });
const eventSchema = z.object({ type: z.string(), object: z.unknown() });
const path = '/api/v1/namespaces/cortex-workers/pods';

type Pod = z.infer<typeof podSchema>;

interface Memory {
  readonly pods: Map<string, SeenPod & { readonly execution: string }>;
  readonly running: Map<string, ReadonlySet<string>>;
  readonly most: Map<string, readonly SeenPod[]>;
}

/** Watches the pods of workers; where the watch breaks off, it lists them and goes on. */
export function watchPods(cluster: Pick<Cluster, 'api' | 'kubeconfig'>): PodWatch {
  const memory: Memory = { pods: new Map(), running: new Map(), most: new Map() };
  const stop = new AbortController();
  const done = follow(cluster, memory, stop.signal);
  return {
    all: (execution) => [...memory.pods.values()].filter((pod) => pod.execution === execution),
    most: (execution) => memory.most.get(execution) ?? [],
    close: async () => {
      stop.abort();
      await done;
    },
  };
}

async function follow(
  cluster: Pick<Cluster, 'api' | 'kubeconfig'>,
  memory: Memory,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const { metadata, items } = listSchema.parse((await cluster.api.get(path)).body);
      memory.running.clear();
      for (const pod of items) note(memory, pod, true);
      await watchFrom(cluster, metadata.resourceVersion, {
        signal,
        take: (pod, isThere) => note(memory, pod, isThere),
      });
    } catch {
      // The API server is away, as a test may want it to be.
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

function note({ pods, running, most }: Memory, { metadata, spec, status }: Pod, isThere: boolean): void {
  const { name, uid, annotations, deletionTimestamp } = metadata;
  const execution = annotations['cortex.dev/execution'] ?? '';
  const worker = annotations['cortex.dev/worker'] ?? '';
  pods.set(uid, { name, uid, worker, execution, node: spec.nodeName, phase: status.phase });
  const others = new Set(running.get(execution));
  others.delete(uid);
  const runs = isThere && status.phase === 'Running' && deletionTimestamp === undefined;
  const now = new Set([...others, ...(runs ? [uid] : [])]);
  running.set(execution, now);
  if (now.size <= (most.get(execution)?.length ?? 0)) return;
  most.set(
    execution,
    [...now].flatMap((each) => pods.get(each) ?? []),
  );
}

interface Take {
  readonly signal: AbortSignal;
  readonly take: (pod: Pod, isThere: boolean) => void;
}

/** Resolves or rejects when the watch ends. */
async function watchFrom(
  { api, kubeconfig }: Pick<Cluster, 'api' | 'kubeconfig'>,
  version: string,
  { signal, take }: Take,
): Promise<void> {
  const { token } = kubeconfigSchema.parse(parse(readFileSync(kubeconfig, 'utf8'))).users[0].user;
  const url = new URL(`${path}?watch=true&resourceVersion=${version}`, api.server);
  await new Promise<void>((resolve, reject) => {
    const call = request(url, { ca: api.ca, signal, headers: { authorization: `Bearer ${token}` } }, (response) => {
      response.on('error', reject);
      createInterface(response)
        .on('line', (line) => {
          const { type, object } = eventSchema.parse(JSON.parse(line));
          if (type === 'ERROR') call.destroy(new Error(line));
          else take(podSchema.parse(object), type !== 'DELETED');
        })
        .on('error', reject)
        .on('close', resolve);
    });
    call.on('error', reject);
    call.end();
  });
}

/** What is in the namespace of the workers, of one execution or of all: kinds and names. */
export async function leftBehind(cluster: Pick<Cluster, 'kubectl'>, execution?: string): Promise<readonly string[]> {
  const of = execution === undefined ? [] : ['-l', `cortex.dev/run=${runName(execution)}`];
  const what = ['get', 'jobs,pods,configmaps,secrets', '-n', 'cortex-workers', '-o', 'name', ...of];
  const text = await cluster.kubectl(what);
  return text.split('\n').filter((line) => line !== '' && line !== 'configmap/kube-root-ca.crt');
}

/** What of it stays: the cluster removes what an anchor owned a moment after it, and is given a minute for it. */
export async function whatStays(cluster: Pick<Cluster, 'kubectl'>, execution?: string): Promise<readonly string[]> {
  const end = Date.now() + 60_000;
  for (;;) {
    const left = await leftBehind(cluster, execution);
    if (left.length === 0 || Date.now() > end) return left;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
