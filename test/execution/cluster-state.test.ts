import { describe, expect, it } from 'vitest';
import { factsOf } from '../../src/execution/facts.ts';
import { stateFiles } from '../../src/execution/state-files.ts';
import { foldEvents } from '../../src/execution/state.ts';
import type { DisruptionCause } from '../../src/protocol/attempt.ts';
import type { FailureClass, NewEvent } from '../../src/protocol/event.ts';
import { noUsage } from '../../src/protocol/result.ts';
import { declaredTask, executionId, launched, logOf, newEvent, started } from '../support/events.ts';

const master = 'security-master';
const onCluster = started({
  doors: { redis: true, cluster: true, model: false, catalog: false, github: false },
  tasks: ['a', 'b', 'c', 'd', 'e'].map((id) => declaredTask(id)),
});
const fold = (...events: readonly NewEvent[]) => foldEvents(executionId, logOf(onCluster, ...events));
const fileOf = (state: ReturnType<typeof fold>, path: string): Record<string, unknown> =>
  stateFiles(state).find((file) => file.path === path)?.content as Record<string, unknown>;
const placed = (task: string, node: string): readonly NewEvent[] => [
  launched({ task }),
  newEvent('worker.placed', { worker: `${task}-1`, task, master, pod: `cx-1-${task}-a1-x`, node }, task),
];
const lostBy = (task: string, kind: FailureClass, cause?: DisruptionCause): readonly NewEvent[] => [
  launched({ task }),
  newEvent(
    'worker.lost',
    {
      worker: `${task}-1`,
      task,
      master,
      attempt: 1,
      class: kind,
      ...(cause ? { cause } : {}),
      detail: 'gone',
      hint: '',
      usage: noUsage,
      durationMs: 1,
      retryInMs: null,
    },
    task,
  ),
];
const node = (name: string, server: boolean, cpu: number): object => ({
  node: name,
  server,
  cpuMillicores: cpu,
  memoryBytes: 1024,
  allocatableCpuMillicores: 2000,
  allocatableMemoryBytes: 4096,
});

describe('where workers ran', () => {
  it('is the node that the cluster named, with the pod', () => {
    const state = fold(...placed('a', 'agent-1'));
    const nodes = fileOf(state, 'worker-distribution.json')['nodes'] as Record<string, { pod: string }[]>;
    expect(Object.keys(nodes)).toEqual(['agent-1']);
    expect(nodes['agent-1']?.[0]?.pod).toBe('cx-1-a-a1-x');
  });

  it('gives nodes and skew as facts, over the nodes that had any', () => {
    const state = fold(...placed('a', 'agent-1'), ...placed('b', 'agent-1'), ...placed('c', 'agent-2'));
    expect(factsOf(state).cluster).toMatchObject({ nodes_used: 2, skew: 1 });
  });

  it('is not told of a worker that never had a place', () => {
    expect(factsOf(fold(launched({ task: 'a' }))).cluster).not.toHaveProperty('nodes_used');
  });

  it('says nothing of a run without a cluster', () => {
    expect(factsOf(foldEvents(executionId, logOf(started()))).cluster).toEqual({});
  });
});

describe('what ended workers from outside', () => {
  it('is counted by its cause, and as unknown where nobody saw one', () => {
    const state = fold(
      ...lostBy('a', 'disruption', 'drained'),
      ...lostBy('b', 'disruption'),
      ...lostBy('c', 'out-of-memory', 'out-of-memory'),
      ...lostBy('d', 'crash'),
    );
    expect(fileOf(state, 'worker-pool.json')['disruptions']).toEqual({ drained: 1, unknown: 1, 'out-of-memory': 1 });
    expect(factsOf(state).workers).toMatchObject({ disrupted: 3, unexplained: 1, failed: 1 });
  });
});

describe('what the cluster was seen to use', () => {
  const sample = (cpu: number): NewEvent =>
    newEvent(
      'cluster.sampled',
      { leg: 'l', nodes: [node('agent-1', false, cpu), node('server-1', true, 100)], workers: [] } as never,
      String(cpu),
    );

  it('is the mean of its agents over all samples, and that of its servers apart', () => {
    const state = fold(sample(1000), sample(2000));
    expect(factsOf(state).cluster).toMatchObject({ cpu_percent: 75, memory_percent: 25 });
    expect(fileOf(state, 'worker-distribution.json')['utilisation']).toMatchObject({
      status: 'seen',
      agents: { samples: 2, cpu_percent: 75 },
      servers: { cpu_percent: 5 },
    });
  });

  it('is unknown, with the reason, where nothing was sampled', () => {
    const state = fold(newEvent('cluster.unsampled', { leg: 'l', reason: 'no metrics-server' }));
    expect(fileOf(state, 'worker-distribution.json')['utilisation']).toEqual({
      status: 'unknown',
      reason: 'no metrics-server',
    });
    expect(factsOf(state).cluster).not.toHaveProperty('cpu_percent');
  });
});

describe('the sight of workers', () => {
  it('adds up the time without it, over all processes', () => {
    const lost = (leg: string): NewEvent => newEvent('watch.lost', { leg, detail: 'reset' }, leg);
    const back = (leg: string, gapMs: number): NewEvent => newEvent('watch.restored', { leg, gapMs }, leg);
    const state = fold(lost('a'), lost('b'), back('a', 1500), back('b', 500));
    expect(factsOf(state).cluster).toMatchObject({ watch_gap_seconds: 2 });
  });

  it('tells each reason why a worker waited', () => {
    const wait = (detail: string): NewEvent =>
      newEvent('worker.waiting', { worker: 'a-1', task: 'a', master, reason: 'quota', detail }, detail);
    const state = fold(launched({ task: 'a' }), wait('pods: 4 of 4'), wait('cpu: 2 of 2'));
    expect(state.workers.get('a-1')?.waits.map(({ detail }) => detail)).toEqual(['pods: 4 of 4', 'cpu: 2 of 2']);
  });
});
