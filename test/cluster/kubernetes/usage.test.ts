import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTransport, type Transport } from '../../../src/cluster/kubernetes/api/transport.ts';
import { runLabels } from '../../../src/cluster/kubernetes/spec/names.ts';
import type { Sample } from '../../../src/cluster/kubernetes/usage/sample.ts';
import { sampleUse, type SamplerOptions } from '../../../src/cluster/kubernetes/usage/sampler.ts';
import { emptyState } from '../../../src/execution/state.ts';
import { isSampledBy } from '../../../src/entry/run/sampling.ts';
import { startFakeApi, type FakeApi } from '../../support/kubernetes/fake-api.ts';
import { plainAccess } from './fake-world.ts';

const execution = 'CORTEX-EXEC-2026-11-30-080000';
const everyMs = 50;

/** A pod as the launcher marks it; nodes of the fake run it until it is told otherwise. */
function workerPod(name: string, of: string, task: string): object {
  const labels = { ...runLabels(of), 'app.kubernetes.io/name': 'cortex-worker' };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'cortex-workers',
      labels: { ...labels, 'cortex.dev/task': task, 'cortex.dev/attempt': '2' },
      annotations: { 'simulate/duration': '1h' },
    },
    spec: { containers: [{ name: 'worker', image: 'node' }] },
  };
}

describe('the sampling of a cluster', () => {
  let api: FakeApi;
  let transport: Transport;
  let samples: Sample[];
  let reasons: string[];
  beforeEach(async () => {
    api = await startFakeApi({ manner: 'simulated', cpu: '8', memory: '32Gi' });
    transport = openTransport(plainAccess(api.url), { patienceMs: 1000 });
    samples = [];
    reasons = [];
  });
  afterEach(async () => {
    transport.close();
    await api.close();
  });

  const sampler = (change: Partial<SamplerOptions> = {}): SamplerOptions => ({
    transport,
    namespace: 'cortex-workers',
    execution,
    everyMs,
    isOurs: () => true,
    onSample: (sample) => void samples.push(sample),
    onUnsampled: (reason) => void reasons.push(reason),
    ...change,
  });

  /** Samples until that holds, and then no more. */
  async function sampleUntil(holds: () => boolean, change: Partial<SamplerOptions> = {}): Promise<void> {
    const stop = new AbortController();
    const ended = sampleUse(sampler(change), stop.signal);
    await expect.poll(holds, { timeout: 10_000, interval: 10 }).toBe(true);
    stop.abort();
    await ended;
  }

  async function startPod(pod: object): Promise<void> {
    const body = JSON.stringify(pod);
    const headers = { 'content-type': 'application/json' };
    await transport.send({ method: 'POST', path: '/api/v1/namespaces/cortex-workers/pods', body, headers });
  }

  it('reads what each node has and uses, servers told from agents', async () => {
    await sampleUntil(() => samples.length > 0);
    expect(samples[0]?.nodes).toHaveLength(7);
    expect(samples[0]?.nodes.find(({ node }) => node === 'server-1')).toEqual({
      node: 'server-1',
      server: true,
      // An idle node of the fake uses a tenth of a processor and 512 MiB.
      cpuMillicores: 100,
      memoryBytes: 512 * 1024 * 1024,
      allocatableCpuMillicores: 8000,
      allocatableMemoryBytes: 32 * 1024 ** 3,
    });
    expect(samples[0]?.nodes.filter(({ server }) => server)).toHaveLength(3);
  });

  it('reads what the workers of this execution use, by their names, and of no other', async () => {
    await startPod(workerPod('ours', execution, 'scan-secrets'));
    await startPod(workerPod('theirs', 'CORTEX-EXEC-2026-11-30-090000', 'scan-images'));
    await sampleUntil(() => samples.at(-1)?.workers.length === 1);
    const use = { cpuMillicores: 100, memoryBytes: 64 * 1024 * 1024 };
    expect(samples.at(-1)?.workers).toEqual([{ worker: 'scan-secrets-2', ...use }]);
  });

  it('goes on at its pace', async () => {
    await sampleUntil(() => samples.length >= 3);
    expect(reasons).toEqual([]);
  });

  it('asks once, and no more, where there are no metrics', async () => {
    api.setMetrics(false);
    const stop = new AbortController();
    await sampleUse(sampler(), stop.signal);
    expect(reasons).toEqual(['the cluster has no metrics-server']);
    expect(samples).toEqual([]);
    expect(api.counts().total).toBe(1);
  });

  it('says once that metrics do not answer, and takes them where they do again', async () => {
    const hasty = openTransport(plainAccess(api.url), { patienceMs: 0 });
    const lift = api.faults.next({ status: 503 }, { path: /metrics/ });
    await sampleUntil(
      () => {
        if (api.faults.served() >= 3) lift();
        return samples.length > 0;
      },
      { transport: hasty },
    );
    hasty.close();
    expect(reasons).toEqual([expect.stringContaining('did not answer')]);
  });

  it('asks for nothing while another process samples, and begins when it is its turn', async () => {
    let isOurs = false;
    const before: number[] = [];
    await sampleUntil(
      () => {
        if (!isOurs) before.push(api.counts().total);
        isOurs = before.length >= 3;
        return samples.length > 0;
      },
      { isOurs: () => isOurs },
    );
    expect(before).toEqual([0, 0, 0]);
  });
});

describe('who samples', () => {
  const state = (
    holders: Readonly<Record<string, string>>,
    reported: readonly string[] = [],
  ): ReturnType<typeof emptyState> => {
    const made = emptyState(execution);
    for (const [name, owner] of Object.entries(holders)) {
      const master = {
        name,
        status: 'active',
        ...(reported.includes(name) ? { reportedAt: '2026-11-30T08:00:00Z' } : {}),
      };
      made.masters.set(name as never, master as never);
      made.claims.set(name, { owner: `${name}@${owner}`, fence: 1, before: null, released: false });
    }
    return made;
  };

  it('is the process of the coordinator, and whoever takes it over', () => {
    const masters = { 'security-master': 'leg-b', 'coordinator-master': 'leg-a' };
    expect([isSampledBy('leg-a', state(masters)), isSampledBy('leg-b', state(masters))]).toEqual([true, false]);
    const adopted = { ...masters, 'coordinator-master': 'leg-b' };
    expect([isSampledBy('leg-a', state(adopted)), isSampledBy('leg-b', state(adopted))]).toEqual([false, true]);
  });

  it('is without a coordinator that of the first master that is still at work', () => {
    const masters = { 'security-master': 'leg-a', 'testing-master': 'leg-b' };
    expect(isSampledBy('leg-a', state(masters))).toBe(true);
    expect(isSampledBy('leg-b', state(masters, ['security-master']))).toBe(true);
    expect(isSampledBy('leg-a', state(masters, ['security-master']))).toBe(false);
  });

  it('is nobody while the claim is let go of', () => {
    const made = state({ 'security-master': 'leg-a' });
    for (const claim of made.claims.values()) claim.released = true;
    expect(isSampledBy('leg-a', made)).toBe(false);
  });

  it('is nobody before any master is claimed, and after all have reported', () => {
    expect(isSampledBy('leg-a', emptyState(execution))).toBe(false);
    expect(isSampledBy('leg-a', state({ 'security-master': 'leg-a' }, ['security-master']))).toBe(false);
  });
});
