/**
 * One client that runs a number of workers as Jobs on a cluster, in a process of its own: `ours` through the launcher,
 * `bare` by posting the same Jobs over kept connections and watching their pods. Prints what it took as JSON.
 */
import { subscribe } from 'node:diagnostics_channel';
import { Agent, request as httpsRequest } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { gzipSync } from 'node:zlib';
import { kubeconfigAccess } from '../../src/cluster/kubernetes/api/kubeconfig.ts';
import { openTransport } from '../../src/cluster/kubernetes/api/transport.ts';
import { typedClients } from '../../src/cluster/kubernetes/api/typed-clients.ts';
import { makeHoldings, type HoldingsOptions } from '../../src/cluster/kubernetes/holdings.ts';
import { kubernetesLauncher } from '../../src/cluster/kubernetes/kubernetes-launcher.ts';
import { viewPod } from '../../src/cluster/kubernetes/observe/pod-view.ts';
import { workerJob } from '../../src/cluster/kubernetes/spec/job.ts';
import { workerSelector } from '../../src/cluster/kubernetes/spec/names.ts';
import type { LaunchRequest } from '../../src/protocol/attempt.ts';
import { sha256 } from '../../src/shared/canonical.ts';
import { launchRequest, plainWishes as wishes } from '../../test/support/launch-request.ts';

const [client = '', count = '', kubeconfig = '', execution = ''] = process.argv.slice(2);
const namespace = 'cortex-workers';

let connections = 0;
subscribe('net.client.socket', () => (connections += 1));

const program = Buffer.from('nothing runs on simulated nodes');
const holdings: HoldingsOptions = {
  execution,
  namespace,
  repository: 'bench',
  endsAt: Date.now() + 3_600_000,
  program: { gzip: gzipSync(program), sha256: sha256(program), start: '' },
  files: {},
  store: 'redis://redis.cortex-system.svc:6379',
};
const usage = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, microDollars: 0 };
const requests = Array.from({ length: Number(count) }, (_, index): LaunchRequest => {
  const task = `task-${index}`;
  const worker = `${task}-1`;
  const resources = { cpuMs: 0, peakBytes: 0 };
  const envelope = { v: 1, worker, attempt: 1, status: 'done', exitCode: 0, result: null, usage, resources } as const;
  return launchRequest(worker, {
    document: sha256(task),
    timeoutMs: 600_000,
    memoryBytes: 32 * 1024 * 1024,
    cpuMillicores: 10,
    diskBytes: 32 * 1024 * 1024,
    rehearsal: { envelope, durationMs: 1000 },
  });
});
const annotations = ({ rehearsal }: LaunchRequest): Record<string, string> => ({
  'simulate/duration': `${rehearsal?.durationMs ?? 0}ms`,
  'simulate/message': JSON.stringify(rehearsal?.envelope),
});

const access = await kubeconfigAccess(kubeconfig, undefined);
const transport = openTransport(access);
const clients = typedClients(transport);
const owner = await makeHoldings(clients, holdings);
const before = { requests: transport.requests(), connections };
const start = performance.now();
const own = client === 'ours' ? await ours() : await bare();
const wallMs = performance.now() - start;
process.stdout.write(
  `${JSON.stringify({ wallMs, ...own, connections: connections - before.connections, peakBytes: process.resourceUsage().maxRSS * 1024 })}\n`,
);
process.exit(0);

async function ours(): Promise<{ readonly done: number; readonly requests: number }> {
  const launcher = kubernetesLauncher({
    ...holdings,
    transport,
    wishes,
    logs: undefined,
    mask: (text) => text,
    slots: requests.length,
    startMs: 600_000,
    now: Date.now,
    annotations,
  });
  const outcomes = await Promise.all(requests.map(async (each) => (await launcher.launch(each)).outcome));
  const done = outcomes.filter(({ kind }) => kind === 'returned').length;
  return { done, requests: transport.requests() - before.requests };
}

/** The least that such a client can do: it adopts nothing, explains nothing, and ends where something goes wrong. */
async function bare(): Promise<{ readonly done: number; readonly requests: number }> {
  const { headers } = await access.credentials(false);
  const agent = new Agent({ keepAlive: true, maxSockets: 8, ...(access.ca ? { ca: access.ca } : {}) });
  const ended = new Set<string>();
  let sent = 0;
  const open = (method: string, path: string, body?: string): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      sent += 1;
      const options = { method, headers: { ...headers, 'content-type': 'application/json' } };
      const watch = path.includes('watch=') ? { agent: new Agent(access.ca ? { ca: access.ca } : {}) } : { agent };
      httpsRequest(new URL(path, access.server), { ...options, ...watch }, resolve)
        .on('error', reject)
        .end(body);
    });
  const watching = watchPods(open, ended);
  await Promise.all(
    requests.map(async (request) => {
      const place = { execution, namespace, wishes, startMs: 600_000, ...owner, now: Date.now() };
      const body = JSON.stringify(workerJob(request, place, annotations(request)));
      const response = await open('POST', `/apis/batch/v1/namespaces/${namespace}/jobs`, body);
      if (response.statusCode !== 201) throw new Error(`HTTP ${response.statusCode}`);
      for await (const _ of response) void _;
    }),
  );
  await watching;
  return { done: ended.size, requests: sent };
}

async function watchPods(
  open: (method: string, path: string) => Promise<IncomingMessage>,
  ended: Set<string>,
): Promise<void> {
  const selector = encodeURIComponent(workerSelector(execution));
  const path = `/api/v1/namespaces/${namespace}/pods?watch=true&labelSelector=${selector}&resourceVersion=0`;
  // The server may end a watch early: from version 0 it begins with all that there is.
  while (ended.size < requests.length) {
    let rest = '';
    for await (const piece of (await open('GET', path)).setEncoding('utf8') as AsyncIterable<string>) {
      const lines = (rest + piece).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const pod = viewPod((JSON.parse(line) as { object: Parameters<typeof viewPod>[0] }).object);
        if (pod.ended) ended.add(pod.name);
      }
      if (ended.size >= requests.length) return;
    }
  }
}
