import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DisruptionCause, Outcome } from '../../../src/protocol/attempt.ts';
import type { FakeApi } from '../../support/kubernetes/fake-api.ts';
import type { Pod } from '../../support/kubernetes/objects.ts';
import type { Script } from '../launcher-contract.ts';
import { openFakeWorld, type FakeWorld } from './fake-world.ts';

const long: Script = [['wait', 60_000], ['leave'], ['exit', 0]];
const namespace = 'cortex-workers';

describe('what ends a worker from outside', () => {
  let world: FakeWorld;
  beforeEach(async () => {
    // 60 s of toleration pass in 1.2 s.
    world = await openFakeWorld({ secondMs: 20 });
  });
  afterEach(() => world.remove());

  const podNow = (): Pod => {
    const [pod] = world.api.verbs.list('pods', namespace);
    if (!pod) throw new Error('there is no pod');
    return pod;
  };
  const started = async (script: Script = long): Promise<{ outcome: Promise<Outcome>; pod: Pod }> => {
    const { outcome } = await world.launcher.launch(world.request('scan-1', script));
    await expect.poll(() => world.runs('scan-1'), { timeout: 10_000 }).toBe(1);
    return { outcome, pod: podNow() };
  };
  const names = (pod: Pod): { pod: string; node: string; job: string } => ({
    pod: pod.metadata.name,
    node: pod.spec.nodeName ?? '',
    job: pod.metadata.labels?.['job-name'] ?? '',
  });

  type Act = (api: FakeApi, on: ReturnType<typeof names>) => void;
  const removeJob =
    (propagation: 'Background' | 'Foreground'): Act =>
    ({ verbs }, { job }) =>
      void verbs.remove('jobs', { namespace, name: job }, { propagation });

  interface Case {
    readonly where: string;
    readonly act: Act;
    readonly cause: DisruptionCause;
    readonly detail: string;
  }
  const cases: readonly Case[] = [
    {
      where: 'its node is lost',
      act: ({ disruptions }, { node }) => disruptions.loseNode(node),
      cause: 'node-lost',
      detail: 'DeletionByTaintManager',
    },
    {
      where: 'its node is taken away',
      act: ({ disruptions }, { node }) => disruptions.removeNode(node),
      cause: 'node-lost',
      detail: 'DeletionByPodGC',
    },
    {
      where: 'its node is drained',
      act: ({ disruptions }, { node }) => disruptions.drain(node),
      cause: 'drained',
      detail: 'EvictionByEvictionAPI',
    },
    {
      where: 'it is evicted through the API',
      act: ({ disruptions }, { pod }) => disruptions.evict(pod),
      cause: 'drained',
      detail: 'Eviction API: evicting',
    },
    {
      where: 'its node is short of disk',
      act: ({ disruptions }, { pod }) => disruptions.pressure(pod),
      cause: 'evicted',
      detail: 'low on resource: ephemeral-storage',
    },
    {
      where: 'a pod of higher priority needs its place',
      act: ({ disruptions }, { pod }) => disruptions.preempt(pod),
      cause: 'preempted',
      detail: 'higher priority',
    },
    {
      where: 'somebody deletes its pod',
      act: ({ verbs }, { pod }) => void verbs.remove('pods', { namespace, name: pod }),
      cause: 'deleted',
      detail: 'from outside',
    },
    {
      where: 'somebody deletes its Job',
      act: removeJob('Background'),
      cause: 'deleted',
      detail: 'from outside',
    },
    {
      where: 'somebody deletes its Job in the foreground',
      act: removeJob('Foreground'),
      cause: 'deleted',
      detail: 'from outside',
    },
  ];
  it.each(cases)('is told as a disruption with its cause where $where', async ({ act, cause, detail }) => {
    const { outcome, pod } = await started();
    act(world.api, names(pod));
    const told = expect.stringContaining(detail) as string;
    expect(await outcome).toMatchObject({ kind: 'lost', class: 'disruption', cause, detail: told });
  });

  it('says where it was lost', async () => {
    const { outcome, pod } = await started();
    const { node } = names(pod);
    world.api.disruptions.loseNode(node);
    expect(await outcome).toMatchObject({ detail: expect.stringContaining(node) as string });
  });

  it('says that a Job is gone also where that happened while the watch was silent', async () => {
    const { outcome, pod } = await started();
    world.api.watches.freeze();
    removeJob('Background')(world.api, names(pod));
    expect(await outcome).toMatchObject({ kind: 'lost', class: 'disruption', cause: 'deleted' });
  });

  it('is no disruption that a node was away for less than is tolerated', async () => {
    const { outcome, pod } = await started([['wait', 800], ['leave'], ['exit', 0]]);
    const { node } = names(pod);
    world.api.disruptions.loseNode(node);
    setTimeout(() => world.api.disruptions.restoreNode(node), 600);
    expect(await outcome).toMatchObject({ kind: 'returned' });
    expect(await world.runs('scan-1')).toBe(1);
  });

  it('counts a worker that returned before its node was lost, by what it left', async () => {
    const { outcome, pod } = await started([['wait', 500], ['leave'], ['exit', 0]]);
    await expect.poll(() => podNow().status.phase, { timeout: 10_000 }).toBe('Succeeded');
    world.api.disruptions.loseNode(names(pod).node);
    expect(await outcome).toMatchObject({ kind: 'returned' });
  });

  it('counts a worker that ends its work within the grace time of its eviction', async () => {
    const { outcome, pod } = await started([['ignore', 'SIGTERM'], ['wait', 400], ['leave'], ['exit', 0]]);
    world.api.disruptions.evict(names(pod).pod);
    expect(await outcome).toMatchObject({ kind: 'returned' });
  });

  it('kills a worker that does not listen once its grace time is over', async () => {
    const { outcome, pod } = await started([['ignore', 'SIGTERM'], ...long]);
    world.api.disruptions.evict(names(pod).pod);
    expect(await outcome).toMatchObject({ kind: 'lost', class: 'disruption', cause: 'drained' });
    await expect.poll(() => world.api.verbs.list('pods', namespace)).toEqual([]);
  });

  it('goes by what the store has of an attempt whose pod is gone without a word', async () => {
    const envelope = {
      v: 1,
      worker: 'scan-1',
      attempt: 1,
      status: 'done',
      exitCode: 0,
      result: null,
      usage: { inputTokens: 7, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, microDollars: 0 },
      resources: { cpuMs: 1, peakBytes: 1 },
    } as const;
    const launcher = world.launcherWith({ storedEnvelope: () => Promise.resolve(envelope) });
    const { outcome } = await launcher.launch(world.request('scan-1', long));
    await expect.poll(() => world.runs('scan-1'), { timeout: 10_000 }).toBe(1);
    world.api.disruptions.removeNode(names(podNow()).node);
    expect(await outcome).toMatchObject({ kind: 'returned', envelope: { usage: { inputTokens: 7 } } });
  });
});
